import type { FleetAssessment } from '../assessment.ts';
import type { FleetFacts } from '../facts.ts';
import type { Fleet } from '../fleet.ts';
import type { Plan } from '../plan.ts';
import type { RunRequest } from '../run.ts';
import { buildFleetContext, type FleetContext } from './fleetContext.ts';

export interface PlanInput {
  readonly fleet: Fleet;
  readonly facts: FleetFacts;
  readonly assessment: FleetAssessment;
  readonly request: RunRequest;
  readonly revision: number;
  /** For a later revision: the plan before it in this run. */
  readonly previous?: Plan | null;
}

export interface PlanContext extends FleetContext {
  readonly input: PlanInput;
  /** Positions of the request's stamps. */
  readonly asked: ReadonlySet<number>;
}

export function buildPlanContext(input: PlanInput): PlanContext {
  const context = buildFleetContext(input.fleet, input.facts, input.assessment);
  const asked = new Set(input.request.stamps.map((name) => context.stampNames.indexOf(name)).filter((index) => index >= 0));
  return { ...context, previous: input.previous ?? null, input, asked };
}
