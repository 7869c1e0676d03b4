import type { OrchestrationContext } from 'durable-functions';
import type { RunStep } from '../../activities/contracts.ts';
import { awaitApproval } from './awaitApproval.ts';
import { call, now, type Steps } from './call.ts';
import { stoppedEnding, stopRun, undoAll, type Ending, type Run } from './conduct.ts';
import { showStatus } from './showStatus.ts';

/** Whether a person must say yes before traffic moves. What a person ordered needs no second word, nor does what was approved before a takeover. */
export const needsApproval = ({ mode, request, approval }: Run): boolean => mode === 'approve' && request.trigger.by !== 'operator' && approval.state !== 'given';

/** Asks, and goes on making room meanwhile. The deadline, in epoch milliseconds. */
export function* askApproval(ctx: OrchestrationContext, step: RunStep, deadlineMinutes: number): Steps<number> {
  const until = now(ctx) + deadlineMinutes * 60_000;
  yield* call(ctx, 'askApproval', { ...step, until });
  return until;
}

export type Approval = { readonly kind: 'given' } | { readonly kind: 'ending'; readonly ending: Ending };

/** Waits for the answer, with the room made and before traffic moves. */
export function* approval(ctx: OrchestrationContext, step: RunStep, until: number): Steps<Approval> {
  yield* call(ctx, 'enterPhase', { ...step, phase: 'awaitingApproval' });
  showStatus(ctx, { phase: 'awaitingApproval', until });
  const decision = yield* awaitApproval(ctx, step, until);
  if (decision.kind === 'stopped') return { kind: 'ending', ending: yield* stopRun(ctx, step, decision) };
  const recorded = yield* call(ctx, 'recordApproval', { ...step, decision });
  if (decision.kind === 'missed') return { kind: 'ending', ending: { outcome: 'surgeHeld', why: 'nobody approved in time: no traffic moved, the room stays until it expires' } };
  if (decision.kind === 'aborted') return { kind: 'ending', ending: yield* undoAll(ctx, step, { outcome: 'declined', why: `declined by ${decision.by}` }) };
  return recorded.kind === 'stopped' ? { kind: 'ending', ending: stoppedEnding(recorded) } : { kind: 'given' };
}
