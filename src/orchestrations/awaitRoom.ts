import type { OrchestrationContext } from 'durable-functions';
import type { ActivityInput, SurgeStep } from '../activities/contracts.ts';
import { call, now, pollSeconds, wait, type Steps } from './steps/call.ts';
import { showStatus } from './steps/showStatus.ts';

/** Input of the wait: what is waited for in one survivor, how long, and how much of it is enough. */
export interface AwaitRoomInput extends ActivityInput<'verifySurge'> {
  readonly minutes: number;
  /** `first`: until more are ready than at the first look. */
  readonly enough: 'first' | 'all';
  /** What earlier generations of this wait have seen; null at its start. */
  readonly since: { readonly from: number; readonly readyAtFirst: number } | null;
}

export type AwaitRoomResult = Exclude<SurgeStep, { kind: 'notYet' }> | { readonly kind: 'late'; readonly what: 'nodes' | 'pods'; readonly wanted: number; readonly ready: number };

const looksPerGeneration = 6;

/** No machine of AKS starts and joins in less than a minute, and the next one comes many seconds after it: pods are what is looked at often. */
const noNodeBeforeMs = 60_000;
const nodeLookSeconds = (waitedMs: number): number => Math.max(waitedMs < noNodeBeforeMs ? 30 : 10, pollSeconds(waitedMs));
const lookSeconds = (what: 'nodes' | 'pods', waitedMs: number): number => (what === 'nodes' ? nodeLookSeconds(waitedMs) : pollSeconds(waitedMs));

/**
 * Waits until nodes or pods are there, or the time is up:
 *
 *   look --not yet--> wait --> look ... --after some looks--> the same anew, with an empty history
 *
 * An orchestration of its own, because replay costs the square of a history's length and a look comes every 5 s. No event is
 * waited for here, so that none can be lost when it starts anew.
 */
export function* awaitRoom(ctx: OrchestrationContext): Steps<AwaitRoomResult | undefined> {
  const { minutes, enough, since: before, ...step } = ctx.df.getInput<AwaitRoomInput>();
  let since = before;
  for (let look = 1; ; look += 1) {
    const seen = yield* call(ctx, 'verifySurge', step);
    if (seen.kind !== 'notYet') return seen;
    since ??= { from: now(ctx), readyAtFirst: seen.ready };
    if (enough === 'first' && seen.ready > since.readyAtFirst) return { kind: 'ready' };
    showStatus(ctx, { waitingFor: step.what, wanted: seen.wanted, ready: seen.ready });
    if (since.from + minutes * 60_000 <= now(ctx)) return { kind: 'late', what: step.what, wanted: seen.wanted, ready: seen.ready };
    yield* wait(ctx, lookSeconds(step.what, now(ctx) - since.from));
    if (look === looksPerGeneration) {
      const next: AwaitRoomInput = { ...step, minutes, enough, since };
      ctx.df.continueAsNew(next);
      return undefined;
    }
  }
}
