import { writesOf } from '../domain/planWrites.ts';
import type { Ports } from '../ports/ports.ts';
import type { ActivityInput, ApplyStep } from './contracts.ts';
import { guardedWrites } from './guardedWrites.ts';
import { loadPlan } from './loadPlan.ts';

/** Makes the changes of one part of the plan, for one stamp or for all. Starts what takes long; never waits for it. */
export async function applyPart(ports: Ports, step: ActivityInput<'applyPart'>): Promise<ApplyStep> {
  const plan = await loadPlan(ports, step);
  const { surgeExpiryMinutes, drainExpiryMinutes } = ports.fleet.policy;
  const movesTraffic = step.part === 'gates' || step.part === 'shifts';
  const drainEnds = step.request.expiresAt ?? step.request.requestedAt + drainExpiryMinutes * 60_000;
  const expiresAt = movesTraffic ? drainEnds : step.request.requestedAt + surgeExpiryMinutes * 60_000;
  return guardedWrites(ports, step, writesOf(plan, step.part, step.stamp, drainEnds), expiresAt);
}
