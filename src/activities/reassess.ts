import type { FleetAssessment } from '../domain/assessment.ts';
import type { FleetFacts } from '../domain/facts.ts';
import { failedOthers, reassessRun, type Reassessed } from '../domain/planning/index.ts';
import type { Plan } from '../domain/plan.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import type { RunStep, Stopped } from './contracts.ts';
import { readFleetRuns } from './runIndex.ts';

/** Asks the domain whether the plan still stands; `facts` where the step has read them. An assessment that cannot be read changes nothing. */
export async function reassess(ports: Ports, { request }: RunStep, plan: Plan, assessment: FleetAssessment | null, facts: FleetFacts | null): Promise<Exclude<Reassessed, { kind: 'yields' }> | Stopped> {
  if (assessment === null) return { kind: 'holds' };
  const drained = failedOthers(request, assessment).length === 0 ? [] : await drainedStamps(ports);
  const reassessed = reassessRun({ request, plan, assessment, drained, facts, fleet: ports.fleet });
  return reassessed.kind === 'yields' ? { kind: 'stopped', reason: 'yielded', detail: reassessed.why } : reassessed;
}

/** A store that does not answer stops no run in progress (I9). */
async function drainedStamps(ports: Ports): Promise<readonly string[]> {
  try {
    return (await readFleetRuns(ports)).drained.map(({ stamp }) => stamp);
  } catch (error) {
    if (error instanceof TransientError) return [];
    throw error;
  }
}
