import type { OrchestrationContext, Task } from 'durable-functions';
import type { ApprovalDecision, DecisionEvent, RunStep, Stopped } from '../../activities/contracts.ts';
import { decisionEvent } from '../names.ts';
import { call, now, type Steps } from './call.ts';

const keepSeconds = 20;

/**
 * Waits for a person until the deadline and keeps the fence meanwhile. One wait of the event's name is open and re-used,
 * because waits of one name are last-in first-out; each lost timer is cancelled, because an open one holds the instance.
 */
export function* awaitApproval(ctx: OrchestrationContext, step: RunStep, deadline: number): Steps<ApprovalDecision | Stopped> {
  const event: Task = ctx.df.waitForExternalEvent(decisionEvent);
  for (;;) {
    const timer = ctx.df.createTimer(new Date(Math.min(deadline, now(ctx) + keepSeconds * 1000)));
    const winner = yield ctx.df.Task.any([event, timer]);
    if (winner === event) {
      if (!timer.isCompleted) timer.cancel();
      return decisionOf(event.result as DecisionEvent); // raised only by our own API, which validates it
    }
    // Also at the deadline: a word given in time may have come through the other control-plane region a moment ago.
    const isOver = deadline <= now(ctx);
    const kept = yield* call(ctx, 'keepFence', step);
    if (kept.kind !== 'go') return kept;
    if (isOver) return { kind: 'missed' };
  }
}

const decisionOf = ({ decision, by }: DecisionEvent): ApprovalDecision => (decision === 'approve' ? { kind: 'approved', by } : { kind: 'aborted', by });
