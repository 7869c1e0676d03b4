import type { Plan } from '../domain/plan.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import type { RunStep } from './contracts.ts';
import { stepId } from './runLog.ts';

/**
 * Plans of this process, newest last: a run goes on with its plan while the ledger does not answer (I9). The ledger is the
 * plan's home, so that Durable's history need not carry it and another process finds it.
 */
const remembered = new WeakMap<Ports, Map<string, Plan>>();
const rememberedAtMost = 20;

export function rememberPlan(ports: Ports, step: RunStep, plan: Plan): void {
  const plans = remembered.get(ports) ?? new Map<string, Plan>();
  remembered.set(ports, plans);
  plans.set(keyOf(step), plan);
  for (const oldest of plans.keys()) if (plans.size > rememberedAtMost) plans.delete(oldest);
}

const keyOf = (step: RunStep): string => `${step.request.runId} ${stepId(step, 'plan')}`;

export async function loadPlan(ports: Ports, step: RunStep): Promise<Plan> {
  const plan = remembered.get(ports)?.get(keyOf(step)) ?? (await readPlan(ports, step));
  if (plan === null) throw new Error(`run ${step.request.runId} has no plan of revision ${step.revision} on record`);
  rememberPlan(ports, step, plan);
  return plan;
}

/** The plan of this revision, if it was made before; a ledger that does not answer has none to show. */
export async function recordedPlan(ports: Ports, step: RunStep): Promise<Plan | null> {
  const known = remembered.get(ports)?.get(keyOf(step));
  if (known !== undefined) return known;
  try {
    return await readPlan(ports, step);
  } catch (error) {
    if (error instanceof TransientError) return null;
    throw error;
  }
}

async function readPlan(ports: Ports, step: RunStep): Promise<Plan | null> {
  const entry = await ports.ledger.readEntry(step.request.runId, stepId(step, 'plan'));
  return entry?.event.type === 'PlanMade' ? entry.event.plan : null;
}

/** The plans before this step's revision, oldest first, whoever of the run's holders made them: their surges may still serve. */
export async function earlierPlans(ports: Ports, step: RunStep): Promise<readonly Plan[]> {
  if (step.revision === 1) return [];
  const known = Array.from({ length: step.revision - 1 }, (_, index) => remembered.get(ports)?.get(keyOf({ ...step, revision: index + 1 })));
  const kept = known.filter((plan) => plan !== undefined);
  if (kept.length === known.length) return kept;
  try {
    const entries = await ports.ledger.readRun(step.request.runId);
    const plans = entries.flatMap(({ event }) => (event.type === 'PlanMade' && event.plan.revision < step.revision ? [event.plan] : []));
    return plans.toSorted((a, b) => a.revision - b.revision);
  } catch (error) {
    if (error instanceof TransientError) return kept;
    throw error;
  }
}
