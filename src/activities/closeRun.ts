import type { Ports } from '../ports/ports.ts';
import type { FenceHold, RunOutcome, RunRequest } from '../domain/run.ts';
import { gatesOpened } from '../domain/ledgerView/gatesOpened.ts';
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
  await projectRun(ports, { request, outcome, closedAt: ports.clock.now(), ...(await whatItLeaves(ports, request, outcome)) });
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

/** A failback that ends early leaves its stamps as drained as they were. */
function whatItLeaves(ports: Ports, { runId, kind }: RunRequest, outcome: RunOutcome): Promise<Pick<RunState, 'openShifts' | 'leftDrained' | 'returned'>> {
  const completed = outcome === 'completed';
  return orElse<Pick<RunState, 'openShifts' | 'leftDrained' | 'returned'>>({ openShifts: completed ? 'unknown' : 'none' }, async () => {
    const entries = await ports.ledger.readRun(runId);
    return {
      openShifts: completed && openShifts(entries).length > 0 ? 'some' : 'none',
      returned: gatesOpened(entries),
      ...(completed || kind === 'failback' ? {} : { leftDrained: leftDrained(entries, ports.fleet) }),
    };
  });
}

async function orElse<T>(fallback: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof TransientError) return fallback;
    throw error;
  }
}
