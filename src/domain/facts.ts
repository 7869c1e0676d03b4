import type { OriginGroupName, StampName, WorkloadName } from './fleet.ts';
import type { Reading } from './reading.ts';

/** Everything a plan is computed from, each part with its own age. A plan reads nothing else. */
export interface FleetFacts {
  readonly at: number;
  readonly traffic: Reading<TrafficFacts>;
  readonly demand: Reading<DemandFacts>;
  readonly stamps: Readonly<Record<StampName, StampFacts>>;
  /** Of each stamp that a drill or a drain has taken out of service the newest; absent where nobody reads the ledger. */
  readonly drains?: readonly DrainFacts[];
}

/** Where the users of one stamp went when a drill or a drain took it out of service. */
export interface DrainFacts {
  readonly runId: string;
  readonly stamp: StampName;
  /** Epoch milliseconds at which the survivors' loads were measured. */
  readonly at: number;
  readonly groups: readonly DrainedGroup[];
}

/** What the stamps of an origin group served at one moment, and the settings under which they did. */
export interface ServedGroup {
  readonly name: OriginGroupName;
  readonly latencyWindowMs: number;
  readonly origins: readonly ServedOrigin[];
  readonly requestsPerSecond: Readonly<Record<StampName, number>>;
}

export interface ServedOrigin {
  readonly stamp: StampName;
  readonly origin: string;
  readonly weight: number;
  readonly priority: number;
  /** `out`: enabled, and its probes fail. */
  readonly serves: 'serving' | 'out' | 'disabled';
}

/** The settings and loads from before, and what the others served once the stamp was drained and the shift had settled. */
export interface DrainedGroup extends ServedGroup {
  readonly requestsPerSecondDrained: Readonly<Record<StampName, number>>;
}

export interface TrafficFacts {
  readonly originGroups: readonly OriginGroupFacts[];
}

export interface OriginGroupFacts {
  readonly name: OriginGroupName;
  /** Latency sensitivity of the origin group, milliseconds; 0 makes weights inert. */
  readonly latencyWindowMs: number;
  /** Seconds after which probes have drained an origin at every edge, (sampleSize - successfulSamplesRequired + 1) x interval. */
  readonly probeDrainSeconds: number;
  readonly origins: readonly OriginFacts[];
}

export interface OriginFacts {
  readonly stamp: StampName;
  readonly origin: string;
  readonly hostName: string;
  readonly weight: number;
  readonly priority: number;
  readonly enabled: 'Enabled' | 'Disabled';
}

/**
 * Users, grouped by where they enter. Latencies are what an edge near them sees to each stamp's origin.
 * `source` says what the shares stand on, best first.
 */
export interface DemandFacts {
  readonly source: 'accessLog' | 'countryTable' | 'allToNearest';
  /** Why a better source that the fleet file names does not serve. */
  readonly insteadOf?: string;
  readonly groups: readonly UserGroup[];
}

export interface UserGroup {
  readonly name: string;
  readonly originGroup: OriginGroupName;
  readonly requestsPerSecond: number;
  readonly latencyMsByStamp: Readonly<Record<StampName, number>>;
  /** Left out: measured in an access log, estimated elsewhere. */
  readonly latencies?: 'measured' | 'estimated';
}

export interface StampFacts {
  readonly pools: Reading<readonly PoolFacts[]>;
  readonly workloads: Reading<readonly WorkloadFacts[]>;
  readonly nodes: Reading<readonly NodeFacts[]>;
  readonly quota: Reading<QuotaFacts>;
  readonly skus: Reading<readonly SkuFacts[]>;
  readonly network: Reading<NetworkFacts>;
  readonly load: Reading<LoadFacts>;
  /** Absent where nobody reads prices. */
  readonly prices?: Reading<readonly PriceFacts[]>;
  /** Absent where the stamp has no gate or it was not read. */
  readonly gate?: Reading<GateState>;
}

export type GateState = 'open' | 'closed';

export interface PoolFacts {
  readonly name: string;
  readonly mode: 'System' | 'User';
  readonly kind: 'VirtualMachineScaleSets' | 'VirtualMachines' | 'autoProvisioned';
  readonly vmSize: string;
  readonly autoscaled: 'autoscaled' | 'fixed';
  readonly count: number;
  readonly minCount: number;
  readonly maxCount: number;
  readonly zones: readonly string[];
  readonly maxPods: number;
  readonly spot: 'regular' | 'spot';
  readonly provisioningState: string;
  readonly powerState: 'Running' | 'Stopped';
  readonly etag: string | null;
  readonly subnetId: string | null;
  /** Subnet that its pods take addresses from, where that is another one; absent or null = the nodes'. */
  readonly podSubnetId?: string | null;
  readonly capacityReservationGroupId: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly string[];
  /** From the pool's PUT to all nodes ready, in earlier runs; absent or null = not measured. */
  readonly nodeStart?: MeasuredStart | null;
  /** Nodes still free in the pool's capacity reservation group; absent or null = not read. */
  readonly reservedNodesFree?: number | null;
  /** Nodes that an earlier plan of the run asked for and that did not come in time; absent = none. */
  readonly nodesLate?: number;
}

/** What nine in ten did not exceed, and how many that stands on. */
export interface MeasuredStart {
  readonly seconds: number;
  readonly samples: number;
}

export interface Resources {
  readonly cpuMillicores: number;
  readonly memoryMiB: number;
  readonly ephemeralStorageMiB: number;
}

/**
 * One node with what its pods ask for. `requested` and `pods` count every pod on it, daemonsets included (of which
 * `daemonsets` is the part that a new node would carry too): free = allocatable minus requested.
 */
/** A node without what it carries. */
export interface NodeState {
  readonly name: string;
  readonly pool: string;
  readonly ready: 'ready' | 'notReady';
  readonly schedulable: 'schedulable' | 'cordoned';
}

