/**
 * The contract between the physics (sandbox/world) and the faces (sandbox/azure).
 * Physics knows nothing of HTTP; faces know nothing of how load moves. All instants are epoch milliseconds
 * on the world's clock. What a face changes, it changes through the methods here, so that physics reacts to it
 * whoever asked: Spillway, `az`, `kubectl` or a person.
 */

export interface WorldClock {
  now(): number;
  /** Fires once at `atMs` (at once when that is past); answers a cancel function. */
  setTimer(atMs: number, fire: () => void): () => void;
}

export interface World {
  readonly clock: WorldClock;
  readonly seed: number;
  readonly spec: WorldSpec;
  readonly frontDoor: FrontDoorPhysics;
  readonly stamps: ReadonlyMap<string, StampPhysics>;
  readonly faults: FaultBoard;
  readonly operations: Operations;
  readonly metrics: MetricsHistory;
  readonly users: UserLedger;
  readonly gateBlobs: GateBlobs;
  /** Advances physics to the clock's now; faces call it before they read. Idempotent and cheap. */
  settle(): void;
  /** Plain JSON of everything a person or a page wants to see. */
  snapshot(): WorldSnapshot;
  /** All state, for `--state DIR`; `restoreWorld(saved, clock)` is the way back. */
  save(): unknown;
  dispose(): void;
}

/**
 * The gates' state blobs as the gate pods see them. The blob face calls `written` for every blob under a stamp's
 * `gateBlobUrl` (text null = deleted); the gate pod notices at its next poll, if it can reach the store then.
 * The text is JSON with `state` ("open" or "closed") and `expiresAt` (ISO 8601 or epoch milliseconds; none = never).
 */
export interface GateBlobs {
  written(blobUrl: string, text: string | null): void;
}

/** Built from a fleet file plus what a sandbox must invent (users, quotas, start-up times); see sandbox/world/spec.ts. */
export interface WorldSpec {
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly frontDoor: FrontDoorSpec;
  readonly stamps: readonly StampSpec[];
  readonly pointsOfPresence: readonly PointOfPresenceSpec[];
  readonly quotas: Readonly<Record<string, RegionQuotaSpec>>;
  readonly skus: readonly SkuSpec[];
}

export interface PointOfPresenceSpec {
  readonly name: string;
  /** ISO 3166 name as Front Door's ClientCountry dimension has it. */
  readonly country: string;
  readonly latencyMsByStamp: Readonly<Record<string, number>>;
  /** Mean requests per second entering here, per origin group; a daily wave goes over it. */
  readonly requestsPerSecond: Readonly<Record<string, number>>;
  /** Where the sun stands: the daily wave peaks at 15:00 there. */
  readonly utcOffsetHours: number;
}

export interface FrontDoorSpec {
  readonly kind: 'standardPremium' | 'classic';
  readonly resourceId: string;
  readonly frontDoorId: string;
  readonly endpointHostName: string;
  readonly originGroups: readonly OriginGroupSpec[];
  /** How long a change takes to reach the edges, seconds: drawn between the two. */
  readonly propagationSeconds: readonly [number, number];
  readonly operationSeconds: number;
}

export interface OriginGroupSpec {
  readonly name: string;
  readonly latencyWindowMs: number;
  readonly sampleSize: number;
  readonly successfulSamplesRequired: number;
  readonly probeIntervalSeconds: number;
  readonly probePath: string;
  readonly sessionAffinity: 'on' | 'off';
  readonly origins: readonly OriginSpec[];
}

export interface OriginSpec {
  readonly name: string;
  readonly stamp: string;
  readonly hostName: string;
  readonly weight: number;
  readonly priority: number;
  readonly enabled: 'Enabled' | 'Disabled';
}

export interface StampSpec {
  readonly name: string;
  readonly region: string;
  readonly clusterId: string;
  readonly gatewayId: string;
  readonly vnetId: string;
  readonly nodeSubnetId: string;
  readonly subnetAddresses: number;
  readonly podCidr: string;
  readonly gateBlobUrl: string | null;
  /** Source ports of the load balancer that are allotted to each node, and its addresses; left out: Azure divides them. */
  readonly outboundPorts?: { readonly perNode: number; readonly addresses: number };
  /** Of its user pools. */
  readonly capacityReservationGroupId?: string;
  readonly pools: readonly PoolSpec[];
  readonly workloads: readonly WorkloadSpec[];
  /** Put there when the cluster was built. */
  readonly resourceQuotas?: readonly ResourceQuotaSpec[];
}

export interface ResourceQuotaSpec {
  readonly namespace: string;
  readonly name: string;
  readonly hard: Readonly<Record<string, string>>;
}

