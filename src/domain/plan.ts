import type { GateState, ServedGroup } from './facts.ts';
import type { OriginGroupName, RunMode, StampName, WorkloadName } from './fleet.ts';

export type RunKind = 'failover' | 'drain' | 'failback' | 'drill';

/**
 * The complete, immutable list of what a run will do. Execution has no meaningful choice left.
 * A plan is made anew (`revision` + 1) when the facts change in the middle of a run.
 */
export interface Plan {
  readonly kind: RunKind;
  readonly mode: RunMode;
  readonly revision: number;
  readonly at: number;
  /** Stamps that will get no traffic; for a failback the stamps that get it again. */
  readonly stamps: readonly StampName[];
  /** 'full' drains work at any latency window; 'partial' shifts need one above 0 ms. */
  readonly reach: 'full' | 'partial';
  readonly surges: readonly StampSurge[];
  readonly sheds: readonly ShedStep[];
  readonly gates: readonly GateStep[];
  readonly shifts: readonly OriginShift[];
  readonly expected: Expected;
  /** Of a drill or drain that may show where its stamp's users go: what served before it. Not there in other plans. */
  readonly served?: readonly ServedGroup[];
  /** Of a graceful failover or drain: what ran in its stamps when the run first took their traffic. An undo must find as much there (I2). Not there in other plans. */
  readonly leaving?: readonly LeavingStamp[];
  /** What a person should know: inert weights, missing inputs taken as worst case, sources of the shares. */
  readonly notes: readonly string[];
}

/** What served a stamp's users before they left. */
export interface LeavingStamp {
  readonly stamp: StampName;
  readonly workloads: readonly { readonly workload: WorkloadName; readonly readyReplicas: number; /** Null = not measured. */ readonly requestsPerSecond: number | null }[];
}

/** Room made in one survivor, or held in the stamps of a drill for their return. Applied in the order pools, nodes ready, HPAs, pods ready. */
export interface StampSurge {
  readonly stamp: StampName;
  readonly pools: readonly PoolSurge[];
  readonly hpas: readonly HpaSurge[];
}

export interface CountBounds {
  readonly minCount: number;
  readonly maxCount: number;
}

export interface PoolSurge {
  readonly pool: string;
  readonly before: CountBounds;
  readonly after: CountBounds;
  /** Ready and schedulable nodes: what the proof counts. Bounds also cover nodes of the pool that are neither. */
  readonly nodesWanted: number;
}

export interface ReplicaBounds {
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

export interface HpaSurge {
  readonly workload: WorkloadName;
  readonly namespace: string;
  readonly hpa: string;
  readonly before: ReplicaBounds;
  readonly after: ReplicaBounds;
  readonly replicasWanted: number;
}

export interface ShedStep {
  readonly stamp: StampName;
  readonly workload: WorkloadName;
  readonly namespace: string;
  readonly hpa: string;
  readonly before: ReplicaBounds;
  readonly after: ReplicaBounds;
}

export interface GateStep {
  readonly stamp: StampName;
  readonly before: GateState;
  readonly after: GateState;
}

export interface OriginShift {
  readonly stamp: StampName;
  readonly originGroup: OriginGroupName;
  readonly origin: string;
  readonly before: OriginSetting;
  readonly after: OriginSetting;
}

export interface OriginSetting {
  readonly weight: number;
  readonly enabled: 'Enabled' | 'Disabled';
}

export interface Expected {
  /** Seconds until the room is there, from node and pod start times. */
  readonly readyInSeconds: number;
  readonly surgeCostPerHourUsd: number | null;
  readonly stamps: readonly ExpectedStamp[];
}

export interface ExpectedStamp {
  readonly stamp: StampName;
  readonly requestsPerSecondNow: number;
  readonly requestsPerSecondAfter: number;
  /** 0..1 of the fleet's requests, after the shift. */
  readonly shareAfter: number;
  /** Per workload: what must be ready before traffic may come (I2). */
  readonly workloads: readonly ExpectedWorkload[];
}

export interface ExpectedWorkload {
  readonly workload: WorkloadName;
  /** As measured when the plan was made; not there where it was not measured. */
  readonly requestsPerSecondNow?: number;
  readonly requestsPerSecondAfter: number;
  readonly replicasNow: number;
  readonly replicasNeeded: number;
}

/** Why nothing, or not all, can be done: what operators see, never just a log line. */
export interface Blocked {
  readonly kind: 'blocked';
  readonly reasons: readonly BlockedReason[];
}

export type ConstraintName =
  | 'vcpuQuotaFamily' | 'vcpuQuotaRegion' | 'skuRestricted' | 'zoneRestricted' | 'subnetAddresses' | 'podCidr'
  | 'outboundPorts' | 'poolMax' | 'hpaMax' | 'resourceQuota' | 'poolBusy' | 'poolNotScalable' | 'capacityReservation'
  | 'hpaOwnedByReconciler' | 'hpaDisabled' | 'podsNotReady' | 'podTooLarge' | 'inputUnknown'
  /** An earlier plan of the run asked for these nodes, and the region did not give them. */
  | 'nodesLate'
  /** No stamp is left that serves an origin group. */
  | 'noSurvivor'
  /** A stamp that would get more users fails its own already. */
  | 'survivorUnhealthy';

/** One missing thing: the constraint, how much is missing and what would fix it. */
export interface Shortfall {
  readonly stamp: StampName;
  readonly constraint: ConstraintName;
  readonly subject: string;
  readonly missing: number;
  readonly unit: string;
  readonly fix: string;
}

export type BlockedReason =
  | { readonly code: 'lastHealthyOrigin'; readonly originGroup: OriginGroupName; readonly message: string }
  | { readonly code: 'shortOfRoom'; readonly shortfalls: readonly Shortfall[]; readonly message: string }
  | { readonly code: 'weightsInert'; readonly originGroup: OriginGroupName; readonly message: string }
  | { readonly code: 'factsUnknown'; readonly inputs: readonly string[]; readonly message: string }
  | { readonly code: 'preShiftCheckFailed'; readonly check: string; readonly message: string }
  | { readonly code: 'survivorUnhealthy'; readonly stamp: StampName; readonly message: string }
  | { readonly code: 'observerSuspect'; readonly message: string }
  | { readonly code: 'unknownStamp'; readonly stamp: StampName; readonly message: string }
  | { readonly code: 'alreadyDrained'; readonly stamp: StampName; readonly message: string }
  | { readonly code: 'notDrained'; readonly stamp: StampName; readonly message: string }
  | { readonly code: 'targetWorse'; readonly stamp: StampName; readonly message: string }
  /** The plan linter found an error in a plan that was made: none of it is done. */
  | { readonly code: 'planRefused'; readonly invariant: Finding['invariant']; readonly message: string };

/** A finding of the plan linter: an `error` blocks the plan, a `warning` is shown with it. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly invariant: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'I11' | 'I12' | 'limits';
  readonly message: string;
}

export type PlanResult = { readonly kind: 'planned'; readonly plan: Plan; readonly findings: readonly Finding[] } | Blocked;
