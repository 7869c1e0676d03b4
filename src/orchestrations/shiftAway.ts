import type { OrchestrationContext } from 'durable-functions';
import type { RunRequest } from '../domain/run.ts';
import type { PlanDigest, PlanStep, RunStep } from '../activities/contracts.ts';
import { approval, askApproval, needsApproval } from './steps/approval.ts';
import { call, now, wait, type Steps } from './steps/call.ts';
import { stopRun, undoAll, type Ending, type Run } from './steps/conduct.ts';
import { makeRoom, makeRoomAtOnce, type RoomTimeouts } from './steps/makeRoom.ts';
import { leaving, moveTraffic, verifyTraffic } from './steps/moveTraffic.ts';
import { proveRoom } from './steps/proveRoom.ts';
import { showStatus } from './steps/showStatus.ts';

/** Time limits of a run's steps, from the fleet's policy. */
export interface RunLimits extends RoomTimeouts {
  readonly approvalDeadlineMinutes: number;
  readonly shiftVerifyTimeoutMinutes: number;
  readonly drillHoldMinutes: number;
}

/** Where a run that moves traffic away has come to; a drill goes on from it. */
export interface Shifted {
  readonly step: RunStep;
  readonly ending: Ending;
}

const maxRevisions = 8;
const replanSeconds = 20;
const takerPatienceMinutes = 5;

/**
 * Moves traffic away from the request's stamps:
 *
 *   graceful:   plan -> make room -> prove -> [approval] -> gates, weights -> verify -> done
 *   ungraceful: plan -> make room at once -> [approval] -> gates, weights -> verify -> done
 *
 * Facts are looked at again before each step; when another region fails or a survivor degrades, the run plans anew under
 * the same fence and keeps the surges that still serve. Room that does not come is planned around, and then given up:
 * a failover keeps what it has (it helps the survivors), a drain or drill gives it back. Keeps I1-I4, I8, I9, I11.
 */
export function* shiftAway(ctx: OrchestrationContext, run: Run, limits: RunLimits): Steps<Shifted> {
  let request: RunRequest = run.request;
  let approvalUntil: number | null = run.approval.state === 'asked' ? run.approval.until : null;
  let approved = !needsApproval(run);
  let shortages = 0;
  // A taker finds a run half done, and a fleet that nobody has looked after for a minute or two.
  let patienceMinutes = run.firstRevision > 1 ? takerPatienceMinutes : 0;
  for (let revision = run.firstRevision; revision < run.firstRevision + maxRevisions; revision += 1) {
    const step: RunStep = { request, hold: run.hold, revision };
    const ended = (ending: Ending): Shifted => ({ step, ending });

    showStatus(ctx, { phase: 'planning', revision });
    const planned = yield* plan(ctx, step, patienceMinutes);
    if (planned.kind === 'stopped') return ended(yield* stopRun(ctx, step, planned));
    if (planned.kind === 'blocked') return ended(yield* giveUp(ctx, step, planned.why));

    if (!approved && approvalUntil === null) approvalUntil = yield* askApproval(ctx, step, limits.approvalDeadlineMinutes);

    const room = yield* surge(ctx, step, planned.digest, limits);
    if (room.kind === 'stopped') return ended(yield* stopRun(ctx, step, room));

    if (request.mode === 'graceful') {
      yield* call(ctx, 'enterPhase', { ...step, phase: 'proving' });
      const proof = yield* proveRoom(ctx, step, room.kind === 'made' ? limits.podReadyTimeoutMinutes : 1);
      if (proof.kind === 'stopped') return ended(yield* stopRun(ctx, step, proof));
      if (proof.kind === 'cleared') return ended(yield* undoAll(ctx, step, { outcome: 'undone', why: 'the suspicion has cleared' }));
      if (proof.kind === 'superseded') {
        request = proof.request;
        continue;
      }
      if (proof.kind !== 'proved') {
        shortages += 1;
        const why = [...(room.kind === 'short' ? [room.why] : []), ...proof.why].join('; ');
        // The time that pools which were refused at once would have had: where no plan goes around them, what keeps them busy may end.
        if (room.kind === 'short' && room.waited === 'forNothing') patienceMinutes = Math.max(patienceMinutes, limits.nodeReadyTimeoutMinutes);
        if (shortages > 2) return ended(yield* giveUp(ctx, step, why));
        yield* wait(ctx, replanSeconds);
        continue;
      }
    }

    if (!approved && approvalUntil !== null) {
      const decided = yield* approval(ctx, step, approvalUntil);
      if (decided.kind === 'ending') return ended(decided.ending);
      approved = true;
    }

    yield* call(ctx, 'enterPhase', { ...step, phase: 'shifting' });
    showStatus(ctx, { phase: 'shifting', revision });
    const moved = yield* moveTraffic(ctx, step, planned.digest, leaving);
    if (moved.kind === 'stopped') return ended(yield* stopRun(ctx, step, moved));

    yield* call(ctx, 'enterPhase', { ...step, phase: 'verifying' });
    const verified = yield* verifyTraffic(ctx, step, limits.shiftVerifyTimeoutMinutes);
    if (verified.kind === 'stopped') return ended(yield* stopRun(ctx, step, verified));
    if (verified.kind === 'superseded') {
      request = verified.request;
      continue;
    }
    yield* call(ctx, 'callHooks', step);
    const refusals = moved.refused.length === 0 ? '' : `; not accepted: ${moved.refused.join('; ')}`;
    return ended(
      verified.kind === 'verified'
        ? { outcome: 'completed', why: `traffic has moved, verified by ${verified.by}${refusals}` }
        : { outcome: 'frozen', why: `the change was asked for and is not seen yet: ${verified.why}${refusals}` },
    );
  }
  const step: RunStep = { request, hold: run.hold, revision: run.firstRevision + maxRevisions };
  return { step, ending: { outcome: 'frozen', why: `the facts changed ${maxRevisions} times during the run: a person must look` } };
}

/** What blocks a plan in the middle of a run may pass, and giving the run up at once would leave it half done. */
function* plan(ctx: OrchestrationContext, step: RunStep, patienceMinutes: number): Steps<PlanStep> {
  const deadline = now(ctx) + patienceMinutes * 60_000;
  for (;;) {
    const planned = yield* call(ctx, 'makePlan', step);
    if (planned.kind !== 'blocked' || deadline <= now(ctx)) return planned;
    yield* wait(ctx, replanSeconds);
  }
}

function* surge(ctx: OrchestrationContext, step: RunStep, digest: PlanDigest, limits: RunLimits) {
  yield* call(ctx, 'enterPhase', { ...step, phase: 'surging' });
  showStatus(ctx, { phase: 'surging', revision: step.revision, survivors: digest.surgeStamps });
  return step.request.mode === 'graceful' ? yield* makeRoom(ctx, step, digest, limits) : yield* makeRoomAtOnce(ctx, step, digest);
}

/** A failed region stays failed: what room there is serves its users wherever they go. A healthy one needs no room elsewhere. */
function* giveUp(ctx: OrchestrationContext, step: RunStep, why: string): Steps<Ending> {
  const ending: Ending = { outcome: 'blocked', why };
  return step.request.kind === 'failover' ? ending : yield* undoAll(ctx, step, ending);
}
