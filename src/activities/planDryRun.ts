import { checkPlan } from '../domain/check/checkPlan.ts';
import { planRun } from '../domain/planning/index.ts';
import type { PlanResult } from '../domain/plan.ts';
import type { RunRequest } from '../domain/run.ts';
import type { Ports } from '../ports/ports.ts';
import { readAssessment } from './readAssessment.ts';
import { readFacts } from './readFacts.ts';

/** The plan that a run would make now, from fresh facts. Changes nothing and records nothing. */
export async function planDryRun(ports: Ports, request: RunRequest): Promise<PlanResult> {
  const [facts, assessment] = await Promise.all([readFacts(ports), readAssessment(ports)]);
  if (assessment === null) {
    return { kind: 'blocked', reasons: [{ code: 'factsUnknown', inputs: ['assessment'], message: 'the fleet has not been assessed yet; try again after the next watch interval' }] };
  }
  const result = planRun({ fleet: ports.fleet, facts, assessment, request, revision: 1, previous: null });
  if (result.kind === 'blocked') return result;
  return { ...result, findings: [...result.findings, ...checkPlan(result.plan, { fleet: ports.fleet, facts, assessment })] };
}
