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

/** The newest plan before this step's revision, whoever of the run's holders made it: its surges may still serve. */
export async function previousPlan(ports: Ports, step: RunStep): Promise<Plan | null> {
  if (step.revision === 1) return null;
  const entries = await ports.ledger.readRun(step.request.runId);
  const plans = entries.flatMap(({ event }) => (event.type === 'PlanMade' && event.plan.revision < step.revision ? [event.plan] : []));
  return plans.toSorted((a, b) => b.revision - a.revision)[0] ?? null;
}
