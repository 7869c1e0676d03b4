import { askAgain } from './askAgain.ts';
import { reclaimRoom, roomRanOut } from '../domain/decide/reclaimRoom.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import { pendingRoom } from './pendingRoom.ts';
import { drainStands, readRunIndex, type RunState } from './runIndex.ts';
import type { OrchestrationStarter } from './contracts.ts';
import { healOpenRun, projectClaimed } from './takeOver.ts';
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
  await projectClaimed(ports, runs);
}

/** Room that a closed run left behind, and whose time is over. A drain that still stands keeps its room. */
async function reclaimExpired(ports: Ports, { request, closedAt }: RunState): Promise<void> {
  const { fleet: { policy }, clock } = ports;
  if (closedAt === null || settledIn(ports).has(request.runId)) return;
  const run = { request, closedAt };
  if (!roomRanOut(run, policy, clock.now()) || (await drainStands(ports, request.runId))) return;
  const next = reclaimRoom(run, await ports.ledger.readRun(request.runId), policy, clock.now());
  if (next === 'settled') settledIn(ports).add(request.runId);
  if (next !== 'take') return;
  if ((await pendingRoom(ports, request.runId, request.runId)).length === 0) {
    settledIn(ports).add(request.runId);
    return;
  }
  const acquired = await ports.fence.acquire(request.runId);
  if (acquired.kind === 'busy') return;
  try {
    await undoWrites(ports, { request, hold: acquired.hold, revision: 0, ofRun: request.runId, what: 'room' });
  } finally {
    await ports.fence.release(acquired.hold);
  }
}

/** Runs of which this process knows that nothing more is to be taken back: their ledgers are not read every minute. */
const settled = new WeakMap<Ports, Set<string>>();

function settledIn(ports: Ports): Set<string> {
  const known = settled.get(ports) ?? new Set<string>();
  settled.set(ports, known);
  return known;
}