export interface PoolSpec {
  readonly name: string;
  readonly mode: 'System' | 'User';
  readonly vmSize: string;
  readonly count: number;
  readonly minCount: number;
  readonly maxCount: number;
  readonly zones: readonly string[];
  readonly maxPods: number;
  readonly kind: 'VirtualMachineScaleSets' | 'VirtualMachines';
  /** At the start; left out: autoscaled. */
  readonly autoscaled?: 'autoscaled' | 'fixed';
  readonly priority?: 'Regular' | 'Spot';
  /** Machines that a capacity reservation holds for it, those in use included. */
  readonly machinesReserved?: number;
  readonly allocatableCpuMillicores: number;
  readonly allocatableMemoryMiB: number;
  /** From the autoscaler's request to Ready, seconds: drawn between the two. */
  readonly nodeReadySeconds: readonly [number, number];
}

export interface WorkloadSpec {
  readonly name: string;
  readonly namespace: string;
  readonly deployment: string;
  readonly hpa: string;
  readonly originGroup: string;
  readonly trafficShare: number;
  /** What a ready pod serves before it saturates; above it errors and latency grow. */
  readonly requestsPerSecondPerPod: number;
  readonly cpuMillicores: number;
  readonly memoryMiB: number;
  readonly replicas: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly targetCpuUtilisationPercent: number;
  readonly podReadySeconds: readonly [number, number];
  readonly pools: readonly string[];
  /** `whenUnsatisfiable` of its spread over zones; left out: ScheduleAnyway. */
  readonly zoneSpread?: 'ScheduleAnyway' | 'DoNotSchedule';
  /** Field manager that owns the HPA's bounds, as kubectl-client-side-apply, helm, keda, kustomize-controller. */
  readonly hpaManager: string;
  /** Put on the HPA when it was made, as kustomize.toolkit.fluxcd.io/ssa: IfNotPresent. */
  readonly hpaAnnotations?: Readonly<Record<string, string>>;
}

export interface RegionQuotaSpec {
  readonly coresUsed: number;
  readonly coresLimit: number;
  readonly families: Readonly<Record<string, { readonly used: number; readonly limit: number }>>;
  /** Of spot machines, which take nothing of the others. */
  readonly lowPriority: { readonly used: number; readonly limit: number };
}

export interface SkuSpec {
  readonly name: string;
  readonly family: string;
  readonly vCpus: number;
  readonly memoryGiB: number;
  readonly zones: readonly string[];
}

/** What ARM accepted (`asked`) and what each edge has (`propagated`) differ while a change travels. */
export interface FrontDoorPhysics {
  readonly asked: FrontDoorConfig;
  /** Starts an accepted change; the physics queue it, finish its operation and propagate it. */
  changeOrigin(originGroup: string, origin: string, change: Partial<OriginSettings>): Operation;
  /** Several origins in one write: what a classic PUT of the whole frontDoor is. */
  changeOrigins(changes: readonly { readonly originGroup: string; readonly origin: string; readonly change: Partial<OriginSettings> }[]): Operation;
  changeOriginGroup(originGroup: string, change: { readonly latencyWindowMs?: number; readonly probeIntervalSeconds?: number; readonly sampleSize?: number; readonly successfulSamplesRequired?: number; readonly probePath?: string }): Operation;
  /** Of the last 60 s, fraction 0..1 per stamp, by origin group. */
  observedShares(originGroup: string): Readonly<Record<string, number>>;
}

export interface FrontDoorConfig {
  readonly originGroups: readonly (Omit<OriginGroupSpec, 'origins'> & { readonly origins: readonly OriginSpec[] })[];
}

export interface OriginSettings {
  readonly weight: number;
  readonly priority: number;
  readonly enabled: 'Enabled' | 'Disabled';
}

export interface StampPhysics {
  readonly spec: StampSpec;
  readonly pools: PoolsPhysics;
  readonly kube: KubeStore;
  /** Gate pod's view; null without a gate. It polls the blob face through `gateBlob`. */
  readonly gate: { readonly state: 'open' | 'closed'; readonly expiresAt: number | null } | null;
  /** What a request to this stamp's origin meets right now, for probes from anywhere outside. */
  probeOrigin(): ProbeAnswer;
  /** The same through the private listener: gate and Front Door play no part. */
  probeGateway(): ProbeAnswer;
  /** Whether the cluster's API server answers; null = it does. */
  apiServerFault(): 'refused' | 'timeout' | null;
}

export type ProbeAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly latencyMs: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'timeout' };

export interface PoolsPhysics {
  list(): readonly PoolState[];
  get(name: string): PoolState | null;
  /**
   * A PUT of a pool. `conflict` carries Azure's error code (OperationNotAllowed, OriginalEtagNotExpect,
   * QuotaExceeded, SkuNotAvailable, SubnetIsFull); an accepted one runs as an operation that may fail later.
   */
  put(name: string, change: PoolChange, ifMatch: string | null): { readonly kind: 'accepted'; readonly operation: Operation } | { readonly kind: 'conflict'; readonly status: 400 | 409 | 412; readonly code: string; readonly message: string };
}

export interface PoolChange {
  readonly minCount?: number;
  readonly maxCount?: number;
  readonly count?: number;
  readonly autoscaled?: 'autoscaled' | 'fixed';
  readonly labels?: Readonly<Record<string, string>>;
}

