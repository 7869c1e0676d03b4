import type { PostShiftHook, PreShiftCheck, Stamp } from '../domain/fleet.ts';

/** Named checks before a shift, hooks after it, and the proof through a stamp's own gateway. */
export interface Checks {
  runCheck(check: PreShiftCheck): Promise<CheckResult>;
  callHook(hook: PostShiftHook, runId: string): Promise<CheckResult>;
  /** A bounded number of requests through the stamp's private listener. */
  proveThroughGateway(stamp: Stamp): Promise<CheckResult>;
}

export type CheckResult =
  | { readonly kind: 'passed'; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'unknown'; readonly detail: string };
