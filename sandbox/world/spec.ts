import type { ClusterOptions, WorkloadOptions } from './clusterOptions.ts';
import type { DeployedPoolForWorld, DeploymentForWorld } from './deploymentForWorld.ts';
import { azureRegions, pointsOfPresence, roundTripMs, type Place } from './geography.ts';
import type { FleetForWorld, StampForWorld, WorkloadForWorld } from './fleetForWorld.ts';
import { shareRequests } from './frontDoor/routing.ts';
import { dailySwing } from './demand.ts';
import { uuidOf } from './prng.ts';
import type { OriginGroupSpec, PointOfPresenceSpec, PoolSpec, RegionQuotaSpec, SkuSpec, StampSpec, WorkloadSpec, WorldSpec } from './types.ts';
import { allocatableOf, skuNamed, skus, type Allocatable } from './vmSizes.ts';

/** What a fleet file does not say and a sandbox must invent. */
export interface SpecOptions {
  readonly tenantId?: string;
  /** Mean over the day, per stamp of an origin group. */
  readonly requestsPerSecondPerStamp?: number;
  readonly latencyWindowMs?: number;
  readonly sessionAffinity?: 'on' | 'off';
  readonly probeIntervalSeconds?: number;
  readonly sampleSize?: number;
  readonly successfulSamplesRequired?: number;
  /** Field manager that owns the bounds of every HPA. */
  readonly hpaManager?: string;
  readonly propagationSeconds?: readonly [number, number];
  readonly operationSeconds?: number;
  readonly nodeReadySeconds?: readonly [number, number];
  readonly podReadySeconds?: readonly [number, number];
  /** vCPUs still free in every region, beyond what the fleet uses at the start. */
  readonly freeCores?: number;
  /** Said by a deployment, not invented. What a scenario sets above goes before it. */
  readonly deployment?: DeploymentForWorld;
  /** By stamp. */
  readonly clusters?: Readonly<Record<string, ClusterOptions>>;
  /** By workload. */
  readonly workloads?: Readonly<Record<string, WorkloadOptions>>;
}

/** Operators let an HPA grow a little above its busiest hour: enough for their own day, not for another region's. */
export const sizing = {
  targetCpuUtilisationPercent: 70,
  /** Of the replicas that the mean load needs. */
  minReplicas: 0.6,
  maxReplicas: 1.3,
  cpuMillicores: 500,
  memoryMiB: 768,
} as const;

const daemonsetCpuMillicores = 340;

/** What kubelet leaves of a VM for pods (kube-reserved by AKS' published table, plus eviction threshold), rounded. */
const allocatable: Readonly<Record<string, Allocatable>> = {
  Standard_D2s_v5: { cpuMillicores: 1900, memoryMiB: 5650 },
  Standard_D4s_v5: { cpuMillicores: 3860, memoryMiB: 12890 },
};

/** The same fleet and options give the same world. Throws for a region whose place is not known. */
export function specFromFleet(fleet: FleetForWorld, options: SpecOptions = {}): WorldSpec {
  const originGroups = originGroupsOf(fleet, options);
  const points = pointsOf(fleet, originGroups, options);
  const load = expectedLoad(originGroups, points);
  const stamps = fleet.stamps.map((stamp) => stampSpecOf(fleet, stamp, load.get(stamp.name) ?? {}, options));
  const offered = offeredSkus(stamps);
  return {
    subscriptionId: segmentAfter(fleet.frontDoor.resourceId, 'subscriptions'),
    tenantId: options.tenantId ?? uuidOf(1, `tenant of ${fleet.name}`),
    frontDoor: {
      kind: fleet.frontDoor.kind,
      resourceId: fleet.frontDoor.resourceId,
      frontDoorId: uuidOf(1, fleet.frontDoor.resourceId),
      endpointHostName: `${fleet.name}-h4bqf2e0c8dybkd5.z01.azurefd.net`,
      originGroups,
      propagationSeconds: options.propagationSeconds ?? [120, 720],
      operationSeconds: options.operationSeconds ?? 30,
    },
    stamps,
    pointsOfPresence: points,
    quotas: quotasOf(stamps, offered, options.freeCores ?? 400),
    skus: offered,
  };
}

