import { askAgain } from './askAgain.ts';
import { pendingUndo, roomTargets } from '../domain/undo.ts';
import type { RunOutcome } from '../domain/run.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import { drainStands, readRunIndex, type RunState } from './runIndex.ts';
import type { OrchestrationStarter } from './startRun.ts';
import { healOpenRun } from './takeOver.ts';
import { undoWrites } from './undoWrites.ts';

/**
 * Heals what was left half-done, every minute (I5, I11): the outbox is drained, an open run that nobody executes is started
 * here, one that the ledger knows as closed is projected as such, a change that Front Door did not take is asked for again, and
 * surges that ran out are taken back.
 */
export async function reconcile(ports: Ports, starter: OrchestrationStarter): Promise<void> {
  await ports.ledger.drainOutbox();
  const { runs } = await readRunIndex(ports);
  for (const run of runs) {
    try {
      if (run.closedAt === null) await healOpenRun(ports, starter, run.request, await ports.fence.readHolder());
      else {
        if (run.openShifts === 'some' || run.openShifts === 'unknown') await askAgain(ports, run);
        await reclaimExpired(ports, run);
      }
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
    }
  }
}

const keepsRoom: readonly RunOutcome[] = ['blocked', 'surgeHeld', 'frozen', 'completed', 'aborted'];

/** Room that a closed run left behind for the survivors, and whose time is over. A drain that still stands keeps its room. */
async function reclaimExpired(ports: Ports, { request, outcome, closedAt }: RunState): Promise<void> {
  const expiresAt = request.requestedAt + ports.fleet.policy.surgeExpiryMinutes * 60_000;
  const now = ports.clock.now();
  if (outcome === null || closedAt === null || !keepsRoom.includes(outcome) || now < expiresAt || settledIn(ports).has(request.runId)) return;
  if (await drainStands(ports, request.runId)) return;
  const entries = await ports.ledger.readRun(request.runId);
  const firstTryAt = entries.find(({ at, event }) => event.type === 'SurgeHandedBack' && at >= expiresAt)?.at ?? now;
  if (pendingUndo(entries, roomTargets).length === 0 || now > firstTryAt + reclaimWindowMs) {
    settledIn(ports).add(request.runId);
    return;
  }
  const triedAt = entries.findLast(({ at, event }) => event.type === 'SurgeHandedBack' && at >= expiresAt)?.at;
  if (triedAt !== undefined && now - triedAt < tryAgainAfterMs) return;
  const acquired = await ports.fence.acquire(request.runId);
  if (acquired.kind === 'busy') return;
  try {
    await undoWrites(ports, { request, hold: acquired.hold, revision: 0, ofRun: request.runId, what: 'room' });
  } finally {
    await ports.fence.release(acquired.hold);
  }
}

/** What was left as found is looked at again now and then, not at every round. */
const tryAgainAfterMs = 15 * 60_000;

/** What could not be taken back within an hour of trying is somebody else's by now (I12). Counted from the first try: a control plane that was away for longer finds the room all the same. */
const reclaimWindowMs = 60 * 60_000;

/** Runs of which this process knows that nothing more is to be taken back: their ledgers are not read every minute. */
const settled = new WeakMap<Ports, Set<string>>();

function settledIn(ports: Ports): Set<string> {
  const known = settled.get(ports) ?? new Set<string>();
  settled.set(ports, known);
  return known;
}
