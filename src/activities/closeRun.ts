import type { RunOutcome } from '../domain/run.ts';
import type { StampName } from '../domain/fleet.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import type { ActivityInput } from './contracts.ts';
import { recordOfRun } from './runLog.ts';

/** Where a stamp's traffic stands after the last run that moved it: a projection of the ledger for the watch and the API. */
export interface RegionState {
  readonly state: 'drained' | 'serving';
  readonly runId: string;
  readonly since: number;
  /** Epoch milliseconds at which the drain ends by itself; null while serving. */
  readonly expiresAt: number | null;
}

/** Ends a run: the last entry of its chain, word to people, the fence free for the next one. */
export async function closeRun(ports: Ports, step: ActivityInput<'closeRun'>): Promise<{ readonly closed: 'closed' }> {
  const { request, hold, outcome, why } = step;
  const epoch = hold?.epoch ?? 0;
  await recordOfRun(ports, request, `e${epoch}:closed`, epoch, { type: 'RunClosed', outcome, why });
  await projectRegions(ports, step);
  await ports.notify.notify({
    kind: outcome === 'frozen' ? 'frozen' : 'runClosed',
    runId: request.runId,
    title: `${request.kind} of ${request.stamps.join(', ')}: ${outcome}`,
    text: why,
    until: null,
  });
  if (hold !== null) await ports.fence.release(hold);
  return { closed: 'closed' };
}

async function projectRegions(ports: Ports, { request, outcome }: ActivityInput<'closeRun'>): Promise<void> {
  const next = stateAfter(request.kind, outcome);
  if (next === null) return;
  const now = ports.clock.now();
  const expiresAt = next === 'drained' ? (request.expiresAt ?? request.requestedAt + ports.fleet.policy.drainExpiryMinutes * 60_000) : null;
  for (const stamp of request.stamps) {
    await replaceRegion(ports, stamp, { state: next, runId: request.runId, since: now, expiresAt });
  }
}

function stateAfter(kind: ActivityInput<'closeRun'>['request']['kind'], outcome: RunOutcome): RegionState['state'] | null {
  if (outcome !== 'completed') return null;
  return kind === 'failover' || kind === 'drain' ? 'drained' : 'serving';
}

/** Unreachable state does not hold a run open: the reconciler projects it again from the ledger. */
async function replaceRegion(ports: Ports, stamp: StampName, value: RegionState): Promise<void> {
  try {
    const current = await ports.state.read<RegionState>({ kind: 'region', id: stamp });
    await ports.state.write({ kind: 'region', id: stamp }, value, current?.etag ?? null);
  } catch (error) {
    if (!(error instanceof TransientError)) throw error;
  }
}
