import type { OrchestrationContext } from 'durable-functions';
import { call, type Steps } from './steps/call.ts';

/** One look at the fleet, asked for by an alert; a run that it decides on is started on record first (I9). */
export function* watch(ctx: OrchestrationContext): Steps<{ readonly started: string | null }> {
  const { reason } = ctx.df.getInput<{ readonly reason: string }>();
  const { start } = yield* call(ctx, 'observeFleet', { reason });
  if (start === null) return { started: null };
  const opened = yield* call(ctx, 'startRun', start);
  return { started: opened.kind === 'taken' ? null : start.runId };
}