export interface PoolState extends PoolSpec {
  readonly autoscaled: 'autoscaled' | 'fixed';
  readonly etag: string;
  readonly provisioningState: 'Succeeded' | 'Updating' | 'Scaling' | 'Failed' | 'Creating';
  readonly powerState: 'Running' | 'Stopped';
  readonly labels: Readonly<Record<string, string>>;
}

/** A JSON object of the Kubernetes API, complete: apiVersion, kind, metadata, spec, status. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid: string; readonly resourceVersion: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

/**
 * A cluster's objects. The face implements API semantics (apply, patch, validation, managedFields) and stores the result
 * here; physics watches specs (HPA bounds, replicas, cordon, deletions) and writes statuses, pods and nodes.
 * Kinds: Namespace, Node, Pod, Deployment, ReplicaSet, HorizontalPodAutoscaler, Service, PodDisruptionBudget, ResourceQuota, Event.
 */
export interface KubeStore {
  get(kind: string, namespace: string | null, name: string): KubeObject | null;
  list(kind: string, namespace: string | null): readonly KubeObject[];
  /** Creates or replaces; gives a new resourceVersion and answers the stored object. */
  put(object: Omit<KubeObject, 'metadata'> & { readonly metadata: Record<string, unknown> & { readonly name: string } }): KubeObject;
  remove(kind: string, namespace: string | null, name: string): KubeObject | null;
  readonly resourceVersion: string;
  /** Newest last; answers an unsubscribe function. */
  onChange(listener: (change: KubeChange) => void): () => void;
  /** Changes after a resourceVersion, or null when that is too old (HTTP 410). */
  changesSince(resourceVersion: string): readonly KubeChange[] | null;
}

export interface KubeChange {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

export interface Operations {
  get(id: string): Operation | null;
}

export interface Operation {
  readonly id: string;
  readonly startedAt: number;
  /** Read at the moment of asking. */
  readonly status: 'InProgress' | 'Succeeded' | 'Failed';
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly endedAt: number | null;
}

/** Named in scenario files; `stamp` where the fault has one. `severity` 0..1 where it makes sense. */
export interface Fault {
  readonly kind: FaultKind;
  readonly stamp?: string;
  readonly severity?: number;
  readonly [parameter: string]: unknown;
}

export type FaultKind =
  | 'regionDead' | 'grey' | 'clusterApiGone' | 'signalsBlind' | 'armThrottled' | 'armDown' | 'frontDoorFrozen'
  | 'quotaShort' | 'skuRefused' | 'partialCapacity' | 'poolBusy' | 'subnetFull' | 'cosmosDown' | 'cosmosThrottled' | 'entraDown'
  | 'monitorDown' | 'blobDown' | 'slowNodes' | 'slowPods' | 'imageMissing' | 'demandSurge';

export interface FaultBoard {
  inject(fault: Fault): string;
  heal(id: string): void;
  list(): readonly { readonly id: string; readonly fault: Fault; readonly since: number }[];
  /** The first active fault of this kind (for this stamp, where the fault names one). */
  active(kind: FaultKind, stamp?: string): Fault | null;
}

/** Minute-grain series as Azure Monitor would have them, lateness not applied: the face delays and gaps them. */
export interface MetricsHistory {
  /**
   * One point per minute whose end lies in [fromMs, toMs). `resource`: 'frontDoor' or a stamp's gateway ('gateway:<stamp>').
   * Dimension values are strings; a minute without data is left out, never zero.
   */
  query(resource: string, metric: string, fromMs: number, toMs: number): readonly MetricPoint[];
}

export interface MetricPoint {
  /** Start of the minute. */
  readonly at: number;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly total: number;
  readonly average: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly count: number;
}

/** What users suffered, since the start or since `mark()`. */
export interface UserLedger {
  totals(): { readonly requests: number; readonly failedRequests: number; readonly userErrorMinutes: number };
}

export interface WorldSnapshot {
  readonly at: number;
  readonly pointsOfPresence: readonly { readonly name: string; readonly country: string; readonly requestsPerSecond: number; readonly sharesByStamp: Readonly<Record<string, number>>; readonly healthyStamps: readonly string[] }[];
  readonly stamps: readonly StampSnapshot[];
  readonly faults: readonly Fault[];
  readonly users: { readonly requests: number; readonly failedRequests: number; readonly userErrorMinutes: number };
}

export interface StampSnapshot {
  readonly name: string;
  readonly requestsPerSecond: number;
  readonly capacityRequestsPerSecond: number;
  readonly errorRate: number;
  readonly latencyMs: number;
  readonly share: number;
  readonly gate: 'open' | 'closed' | null;
  readonly pools: readonly { readonly name: string; readonly minCount: number; readonly maxCount: number; readonly nodes: number; readonly ready: number; readonly provisioningState: string }[];
  readonly workloads: readonly { readonly name: string; readonly minReplicas: number; readonly maxReplicas: number; readonly desired: number; readonly ready: number; readonly pending: number }[];
  readonly origins: readonly { readonly originGroup: string; readonly origin: string; readonly asked: OriginSettings; readonly propagated: OriginSettings }[];
}
