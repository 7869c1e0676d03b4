/**
 * The fleet: the stamps behind one Front Door profile and the policy by which they fail over.
 * These are the types of the fleet file; `src/config/fleetSchema.ts` validates it and explains every field.
 * Shapes only: no defaults, no reading. Durations carry their unit in the name.
 */

export type StampName = string;
export type WorkloadName = string;
export type OriginGroupName = string;

export interface Fleet {
  readonly name: string;
  readonly frontDoor: FrontDoorRef;
  readonly stamps: readonly Stamp[];
  readonly workloads: readonly Workload[];
  readonly policy: Policy;
  readonly signals: SignalSettings;
  readonly preShiftChecks: readonly PreShiftCheck[];
  readonly postShiftHooks: readonly PostShiftHook[];
  readonly drills: readonly Drill[];
  readonly notify: NotifySettings;
}

/** Standard and Premium profiles are Microsoft.Cdn/profiles; classic is Microsoft.Network/frontDoors, retired on 31 March 2027. */
export interface FrontDoorRef {
  readonly kind: 'standardPremium' | 'classic';
  readonly resourceId: string;
  /** Log Analytics workspace that Front Door's access log goes to; left out = users are told apart by country. */
  readonly accessLogWorkspaceId?: string | undefined;
}

export interface Stamp {
  /** The name people use in the API and in the ledger; usually the Azure region. */
  readonly name: StampName;
  /** Azure region in its short form, such as eastus2: quota and SKUs are looked up by it. */
  readonly region: string;
  readonly origins: readonly StampOrigin[];
  readonly cluster: ClusterRef;
  readonly gateway: GatewayRef;
  readonly gate: GateRef | null;
  readonly probe: ProbeRef;
}

export interface StampOrigin {
  readonly originGroup: OriginGroupName;
  readonly origin: string;
  /** 1..1000: the weight of this origin when nothing is wrong. */
  readonly normalWeight: number;
  /** 1..5, lower first. */
  readonly priority: number;
}

export interface ClusterRef {
  readonly resourceId: string;
  /** Node pools that Spillway may raise, in the order in which they are tried. */
  readonly pools: readonly PoolRef[];
}

export interface PoolRef {
  readonly name: string;
  /** Spillway never asks for a maxCount above this, whatever the plan needs. */
  readonly surgeMaxCount: number;
  /** What one of its machines costs, USD an hour; left out = Azure's retail price, where it can be read. */
  readonly pricePerHourUsd?: number | undefined;
}

export interface GatewayRef {
  readonly resourceId: string;
  /** Subnet whose free addresses bound the node count; null where the pool's own vnetSubnetId says it. */
  readonly nodeSubnetId: string | null;
  /** Private listener, reachable from the control plane's subnet only; the proof before a shift goes through it. */
  readonly privateUrl: string | null;
}

/** The gate's state blob: Spillway writes it, the stamp's gate pod polls it. */
export interface GateRef {
  readonly blobUrl: string;
}

/** What the control plane itself asks, from outside the region. */
export interface ProbeRef {
  readonly url: string;
}

export interface Workload {
  readonly name: WorkloadName;
  readonly namespace: string;
  readonly deployment: string;
  readonly hpa: string;
  readonly originGroup: OriginGroupName;
  /** Fraction 0..1 of the origin group's requests that this workload serves. */
  readonly trafficShare: number;
  /** What one ready replica serves at its limit, requests per second. */
  readonly requestsPerSecondPerReplica: number;
  /** Spillway never asks for more replicas than this in one stamp; left out = as many as the load needs. */
  readonly surgeMaxReplicas?: number | undefined;
  /** 1 = surged first; 3 = may be shed to make room, where policy allows it. */
  readonly tier: 1 | 2 | 3;
  readonly pools: readonly string[];
  /** Stamps that run it; null = all. */
  readonly stamps: readonly StampName[] | null;
}

export type Mode = 'observe' | 'approve' | 'auto';
export type RunMode = 'graceful' | 'ungraceful';

export interface Policy {
  /** Used until an operator sets another one through the API. */
  readonly initialMode: Mode;
  /** 0..1: planned load over ready capacity never goes above it (I2). */
  readonly utilisationCeiling: number;
  /** >= 1: demand is multiplied by it before capacity is computed. */
  readonly headroomFactor: number;
  readonly maxRegionsFailing: number;
  readonly approvalDeadlineMinutes: number;
  readonly surgeExpiryMinutes: number;
  readonly drainExpiryMinutes: number;
  readonly nodeReadyTimeoutMinutes: number;
  readonly podReadyTimeoutMinutes: number;
  readonly shiftVerifyTimeoutMinutes: number;
  readonly failback: FailbackPolicy;
  readonly shedTier3: 'never' | 'whenShort';
  readonly regionCoolDownMinutes: number;
}

export interface FailbackPolicy {
  readonly start: 'manual' | 'auto';
  /** The region must have been healthy for this long. */
  readonly stableMinutes: number;
}

export interface SignalSettings {
  readonly watchIntervalSeconds: number;
  /** A signal older than this is unknown. */
  readonly staleAfterSeconds: number;
  readonly minimumKnown: number;
  readonly quorum: number;
  /** Consecutive unhealthy assessments before a region counts as failed, and healthy ones before it counts as recovered. */
  readonly failAfter: number;
  readonly recoverAfter: number;
  readonly errorRate: Thresholds;
  readonly latencyMs: Thresholds;
  readonly originHealthPercent: Thresholds;
  readonly probeLatencyMs: Thresholds;
  readonly healthyHostsPercent: Thresholds;
  readonly nodesReadyPercent: Thresholds;
}

/** Beyond `degraded` a signal is degraded, beyond `unhealthy` it is unhealthy; which side is worse depends on the signal. */
export interface Thresholds {
  readonly degraded: number;
  readonly unhealthy: number;
}

export type PreShiftCheck =
  | { readonly name: string; readonly kind: 'http'; readonly url: string; readonly expectStatus: number }
  | { readonly name: string; readonly kind: 'metric'; readonly resourceId: string; readonly metric: string; readonly atMost: number };

export interface PostShiftHook {
  readonly name: string;
  readonly url: string;
}

export interface Drill {
  readonly name: string;
  /** Six-field NCRONTAB, UTC. */
  readonly schedule: string;
  readonly stamp: StampName;
  readonly holdMinutes: number;
  readonly abort: DrillAbort;
  readonly blockedWindows: readonly BlockedWindow[];
}

export interface DrillAbort {
  /** 0..1: fleet-wide error rate above which the drill ends at once. */
  readonly errorRateAbove: number;
  readonly latencyMsAbove: number;
}

/** UTC dates, both ends included, as YYYY-MM-DD. */
export interface BlockedWindow {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

export interface NotifySettings {
  readonly webhookUrl: string | null;
}
