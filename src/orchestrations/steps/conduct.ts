import type { OrchestrationContext } from 'durable-functions';
import type { RunOutcome, RunRequest } from '../../domain/run.ts';
import type { Mode } from '../../domain/fleet.ts';
import type { FenceHold } from '../../domain/run.ts';
import type { ApprovalOnRecord } from '../../domain/ledgerView/runStanding.ts';
import type { FenceStep, RunStep, Stopped } from '../../activities/contracts.ts';
import { call, now, wait, type Steps } from './call.ts';
import { showStatus } from './showStatus.ts';

/** A run that holds the fence. */
export interface Run {
  readonly request: RunRequest;
  readonly hold: FenceHold;
  readonly mode: Mode;
  /** Above 1: the run goes on from the record, after its controller was lost. */
  readonly firstRevision: number;
  readonly approval: ApprovalOnRecord;
}

export interface Ending {
  readonly outcome: RunOutcome;
  readonly why: string;
  /** What the run came to be about, where more regions joined on the way. */
  readonly request?: RunRequest;
}

/**
 * What all runs share: take the fence, do the work, close.
 *
 *   wait for the fence --held--> body --> closed, or handed over where another control-plane region has taken the run
 *        |--busy until the deadline, kill switch--> closed, nothing touched
 *
 * A bug or a fault that outlived its retries freezes the traffic where it is and says so (I11): nothing is guessed.
 */
export function* conduct(ctx: OrchestrationContext, request: RunRequest, body: (run: Run) => Steps<Ending>): Steps<Ending> {
  let hold: FenceHold | null = null;
  let ending: Ending;
  try {
    const fence = yield* waitForFence(ctx, request);
    if (fence.kind === 'held') {
      hold = fence.hold;
      const { mode, nextRevision, approval } = fence;
      ending = yield* body({ request: fence.request, hold: fence.hold, mode, firstRevision: nextRevision, approval });
    } else {
      ending = fence.kind === 'busy' ? { outcome: 'blocked', why: `run ${fence.holder} holds the fleet` } : stoppedEnding(fence);
    }
  } catch (error) {
    ending = { outcome: 'frozen', why: `stopped where it was: ${messageOf(error)}` };
  }
  const { outcome, why } = ending;
  showStatus(ctx, { phase: 'closed', outcome, why });
  yield* call(ctx, 'closeRun', { request: ending.request ?? request, hold, outcome, why });
  return ending;
}

const fencePatienceMinutes: Record<RunRequest['kind'], number> = { failover: 20, failback: 5, drain: 5, drill: 0 };

function* waitForFence(ctx: OrchestrationContext, request: RunRequest): Steps<FenceStep> {
  const deadline = now(ctx) + fencePatienceMinutes[request.kind] * 60_000;
  for (;;) {
    showStatus(ctx, { phase: 'fencing' });
    const fence = yield* call(ctx, 'takeFence', { request });
    if (fence.kind !== 'busy' || deadline <= now(ctx)) return fence;
    yield* wait(ctx, 5);
  }
}

/** How a run ends when it was told to stop before it had changed anything. */
export function stoppedEnding({ reason, detail }: Stopped): Ending {
  switch (reason) {
    case 'fenceLost':
      return { outcome: 'superseded', why: detail };
    case 'abortAsked':
    case 'yielded':
      return { outcome: 'aborted', why: detail };
    case 'killSwitch':
    case 'modeObserve':
    case 'recordImpossible':
      return { outcome: 'frozen', why: detail };
  }
}

/**
 * How a run ends when it was told to stop in the middle. An abort takes back what was done, traffic first; one that gives way
 * to a real failure leaves the room to it; a lost fence or the kill switch touch nothing more.
 */
export function* stopRun(ctx: OrchestrationContext, step: RunStep, stopped: Stopped): Steps<Ending> {
  if (stopped.reason === 'yielded') return yield* giveWay(ctx, step, stopped.detail);
  if (stopped.reason !== 'abortAsked') return stoppedEnding(stopped);
  return yield* undoAll(ctx, step, { outcome: 'aborted', why: stopped.detail });
}

/** Traffic back where it was, then, once all of it is, the room: in reverse of the order in which they were made. */
export function* undoAll(ctx: OrchestrationContext, step: RunStep, ending: Ending): Steps<Ending> {
  const traffic = yield* undoTraffic(ctx, step, ending);
  if (traffic.kind === 'ended') return traffic.ending;
  // What did not come back is served by the survivors still (I2).
  if (traffic.kept.length > 0) return withKept({ ...ending, why: `${ending.why}; the room is left until it runs out` }, traffic.kept);
  const room = yield* call(ctx, 'undoWrites', { ...step, ofRun: step.request.runId, what: 'room' });
  if (room.kind === 'stopped') return stoppedEnding(room);
  return withKept(ending, room.kind === 'undone' ? room.kept : []);
}

/** Traffic back at once, for what is real; the room in the survivors will be wanted by it, and is taken back when it runs out (I5). */
export function* giveWay(ctx: OrchestrationContext, step: RunStep, why: string): Steps<Ending> {
  const ending: Ending = { outcome: 'aborted', why: `${why}; the room is left until it runs out` };
  const traffic = yield* undoTraffic(ctx, step, ending);
  return traffic.kind === 'ended' ? traffic.ending : withKept(ending, traffic.kept);
}

type TrafficUndone = { readonly kind: 'undone'; readonly kept: readonly string[] } | { readonly kind: 'ended'; readonly ending: Ending };

function* undoTraffic(ctx: OrchestrationContext, step: RunStep, ending: Ending): Steps<TrafficUndone> {
  showStatus(ctx, { phase: 'undoing', outcome: ending.outcome, why: ending.why });
  yield* call(ctx, 'enterPhase', { ...step, phase: 'undoing' });
  const traffic = yield* call(ctx, 'undoWrites', { ...step, ofRun: step.request.runId, what: 'traffic' });
  if (traffic.kind === 'stopped') return { kind: 'ended', ending: stoppedEnding(traffic) };
  if (traffic.kind === 'heldBack') return { kind: 'ended', ending: { outcome: 'frozen', why: `${ending.why}; ${traffic.why}; the room is kept for it` } };
  return traffic;
}

const withKept = (ending: Ending, kept: readonly string[]): Ending => (kept.length === 0 ? ending : { ...ending, why: `${ending.why}; what stays: ${kept.join('; ')}` });

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 500);
