import type { OrchestrationContext } from 'durable-functions';
import type { RunStep } from '../activities/contracts.ts';
import type { RunInput } from './failover.ts';
import { approval, askApproval, needsApproval } from './steps/approval.ts';
import { call, type Steps } from './steps/call.ts';
import { conduct, stoppedEnding, stopRun, undoAll, type Ending } from './steps/conduct.ts';
import { makeRoom } from './steps/makeRoom.ts';
import { moveTraffic, returning, verifyTraffic } from './steps/moveTraffic.ts';
import { proveRoom } from './steps/proveRoom.ts';
import { showStatus } from './steps/showStatus.ts';

/**
 * Traffic returns to stamps that were drained:
 *
 *   plan -> make room in them -> prove -> [approval] -> weights, gates -> verify -> hand the surges back
 *
 * A region that turns worse on the way is left drained again (I10); surges are handed back last, and only what is ours (I12).
 */
export function* failback(ctx: OrchestrationContext): Steps<Ending> {
  const { request, limits } = ctx.df.getInput<RunInput>();
  return yield* conduct(ctx, request, function* (run) {
    const step: RunStep = { request: run.request, hold: run.hold, revision: run.firstRevision };
    showStatus(ctx, { phase: 'planning' });
    const planned = yield* call(ctx, 'makePlan', step);
    if (planned.kind === 'stopped') return stoppedEnding(planned);
    if (planned.kind === 'blocked') return { outcome: 'blocked', why: planned.why };
    const asked = run.approval.state === 'asked' ? run.approval.until : null;
    const approvalUntil = needsApproval(run) ? (asked ?? (yield* askApproval(ctx, step, limits.approvalDeadlineMinutes))) : null;

    yield* call(ctx, 'enterPhase', { ...step, phase: 'surging' });
    const room = yield* makeRoom(ctx, step, planned.digest, limits);
    if (room.kind === 'stopped') return yield* stopRun(ctx, step, room);
    yield* call(ctx, 'enterPhase', { ...step, phase: 'proving' });
    const proof = yield* proveRoom(ctx, step, limits.podReadyTimeoutMinutes);
    if (proof.kind === 'stopped') return yield* stopRun(ctx, step, proof);
    if (proof.kind !== 'proved') return yield* undoAll(ctx, step, { outcome: 'undone', why: whyNotProved(proof) });

    if (approvalUntil !== null) {
      const decided = yield* approval(ctx, step, approvalUntil);
      if (decided.kind === 'ending') return decided.ending;
    }
    yield* call(ctx, 'enterPhase', { ...step, phase: 'shifting' });
    const moved = yield* moveTraffic(ctx, step, planned.digest, returning);
    if (moved.kind === 'stopped') return yield* stopRun(ctx, step, moved);
    yield* call(ctx, 'enterPhase', { ...step, phase: 'verifying' });
    const verified = yield* verifyTraffic(ctx, step, limits.shiftVerifyTimeoutMinutes);
    if (verified.kind === 'stopped') return yield* stopRun(ctx, step, verified);
    if (verified.kind === 'superseded') return yield* undoAll(ctx, step, { outcome: 'undone', why: verified.why });
    if (verified.kind === 'unverified') return { outcome: 'frozen', why: `the change was asked for and is not seen yet: ${verified.why}` };
    return yield* handBack(ctx, step, planned.digest.handBackRuns);
  });
}

function* handBack(ctx: OrchestrationContext, step: RunStep, ofRuns: readonly string[]): Steps<Ending> {
  yield* call(ctx, 'enterPhase', { ...step, phase: 'handingBack' });
  const kept: string[] = [];
  for (const ofRun of [...ofRuns, step.request.runId]) {
    const undone = yield* call(ctx, 'undoWrites', { ...step, ofRun, what: 'room' });
    if (undone.kind === 'stopped') return stoppedEnding(undone);
    if (undone.kind === 'undone') kept.push(...undone.kept);
  }
  return { outcome: 'completed', why: kept.length === 0 ? 'traffic is back and the room handed back' : `traffic is back; what stays: ${kept.join('; ')}` };
}

function whyNotProved(proof: { readonly kind: string; readonly why?: readonly string[] | string }): string {
  const why = typeof proof.why === 'string' ? proof.why : (proof.why ?? []).join('; ');
  return why === '' ? `not proved: ${proof.kind}` : why;
}