function originGroupsOf(fleet: FleetForWorld, options: SpecOptions): readonly OriginGroupSpec[] {
  const names = [...new Set(fleet.stamps.flatMap((stamp) => stamp.origins.map((origin) => origin.originGroup)))];
  return names.map((name) => ({
    name,
    ...probingOf(name, options),
    sessionAffinity: options.sessionAffinity ?? 'off',
    origins: fleet.stamps.flatMap((stamp) =>
      stamp.origins
        .filter((origin) => origin.originGroup === name)
        .map((origin) => ({
          name: origin.origin,
          stamp: stamp.name,
          // a classic backend is called by its address
          hostName: fleet.frontDoor.kind === 'classic' ? origin.origin : hostNameOf(stamp, origin.origin),
          weight: origin.normalWeight,
          priority: origin.priority,
          enabled: 'Enabled' as const,
        })),
    ),
  }));
}

function probingOf(name: string, options: SpecOptions): Pick<OriginGroupSpec, 'latencyWindowMs' | 'sampleSize' | 'successfulSamplesRequired' | 'probeIntervalSeconds' | 'probePath'> {
  const deployed = options.deployment?.originGroups.find((group) => group.name === name);
  return {
    latencyWindowMs: options.latencyWindowMs ?? deployed?.latencyWindowMs ?? 30,
    sampleSize: options.sampleSize ?? deployed?.sampleSize ?? 4,
    successfulSamplesRequired: options.successfulSamplesRequired ?? deployed?.successfulSamplesRequired ?? 3,
    probeIntervalSeconds: options.probeIntervalSeconds ?? deployed?.probeIntervalSeconds ?? 15,
    probePath: deployed?.probePath ?? '/healthz',
  };
}

function pointsOf(fleet: FleetForWorld, originGroups: readonly OriginGroupSpec[], options: SpecOptions): readonly PointOfPresenceSpec[] {
  return pointsOfPresence.map((point) => ({
    name: point.name,
    country: point.country,
    utcOffsetHours: Math.round(point.longitude / 15),
    latencyMsByStamp: Object.fromEntries(fleet.stamps.map((stamp) => [stamp.name, roundTripMs(point, placeOf(stamp.region))])),
    requestsPerSecond: Object.fromEntries(originGroups.map((group) => [group.name, round(loadPerStamp(fleet, group, options) * group.origins.length * point.shareOfUsers)])),
  }));
}

/**
 * Mean requests per second that the sandbox sends to one stamp of an origin group. A deployment does not know its users:
 * it gets as many as its HPAs are written for, so that the busiest hour of the day fits under `maxReplicas` with one stamp lost.
 */
function loadPerStamp(fleet: FleetForWorld, group: OriginGroupSpec, options: SpecOptions): number {
  const stamps = group.origins.length;
  const survivors = stamps > 1 ? (stamps - 1) / stamps : 1;
  const served = fleet.workloads.flatMap((workload) => {
    const deployed = workload.originGroup === group.name ? deployedWorkload(workload, options) : undefined;
    if (deployed === undefined) return [];
    const atTarget = deployed.maxReplicas * workload.requestsPerSecondPerReplica * (deployed.targetCpuUtilisationPercent / 100);
    return [(atTarget * survivors) / (1 + dailySwing) / workload.trafficShare];
  });
  return options.requestsPerSecondPerStamp ?? (served.length === 0 ? 1000 : Math.min(...served));
}

const deployedWorkload = (workload: WorkloadForWorld, { deployment }: SpecOptions): DeploymentForWorld['workloads'][number] | undefined =>
  deployment?.workloads.find(({ namespace, hpa }) => namespace === workload.namespace && hpa === workload.hpa);

