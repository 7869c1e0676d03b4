import type { Mode, RunMode, StampName } from './fleet.ts';
import type { RunKind } from './plan.ts';

/** What starts a run, and all that its orchestration is given. */
export interface RunRequest {
  readonly runId: string;
  readonly kind: RunKind;
  readonly mode: RunMode;
  readonly stamps: readonly StampName[];
  readonly trigger: Trigger;
  readonly reason: string;
  readonly requestedAt: number;
  /** Epoch milliseconds at which a drain ends by itself; null = policy. */
  readonly expiresAt: number | null;
  /** Control-plane region that executes it. */
  readonly controlRegion: string;
  /** Set by a drill: its name in the fleet file. */
  readonly drill: string | null;
  /** `surgeOnly`: suspicion alone makes room and moves nothing. */
  readonly scope: 'full' | 'surgeOnly';
}

export type Trigger =
  | { readonly by: 'watch' }
  | { readonly by: 'operator'; readonly subject: string; readonly name: string }
  | { readonly by: 'drillSchedule'; readonly drill: string }
  | { readonly by: 'autoFailback' };

export type RunOutcome = 'completed' | 'blocked' | 'undone' | 'aborted' | 'frozen' | 'superseded' | 'declined' | 'surgeHeld';

export type RunPhase =
  | 'opened' | 'fencing' | 'planning' | 'awaitingApproval' | 'surging' | 'proving' | 'shifting' | 'verifying' | 'holding' | 'handingBack' | 'undoing' | 'closed';

/** The fence that a run holds; every intent in the ledger carries the epoch. */
export interface FenceHold {
  readonly runId: string;
  readonly epoch: number;
  readonly leaseId: string;
  /** Epoch milliseconds; a write starts only if it can end before this. */
  readonly expiresAt: number;
}

/** An order to one run: a person ends it, or the watch makes it give way to another. */
export interface StopOrder {
  readonly kind: 'abort' | 'yield';
  readonly by: string;
  readonly reason: string;
}

/** Operator settings read before every write (I8). */
export interface Controls {
  readonly killSwitch: 'off' | 'on';
  readonly mode: Mode;
  readonly setBy: string;
  readonly setAt: number;
}
