import type { OrchestrationContext } from 'durable-functions';
import type { ActivityInput, ShiftStep } from '../activities/contracts.ts';
import { call, wait, type Steps } from './steps/call.ts';
import { showStatus } from './steps/showStatus.ts';

/** Input of the wait: the step whose shift is looked at, and until when, epoch milliseconds. */
export type AwaitShiftInput = ActivityInput<'verifyShift'>;

export type AwaitShiftResult = Exclude<ShiftStep, { kind: 'notYet' }>;

/** Shares come from metrics, a minute at a time and minutes late: asking more often shows nothing sooner. A tick renews the fence, half of whose lease this is. */
const lookSeconds = 30;
const looksPerGeneration = 6;

/**
 * Waits until the traffic is seen to have moved, or the time is up. Set and verify are separate verbs: a change that was accepted
 * may land in 20 minutes or never. An orchestration of its own that starts anew after some looks, as `awaitRoom` is and why.
 */
export function* awaitShift(ctx: OrchestrationContext): Steps<AwaitShiftResult | undefined> {
  const input = ctx.df.getInput<AwaitShiftInput>();
  for (let look = 1; ; look += 1) {
    const seen = yield* call(ctx, 'verifyShift', input);
    if (seen.kind !== 'notYet') return seen;
    showStatus(ctx, { waitingFor: 'traffic', why: seen.why });
    yield* wait(ctx, lookSeconds);
    if (look === looksPerGeneration) {
      ctx.df.continueAsNew(input);
      return undefined;
    }
  }
}
