import type { FleetAssessment } from './assessment.ts';
import type { DrainedGroup, GateState } from './facts.ts';
import type { StampName } from './fleet.ts';
import type { BlockedReason, Finding, OriginSetting, Plan, ReplicaBounds, CountBounds } from './plan.ts';
import type { Controls, RunOutcome, RunPhase, RunRequest } from './run.ts';

/**
 * What the ledger holds: events, past tense, one JSON document each. `runId` is the partition;
 * decisions outside a run are kept under `watch-<control region>-<UTC date>`, and that people were told of one under
 * `watch-told-<UTC date>`, which all control-plane regions share.
 */
export interface LedgerEntry {
  /** Deterministic within the run, such as "r1:surge:westus3:pool:user1:intent": writing it twice is harmless. */
  readonly id: string;
  readonly runId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly controlRegion: string;
  /** Fence epoch under which it was written; 0 outside a run. */
  readonly epoch: number;
  readonly stamps: readonly StampName[];
  readonly event: LedgerEvent;
}

/** An entry as it lies in the store: chained to the one before it in its run. */
export interface ChainedEntry extends LedgerEntry {
  readonly seq: number;
  readonly previousHash: string;
  /** SHA-256, hex, of previousHash + "\n" + canonical JSON of the entry without seq, previousHash and hash, + "\n" + seq. */
  readonly hash: string;
}

export type LedgerEvent =
  | { readonly type: 'RunOpened'; readonly request: RunRequest }
  /** `takenOverFrom`: the control-plane region that executed this very run before. */
  | { readonly type: 'FenceTaken'; readonly previousRunId: string | null; readonly takenOverFrom: string | null }
  /** Written by a former holder that came back: it has stopped, and the run is another's. */
  | { readonly type: 'RunHandedOver'; readonly why: string }
  | { readonly type: 'Decided'; readonly decision: 'nothing' | 'start' | 'freeze' | 'surgeOnly'; readonly why: string; readonly assessment: FleetAssessment }
  /** Outside a run: what automation does not do by itself, said to people by the control-plane region that wrote this. */
  | { readonly type: 'PersonTold'; readonly about: string; readonly why: string }
  | { readonly type: 'PlanMade'; readonly plan: Plan; readonly findings: readonly Finding[]; readonly rendering: string }
  | { readonly type: 'PlanBlocked'; readonly reasons: readonly BlockedReason[] }
  | { readonly type: 'PhaseEntered'; readonly phase: RunPhase }
  | { readonly type: 'ApprovalAsked'; readonly until: number }
  | { readonly type: 'ApprovalGiven'; readonly by: string }
  | { readonly type: 'ApprovalMissed' }
  | { readonly type: 'AbortAsked'; readonly by: string; readonly reason: string }
  | { readonly type: 'WriteIntended'; readonly write: Write; readonly undo: Write; readonly expiresAt: number }
  | { readonly type: 'WriteSucceeded'; readonly write: Write; readonly alreadyThere: 'applied' | 'found' }
  | { readonly type: 'WriteRefused'; readonly write: Write; readonly why: string; readonly reaction: Reaction }
  | { readonly type: 'NodesSeen'; readonly stamp: StampName; readonly pool: string; readonly wanted: number; readonly ready: number }
  | { readonly type: 'ReplicasSeen'; readonly stamp: StampName; readonly workload: string; readonly wanted: number; readonly ready: number }
  | { readonly type: 'CapacityProved'; readonly stamps: readonly ProvedStamp[] }
  | { readonly type: 'CapacityNotProved'; readonly why: readonly string[] }
  | { readonly type: 'SharesSeen'; readonly shares: Readonly<Record<StampName, number>>; readonly wanted: Readonly<Record<StampName, number>> }
  | { readonly type: 'ShiftVerified'; readonly by: 'shares' | 'settings' }
  | { readonly type: 'ShiftUnverified'; readonly why: string }
  /** Front Door has not taken these changes since then; a person was told. */
  | { readonly type: 'ShiftOverdue'; readonly origins: readonly string[]; readonly since: number }
  /** Once a drill or drain has settled: where the users of its stamp went, for what is planned later. */
  | { readonly type: 'DrainMeasured'; readonly stamp: StampName; readonly groups: readonly DrainedGroup[] }
  | { readonly type: 'SurgeHandedBack'; readonly stamp: StampName; readonly kept: readonly string[] }
  /** Lent room that is not back long after its time; a person was told. */
  | { readonly type: 'RoomOverdue'; readonly left: readonly string[]; readonly next: 'triedAgain' | 'givenUp' }
  | { readonly type: 'DrainExpired'; readonly stamp: StampName }
  | { readonly type: 'ControlsSet'; readonly controls: Controls }
  | { readonly type: 'AlertReceived'; readonly rule: string; readonly condition: 'fired' | 'resolved'; readonly alertId: string }
  | { readonly type: 'HookCalled'; readonly hook: string; readonly result: 'passed' | 'failed' | 'unknown'; readonly detail: string }
  | { readonly type: 'CertificateChanged'; readonly survives: Readonly<Record<StampName, 'yes' | 'no' | 'unknown'>>; readonly binding: string | null }
  | { readonly type: 'RunClosed'; readonly outcome: RunOutcome; readonly why: string };

/** One change in the outside world; its undo is another one. */
export type Write =
  | { readonly target: 'pool'; readonly stamp: StampName; readonly pool: string; readonly set: CountBounds }
  | { readonly target: 'hpa'; readonly stamp: StampName; readonly namespace: string; readonly hpa: string; readonly set: ReplicaBounds }
  | { readonly target: 'origin'; readonly stamp: StampName; readonly originGroup: string; readonly origin: string; readonly set: OriginSetting }
  | { readonly target: 'gate'; readonly stamp: StampName; readonly set: GateState; readonly expiresAt: number };

/** How the caller should react to a failed outside call; adapters translate every SDK error into one of these. */
export type Reaction = 'retryLater' | 'busy' | 'conflict' | 'refused' | 'forbidden' | 'notFound' | 'ownedByOther' | 'stopRun';

export interface ProvedStamp {
  readonly stamp: StampName;
  readonly requestsPerSecondAfter: number;
  readonly capacityRequestsPerSecond: number;
  readonly utilisation: number;
  readonly zones: number;
}
