import { RetryOptions, type OrchestrationContext, type Task } from 'durable-functions';
import type { ActivityInput, ActivityName, ActivityOutput } from '../../activities/contracts.ts';

/** A part of an orchestration: yields Durable tasks, returns a value. */
export type Steps<T> = Generator<Task, T, unknown>;

/** Calls an activity by contract. Expected refusals come back as values; only transient faults and bugs are retried and then thrown. */
export function* call<N extends ActivityName>(ctx: OrchestrationContext, name: N, input: ActivityInput<N>): Steps<ActivityOutput<N>> {
  return (yield callTask(ctx, name, input)) as ActivityOutput<N>; // what the SDK passes back is the activity's answer, as JSON
}

/** The task itself, for fan-out with Task.all. */
export const callTask = <N extends ActivityName>(ctx: OrchestrationContext, name: N, input: ActivityInput<N>): Task =>
  ctx.df.callActivityWithRetry(name, transientRetry(), input);

export const now = (ctx: OrchestrationContext): number => ctx.df.currentUtcDateTime.getTime();

/** A durable wait. Timers may fire up to a second early, so callers compare deadlines with <=. */
export function* wait(ctx: OrchestrationContext, seconds: number): Steps<void> {
  yield ctx.df.createTimer(new Date(now(ctx) + seconds * 1000));
}

/**
 * Often while it matters most, then seldom. Each tick renews the
 * fence, whose lease is 60 s: half of it at the most, or a run that waits long would lose the fleet to one that asks for it,
 * and look lost to the other control-plane region (I3).
 */
export function pollSeconds(waitedMs: number): number {
  return waitedMs < 4 * 60_000 ? 5 : 30;
}

/** 5 s, 10 s, 20 s between four attempts: with the adapters' own retries about two minutes of a failing dependency. */
function transientRetry(): RetryOptions {
  const options = new RetryOptions(5_000, 4);
  options.backoffCoefficient = 2;
  options.maxRetryIntervalInMilliseconds = 30_000;
  return options;
}
