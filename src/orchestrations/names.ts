import type { RunKind } from '../domain/plan.ts';

/** Registered names. Runs are started under the name of their kind; `surgeStamp`, `awaitRoom` and `awaitShift` only as children, `watch` by the alert webhook. */
export const orchestrationNames = {
  failover: 'failover',
  drain: 'drain',
  failback: 'failback',
  drill: 'drill',
  surgeStamp: 'surgeStamp',
  awaitRoom: 'awaitRoom',
  awaitShift: 'awaitShift',
  watch: 'watch',
} as const satisfies Record<RunKind, string> & Record<string, string>;

/** External event that approves or aborts a run that waits for a person. */
export const decisionEvent = 'decision';