/** Mean requests per second by stamp and origin group while everything is healthy: what operators size for. */
function expectedLoad(originGroups: readonly OriginGroupSpec[], points: readonly PointOfPresenceSpec[]): Map<string, Record<string, number>> {
  const load = new Map<string, Record<string, number>>();
  for (const group of originGroups) {
    for (const point of points) {
      const candidates = group.origins.map((origin) => ({ ...origin, healthy: true, latencyMs: point.latencyMsByStamp[origin.stamp] ?? 0 }));
      const shares = shareRequests(candidates, group.latencyWindowMs);
      group.origins.forEach((origin, index) => {
        const ofStamp = load.get(origin.stamp) ?? {};
        ofStamp[group.name] = (ofStamp[group.name] ?? 0) + (shares[index] ?? 0) * (point.requestsPerSecond[group.name] ?? 0);
        load.set(origin.stamp, ofStamp);
      });
    }
  }
  return load;
}

function stampSpecOf(fleet: FleetForWorld, stamp: StampForWorld, load: Readonly<Record<string, number>>, options: SpecOptions): StampSpec {
  const workloads = fleet.workloads
    .filter((workload) => workload.stamps?.includes(stamp.name) ?? true)
    .map((workload) => workloadSpecOf(workload, (load[workload.originGroup] ?? 0) * workload.trafficShare, options));
  const subnetId = stamp.gateway.nodeSubnetId ?? `${stamp.gateway.resourceId.split('/providers/')[0]}/providers/Microsoft.Network/virtualNetworks/vnet-${stamp.name}/subnets/snet-nodes`;
  const deployed = options.deployment?.clusters.find((cluster) => cluster.stamp === stamp.name);
  const own = options.clusters?.[stamp.name] ?? {};
  return {
    name: stamp.name,
    region: stamp.region,
    clusterId: stamp.cluster.resourceId,
    gatewayId: stamp.gateway.resourceId,
    vnetId: subnetId.split('/subnets/')[0] ?? subnetId,
    nodeSubnetId: subnetId,
    // a /24 without the five addresses that Azure keeps
    subnetAddresses: deployed?.subnetAddresses ?? 251,
    podCidr: own.podCidr ?? deployed?.podCidr ?? '10.244.0.0/16',
    gateBlobUrl: stamp.gate?.blobUrl ?? null,
    ...(own.outboundPorts === undefined ? {} : { outboundPorts: own.outboundPorts }),
    ...(own.reservedNodes === undefined ? {} : { capacityReservationGroupId: `${stamp.cluster.resourceId.split('/providers/')[0]}/providers/Microsoft.Compute/capacityReservationGroups/crg-${stamp.name}` }),
    pools: (deployed?.pools.map((pool) => deployedPool(pool, workloads, options)) ?? [systemPool(options), ...stamp.cluster.pools.map((pool) => poolSpecOf({ ...pool, vmSize: own.vmSize ?? usualVmSize }, workloads, options))]).map((pool) => withOptions(pool, own)),
    workloads: workloads.map((workload) => ({ ...workload, replicas: own.replicas?.[workload.name] ?? workload.replicas })),
    resourceQuotas: own.resourceQuota === undefined ? [] : [...new Set(workloads.map(({ namespace }) => namespace))].map((namespace) => ({ namespace, name: 'team', hard: own.resourceQuota ?? {} })),
  };
}

function withOptions(pool: PoolSpec, { autoscaler, reservedNodes, spot }: ClusterOptions): PoolSpec {
  if (pool.mode === 'System') return pool;
  return {
    ...pool,
    ...(autoscaler === undefined ? {} : { autoscaled: autoscaler === 'on' ? 'autoscaled' as const : 'fixed' as const }),
    ...(reservedNodes === undefined ? {} : { machinesReserved: pool.count + reservedNodes }),
    ...(spot === undefined ? {} : { priority: 'Spot' as const }),
  };
}