export interface NodeFacts extends NodeState {
  readonly zone: string;
  readonly allocatable: Resources;
  readonly allocatablePods: number;
  /** From its registration with the cluster to Ready; absent or null = it is not ready, or its Ready is of later. */
  readonly registrationToReadySeconds?: number | null;
  readonly daemonsets: Resources;
  readonly daemonsetPods: number;
  readonly requested: Resources;
  readonly pods: number;
}

/** How many of a workload's replicas serve. */
export interface ReplicaFacts {
  readonly name: WorkloadName;
  readonly availableReplicas: number;
  readonly generationObserved: 'current' | 'behind';
}

export interface WorkloadFacts extends ReplicaFacts {
  readonly hpa: HpaFacts | null;
  readonly requestedReplicas: number;
  /** Pods on a node that is Ready, ready themselves or not; absent = only the ready ones are taken as bound (the worst case). */
  readonly scheduledReplicas?: number;
  /** Of these the ones that fail: not ready for longer than the Deployment's progress deadline, or their containers cannot start; absent = none. */
  readonly failingReplicas?: number;
  /** Why the Deployment's newest pods do not come up, in its own words; absent or null = they do. */
  readonly rolloutStuck?: string | null;
  readonly readyReplicas: number;
  /** Names of the nodes that its ready pods are on, each once; absent = not read. */
  readonly readyOnNodes?: readonly string[];
  /** Requests of one pod, all containers summed: of the template or of the pods that run, whichever are larger. */
  readonly podRequests: Resources;
  /** Topology keys of which no two of its pods may share a value (required anti-affinity to its own kind); absent = none. */
  readonly apartOver?: readonly string[];
  /** What a pod asks for besides, such as `nvidia.com/gpu`: nothing here reckons with it; absent = nothing. */
  readonly otherRequests?: readonly string[];
  /** Limits of one pod, where it has them: a ResourceQuota may count these. */
  readonly podLimits?: Resources;
  readonly topologySpread: readonly TopologySpread[];
  /** From its place on a node to Ready, the slowest of nine in ten pods; null = not measured. */
  readonly podStartSeconds: number | null;
  /** How many pods that stands on. */
  readonly podStartSamples?: number;
  readonly disruptionBudgetMinAvailable: number | null;
}

export interface TopologySpread {
  readonly topologyKey: string;
  readonly maxSkew: number;
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
}

export interface HpaFacts {
  readonly namespace: string;
  readonly name: string;
  /** What it scales, such as `Deployment/web`; absent = not read. */
  readonly scales?: string;
  readonly resourceVersion: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  readonly scalingActive: 'active' | 'inactive';
  /** Percent of requests; null where the HPA does not scale on cpu utilisation. */
  readonly targetCpuUtilisationPercent: number | null;
  readonly currentCpuUtilisationPercent: number | null;
  readonly owner: HpaOwner;
}

/** Who owns minReplicas and maxReplicas. A reconciler reverts what we write; a one-shot writer does not. */
export type HpaOwner =
  | { readonly kind: 'oneShot'; readonly managers: readonly string[] }
  | { readonly kind: 'spillway' }
  | { readonly kind: 'reconciler'; readonly manager: string; readonly how: 'keda' | 'flux' | 'argocd' | 'helmController' | 'controller'; readonly ignoresBounds: 'ignored' | 'reverted' };

export interface QuotaFacts {
  readonly regionalCores: Quota;
  readonly lowPriorityCores: Quota;
  /** By VM family, such as standardDSv5Family. */
  readonly families: Readonly<Record<string, Quota>>;
}

export interface Quota {
  readonly used: number;
  readonly limit: number;
}

export interface SkuFacts {
  readonly name: string;
  readonly family: string;
  /** What a machine takes of the quota. */
  readonly vCpus: number;
  /** What it has to use, where that is less (constrained vCPU sizes); absent = all. */
  readonly usableVCpus?: number;
  readonly memoryMiB: number;
  /** Zones in which this subscription may use it; empty with `restricted` = not at all. */
  readonly zones: readonly string[];
  readonly restricted: string | null;
}

/** What one machine costs by the hour, without discounts that a contract may give. */
export interface PriceFacts {
  readonly vmSize: string;
  readonly spot: PoolFacts['spot'];
  readonly usdPerHour: number;
}

export interface NetworkFacts {
  readonly plugin: 'overlay' | 'flat' | 'kubenet' | 'unknown';
  readonly podCidr: string | null;
  readonly subnets: readonly SubnetFacts[];
  readonly outboundPortsPerNode: number | null;
  readonly outboundPortsTotal: number | null;
  readonly resourceQuotas: readonly ResourceQuotaFacts[];
}

export interface SubnetFacts {
  readonly id: string;
  readonly usedAddresses: number;
  /** Usable addresses: Azure keeps 5 of every subnet. */
  readonly totalAddresses: number;
}

/** In millicores for cpu, MiB for memory and storage, pods for pods; requests, where it does not say limits. */
export interface ResourceQuotaFacts {
  readonly namespace: string;
  readonly resource: 'cpu' | 'memory' | 'cpuLimits' | 'memoryLimits' | 'ephemeralStorage' | 'pods';
  readonly used: number;
  readonly hard: number;
}

export interface LoadFacts {
  readonly requestsPerSecond: number;
  readonly byWorkload: Readonly<Record<WorkloadName, number>>;
  /** Highest requests per second at this hour on former days up to the expected time of recovery; null without history. */
  readonly forecastRequestsPerSecond: number | null;
  /** Why former days could not be read: then null is no answer; absent = they were read. */
  readonly forecastUnknown?: string;
  readonly errorRate: number;
  readonly latencyMs: number;
}
