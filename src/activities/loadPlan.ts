import type { Plan } from '../domain/plan.ts';
import type { Ports } from '../ports/ports.ts';
import type { RunStep } from './contracts.ts';
import { stepId } from './runLog.ts';

/** The plan lies in the ledger and not in Durable's history, which every step would replay. */
export async function loadPlan(ports: Ports, step: RunStep): Promise<Plan> {
  const entry = await ports.ledger.readEntry(step.request.runId, stepId(step, 'plan'));
  if (entry?.event.type !== 'PlanMade') throw new Error(`run ${step.request.runId} has no plan of revision ${step.revision} on record`);
  return entry.event.plan;
}