function workloadSpecOf(workload: WorkloadForWorld, requestsPerSecond: number, options: SpecOptions): WorkloadSpec {
  const deployed = deployedWorkload(workload, options);
  const own = options.workloads?.[workload.name] ?? {};
  const targetCpuUtilisationPercent = deployed?.targetCpuUtilisationPercent ?? sizing.targetCpuUtilisationPercent;
  const needed = Math.max(2, requestsPerSecond / (workload.requestsPerSecondPerReplica * (targetCpuUtilisationPercent / 100)));
  const minReplicas = deployed?.minReplicas ?? Math.max(2, Math.ceil(needed * sizing.minReplicas));
  const maxReplicas = deployed?.maxReplicas ?? Math.max(3, Math.ceil(needed * sizing.maxReplicas));
  return {
    name: workload.name,
    namespace: workload.namespace,
    deployment: workload.deployment,
    hpa: workload.hpa,
    originGroup: workload.originGroup,
    trafficShare: workload.trafficShare,
    requestsPerSecondPerPod: workload.requestsPerSecondPerReplica,
    cpuMillicores: own.cpuMillicores ?? deployed?.cpuMillicores ?? sizing.cpuMillicores,
    memoryMiB: deployed?.memoryMiB ?? sizing.memoryMiB,
    replicas: Math.min(maxReplicas, Math.max(minReplicas, Math.ceil(needed))),
    minReplicas,
    maxReplicas,
    targetCpuUtilisationPercent,
    podReadySeconds: options.podReadySeconds ?? [12, 28],
    pools: workload.pools,
    ...(own.zoneSpread === undefined ? {} : { zoneSpread: own.zoneSpread }),
    hpaManager: options.hpaManager ?? deployed?.hpaManager ?? 'kubectl-client-side-apply',
    // another owner than the deployed one brings none of its marks
    ...(deployed === undefined || options.hpaManager !== undefined ? {} : { hpaAnnotations: deployed.hpaAnnotations }),
  };
}

/** Bounds as deployed, and between them as many nodes as the autoscaler would have by now. */
function deployedPool(pool: DeployedPoolForWorld, workloads: readonly WorkloadSpec[], options: SpecOptions): PoolSpec {
  const room = allocatableOf(skuNamed(pool.vmSize), pool.maxPods);
  const nodesNeeded = pool.mode === 'System' ? pool.minCount : nodesFor(pool.name, workloads, room, (workload) => workload.replicas);
  return {
    ...pool,
    count: Math.min(pool.maxCount, Math.max(pool.minCount, nodesNeeded)),
    kind: 'VirtualMachineScaleSets',
    allocatableCpuMillicores: room.cpuMillicores,
    allocatableMemoryMiB: room.memoryMiB,
    nodeReadySeconds: options.nodeReadySeconds ?? [70, 120],
  };
}

/** Nodes that hold these replicas, by CPU: pods do not straddle nodes. */
function nodesFor(pool: string, workloads: readonly WorkloadSpec[], room: Allocatable, replicas: (workload: WorkloadSpec) => number): number {
  const nodes = workloads
    .filter((workload) => workload.pools[0] === pool)
    .reduce((sum, workload) => sum + replicas(workload) / Math.max(1, Math.floor((room.cpuMillicores - daemonsetCpuMillicores) / workload.cpuMillicores)), 0);
  return Math.ceil(round(nodes));
}

const usualVmSize = 'Standard_D4s_v5';
const podsPerNode = 110;

