import type { StampName } from '../domain/fleet.ts';
import { writesOf } from '../domain/planWrites.ts';
import { pendingUndo } from '../domain/undo.ts';
import type { Ports } from '../ports/ports.ts';
import type { ActivityInput, ApplyStep } from './contracts.ts';
import { guardedWrites } from './guardedWrites.ts';
import { loadPlan } from './loadPlan.ts';
import { readRunIndex } from './runIndex.ts';

/** Makes the changes of one part of the plan, for one stamp or for all. Starts what takes long; never waits for it. */
export async function applyPart(ports: Ports, step: ActivityInput<'applyPart'>): Promise<ApplyStep> {
  const plan = await loadPlan(ports, step);
  const { surgeExpiryMinutes, drainExpiryMinutes } = ports.fleet.policy;
  const movesTraffic = step.part === 'gates' || step.part === 'shifts';
  const drainEnds = step.request.expiresAt ?? step.request.requestedAt + drainExpiryMinutes * 60_000;
  const expiresAt = movesTraffic ? drainEnds : step.request.requestedAt + surgeExpiryMinutes * 60_000;
  const written = await guardedWrites(ports, step, writesOf(plan, step.part, step.stamp, drainEnds), expiresAt);
  if (written.kind === 'stopped') return written;
  const noneRaised = step.part === 'pools' && step.stamp !== null && written.refused.length > 0 && !(await raisedOfLate(ports, step.request.runId, step.stamp));
  return { ...written, nodes: noneRaised ? 'none' : 'mayCome' };
}

/** Whether a pool of the stamp was raised by this run, or by one that ended so shortly ago that its nodes may be coming still: it answers that it is busy, with our own change. */
async function raisedOfLate(ports: Ports, runId: string, stamp: StampName): Promise<boolean> {
  const since = ports.clock.now() - ports.fleet.policy.nodeReadyTimeoutMinutes * 60_000;
  const { runs } = await readRunIndex(ports);
  const runIds = new Set([runId, ...runs.flatMap(({ request, closedAt }) => (closedAt !== null && closedAt >= since ? [request.runId] : []))]);
  const records = await Promise.all([...runIds].map((id) => ports.ledger.readRun(id)));
  return records.some((entries) => pendingUndo(entries, ['pool']).some((undo) => undo.stamp === stamp));
}
