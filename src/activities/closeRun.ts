import type { Ports } from '../ports/ports.ts';
import type { StampName } from '../domain/fleet.ts';
import type { FenceHold, RunRequest } from '../domain/run.ts';
import { leftDrained } from '../domain/ledgerView/leftDrained.ts';
import { openShifts } from '../domain/ledgerView/openShifts.ts';
import { runStanding } from '../domain/ledgerView/runStanding.ts';
import { TransientError } from '../ports/outcome.ts';
import type { ActivityInput, ActivityOutput } from './contracts.ts';
import { projectRun, type RunState } from './runIndex.ts';
import { recordOfRun } from './runLog.ts';

/**
 * Ends a run: the last entry of its chain, word to people, the fence free for the next one. A former holder, whose run another
 * control-plane region has taken over, ends only its own part: the run is not its to close (I3, I11).
 */
export async function closeRun(ports: Ports, { request, hold, outcome, why }: ActivityInput<'closeRun'>): Promise<ActivityOutput<'closeRun'>> {
  const epoch = hold?.epoch ?? 0;
  if (!(await isStillHeld(ports, hold)) && (await isTakenOver(ports, request.runId, epoch))) {
    await recordOfRun(ports, request, `e${epoch}:handedOver:${ports.controlRegion}`, epoch, { type: 'RunHandedOver', why });
    return { closed: 'handedOver' };
  }
  await recordOfRun(ports, request, `e${epoch}:closed`, epoch, { type: 'RunClosed', outcome, why });
  const closed: RunState = { request, outcome, closedAt: ports.clock.now(), openShifts: outcome === 'completed' ? await readOpenShifts(ports, request.runId) : 'none', ...(outcome === 'frozen' ? { leftDrained: await readLeftDrained(ports, request) } : {}) };
  await projectRun(ports, closed);
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

const isStillHeld = async (ports: Ports, hold: FenceHold | null): Promise<boolean> =>
  hold !== null && (await orElse(false, async () => (await ports.fence.confirm(hold)).kind === 'held'));

/** Ended by another counts, too. A record that cannot be read shows no taker, who would have needed it to take over. */
const isTakenOver = (ports: Ports, runId: string, epoch: number): Promise<boolean> =>
  orElse(false, async () => runStanding(await ports.ledger.readRun(runId)).epoch > epoch);

const readOpenShifts = (ports: Ports, runId: string): Promise<RunState['openShifts']> =>
  orElse('unknown', async () => (openShifts(await ports.ledger.readRun(runId)).length > 0 ? 'some' : 'none'));

/** A failback that froze leaves its stamps as drained as they were. */
const readLeftDrained = (ports: Ports, { runId, kind }: RunRequest): Promise<readonly StampName[]> =>
  orElse<readonly StampName[]>([], async () => (kind === 'failback' ? [] : leftDrained(await ports.ledger.readRun(runId), ports.fleet)));

async function orElse<T>(fallback: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TransientError) return fallback;
    throw error;
  }
}