function poolSpecOf({ name, surgeMaxCount, vmSize }: { readonly name: string; readonly surgeMaxCount: number; readonly vmSize: string }, workloads: readonly WorkloadSpec[], options: SpecOptions): PoolSpec {
  const room = allocatable[vmSize] ?? allocatableOf(skuNamed(vmSize), podsPerNode);
  const nodes = (replicas: (workload: WorkloadSpec) => number): number => Math.max(3, nodesFor(name, workloads, room, replicas));
  const maxCount = Math.min(surgeMaxCount, nodes((workload) => workload.maxReplicas));
  return {
    name,
    mode: 'User',
    vmSize,
    count: Math.min(maxCount, nodes((workload) => workload.replicas)),
    minCount: 3,
    maxCount,
    zones: ['1', '2', '3'],
    maxPods: podsPerNode,
    kind: 'VirtualMachineScaleSets',
    allocatableCpuMillicores: room.cpuMillicores,
    allocatableMemoryMiB: room.memoryMiB,
    nodeReadySeconds: options.nodeReadySeconds ?? [70, 120],
  };
}

function systemPool(options: SpecOptions): PoolSpec {
  const vmSize = 'Standard_D2s_v5';
  const room = allocatable[vmSize] ?? { cpuMillicores: 1900, memoryMiB: 5650 };
  return {
    name: 'system',
    mode: 'System',
    vmSize,
    count: 3,
    minCount: 3,
    maxCount: 5,
    zones: ['1', '2', '3'],
    maxPods: podsPerNode,
    kind: 'VirtualMachineScaleSets',
    allocatableCpuMillicores: room.cpuMillicores,
    allocatableMemoryMiB: room.memoryMiB,
    nodeReadySeconds: options.nodeReadySeconds ?? [70, 120],
  };
}

/** The sandbox's sizes, and those that the fleet runs on. */
function offeredSkus(stamps: readonly StampSpec[]): readonly SkuSpec[] {
  const deployed = new Set(stamps.flatMap((stamp) => stamp.pools.map((pool) => pool.vmSize)));
  return [...skus, ...[...deployed].filter((name) => !skus.some((sku) => sku.name === name)).map(skuNamed)];
}

/** Used = what the fleet's nodes take at the start; the live figure is `quotaOf` in regionLimits.ts. */
function quotasOf(stamps: readonly StampSpec[], offered: readonly SkuSpec[], freeCores: number): Readonly<Record<string, RegionQuotaSpec>> {
  const quotas: Record<string, RegionQuotaSpec> = {};
  for (const region of new Set(stamps.map((stamp) => stamp.region))) {
    const used = new Map<string, number>(offered.map((sku) => [sku.family, 0]));
    let lowPriorityUsed = 0;
    for (const pool of stamps.filter((candidate) => candidate.region === region).flatMap(({ pools }) => pools)) {
      const sku = offered.find((candidate) => candidate.name === pool.vmSize);
      if (sku === undefined) continue;
      if (pool.priority === 'Spot') lowPriorityUsed += sku.vCpus * pool.count;
      else used.set(sku.family, (used.get(sku.family) ?? 0) + sku.vCpus * pool.count);
    }
    const coresUsed = [...used.values()].reduce((sum, cores) => sum + cores, 0);
    const families = Object.fromEntries([...used].map(([family, cores]) => [family, { used: cores, limit: cores + freeCores }]));
    quotas[region] = { coresUsed, coresLimit: coresUsed + freeCores + 100, families, lowPriority: { used: lowPriorityUsed, limit: lowPriorityUsed + freeCores } };
  }
  return quotas;
}

/** The probe's host, unless it was rewritten to a loopback address, which says nothing of the stamp. */
function hostNameOf(stamp: StampForWorld, origin: string): string {
  const { hostname } = new URL(stamp.probe.url);
  const host = ['localhost', '127.0.0.1', '[::1]'].includes(hostname) ? `${stamp.name}.origin.sandbox.test` : hostname;
  return stamp.origins.length === 1 ? host : `${origin}.${host}`;
}

function placeOf(region: string): Place {
  const place = azureRegions[region];
  if (place === undefined) throw new Error(`the sandbox does not know where region "${region}" lies; it knows ${Object.keys(azureRegions).join(', ')}`);
  return place;
}

function segmentAfter(resourceId: string, name: string): string {
  const segments = resourceId.split('/');
  return segments[segments.indexOf(name) + 1] ?? '';
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
