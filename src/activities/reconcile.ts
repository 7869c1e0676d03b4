import { askAgain } from './askAgain.ts';
import { reclaimRoom, roomOverdue, roomRanOut, type EndedRun } from '../domain/decide/reclaimRoom.ts';
import type { ChainedEntry } from '../domain/ledgerEvent.ts';
import type { RunRequest } from '../domain/run.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import { pendingRoom } from './pendingRoom.ts';
import { drainStands, readRunIndex, type RunState } from './runIndex.ts';
import type { OrchestrationStarter } from './contracts.ts';
import { healOpenRun, projectClaimed } from './takeOver.ts';
import { recordOfRun } from './runLog.ts';
import { undoWrites } from './undoWrites.ts';

/**
 * Heals what was left half-done, every minute (I5, I11): the outbox is drained, an open run that nobody executes is started
 * here, one that the ledger knows as closed is projected as such, a change that Front Door did not take is asked for again, and
 * surges that ran out are taken back. Answers with the runs that it found.
 */
export async function reconcile(ports: Ports, starter: OrchestrationStarter): Promise<readonly RunState[]> {
  await ports.ledger.drainOutbox();
  const { runs } = await readRunIndex(ports);
  for (const run of runs) {
    try {
      if (run.closedAt === null) await healUnlessExecuted(ports, starter, run.request);
      else {
        if (run.openShifts === 'some' || run.openShifts === 'unknown') await askAgain(ports, run);
        await reclaimExpired(ports, run);
      }
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
    }
  }
  await projectClaimed(ports, runs);
  return runs;
}

/** Whoever executes a run keeps the fence's lease for it alive: its record need not be read to see that. */
async function healUnlessExecuted(ports: Ports, starter: OrchestrationStarter, request: RunRequest): Promise<void> {
  const fence = await ports.fence.readHolder();
  if (fence?.lease === 'live' && fence.runId === request.runId) return;
  await healOpenRun(ports, starter, request, fence);
}

/** Room that a closed run left behind, and whose time is over. A drain that still stands keeps its room. */
async function reclaimExpired(ports: Ports, { request, closedAt }: RunState): Promise<void> {
  const { fleet: { policy }, clock } = ports;
  if (closedAt === null || settledIn(ports).has(request.runId)) return;
  const run = { request, closedAt };
  if (!roomRanOut(run, policy, clock.now()) || (await drainStands(ports, request.runId))) return;
  const entries = await ports.ledger.readRun(request.runId);
  const next = reclaimRoom(run, entries, policy, clock.now());
  if (next !== 'wait') await tellIfOverdue(ports, run, entries);
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

/** Once while it is tried again and once when it is given up (I5): the region that gets it on record first tells. */
async function tellIfOverdue(ports: Ports, run: EndedRun, entries: readonly ChainedEntry[]): Promise<void> {
  const { request } = run;
  const overdue = roomOverdue(run, entries, await pendingRoom(ports, request.runId, request.runId), ports.fleet.policy, ports.clock.now());
  if (overdue === null) return;
  const recorded = await recordOfRun(ports, request, `roomOverdue:${overdue.next}`, 0, { type: 'RoomOverdue', ...overdue });
  if (recorded.kind === 'exists' || recorded.kind === 'different') return;
  await ports.notify.notify({
    kind: 'roomOverdue',
    runId: request.runId,
    title: overdue.next === 'givenUp' ? 'Lent room stays where it is: Spillway could not take it back' : 'Lent room has run out and is not all back',
    text: `${overdue.left.join('; ')}. ${overdue.next === 'givenUp' ? 'Spillway will not try again: put the bounds back by hand, or keep them.' : 'Spillway tries again for a day and says so if it gives up.'}`,
    until: null,
  });
}

/** Runs of which this process knows that nothing more is to be taken back: their ledgers are not read every minute. */
const settled = new WeakMap<Ports, Set<string>>();

function settledIn(ports: Ports): Set<string> {
  const known = settled.get(ports) ?? new Set<string>();
  settled.set(ports, known);
  return known;
}
