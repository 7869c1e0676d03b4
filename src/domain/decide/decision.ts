import type { FleetAssessment } from '../assessment.ts';
import type { Fleet, RunMode, StampName } from '../fleet.ts';
import type { RunKind } from '../plan.ts';
import type { Controls, RunOutcome, RunRequest } from '../run.ts';

/** Everything that a decision is taken from. */
export interface DecideInput {
  readonly fleet: Fleet;
  readonly assessment: FleetAssessment;
  readonly controls: Controls;
  /** `lastKnown`: the store did not answer; such a reading may stop a run and never start one. */
  readonly controlsFreshness: 'fresh' | 'lastKnown';
  readonly activeRun: ActiveRun | null;
  readonly drained: readonly DrainedStamp[];
  /** Closed runs, as far back as the cool-down and the surge's expiry reach; any order. */
  readonly recentRuns: readonly RecentRun[];
  readonly now: number;
}

export interface ActiveRun {
  readonly runId: string;
  readonly kind: RunKind;
  readonly scope: RunRequest['scope'];
  readonly stamps: readonly StampName[];
}

/** A stamp that gets no traffic because a run of ours took it away. */
export interface DrainedStamp {
  readonly stamp: StampName;
  /** The run that drained it, and of which kind it was. */
  readonly runId: string;
  readonly by: Exclude<RunKind, 'failback'>;
  readonly since: number;
  readonly expiresAt: number;
}

export interface RecentRun {
  readonly runId: string;
  readonly kind: RunKind;
  readonly stamps: readonly StampName[];
  readonly outcome: RunOutcome;
  readonly closedAt: number;
}

export interface RunProposal {
  readonly kind: RunKind;
  readonly mode: RunMode;
  readonly stamps: readonly StampName[];
  readonly scope: RunRequest['scope'];
  readonly trigger: 'watch' | 'autoFailback';
}

/** A failover or drain at work takes the new failure in by itself; a drill or failback gives way to a run of its own. */
export type Superseding = 'takesIn' | 'givesWay';

/** What automation does next; `why` is what a person reads, also for nothing. */
export type Decision =
  | { readonly kind: 'nothing'; readonly why: string }
  /** The mode is auto: the run starts and asks nobody. */
  | { readonly kind: 'start'; readonly run: RunProposal; readonly why: string }
  /** The mode is approve: the run starts, makes room and waits for a person before traffic moves. */
  | { readonly kind: 'askApproval'; readonly run: RunProposal; readonly deadlineAt: number; readonly why: string }
  /** Suspicion alone: room is made and nothing moves. */
  | { readonly kind: 'surgeOnly'; readonly run: RunProposal; readonly why: string }
  /** Another failure while a run is active: that run plans anew, for all these stamps, under its own epoch. */
  | { readonly kind: 'supersede'; readonly runId: string; readonly how: Superseding; readonly run: RunProposal; readonly why: string }
  /** Automation starts nothing and a person is told (I7, or nowhere to go). */
  | { readonly kind: 'freeze'; readonly cause: 'observerSuspect' | 'tooManyRegions' | 'noSurvivor'; readonly stamps: readonly StampName[]; readonly why: string }
  /** Something ran out and cannot be undone by itself: a person is told (I5). */
  | { readonly kind: 'escalate'; readonly cause: 'coolingDown' | 'drainExpired'; readonly stamps: readonly StampName[]; readonly why: string };

/** The word that the ledger's `Decided` event has for a decision. */
export function ledgerWord(decision: Decision): 'nothing' | 'start' | 'freeze' | 'surgeOnly' {
  switch (decision.kind) {
    case 'nothing':
    case 'start':
    case 'freeze':
    case 'surgeOnly':
      return decision.kind;
    case 'askApproval':
    case 'supersede':
      return 'start';
    case 'escalate':
      return 'nothing';
  }
}
