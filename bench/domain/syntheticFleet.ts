import type { Assessment, FleetAssessment } from '../../src/domain/assessment.ts';
import type { FleetFacts, NodeFacts, PoolFacts, StampFacts, UserGroup, WorkloadFacts } from '../../src/domain/facts.ts';
import type { Fleet, Stamp, Workload } from '../../src/domain/fleet.ts';
import { known } from '../../src/domain/reading.ts';
import type { RunRequest } from '../../src/domain/run.ts';

/** Sizes of a made-up fleet. An origin group holds 50 origins, so larger fleets have several groups. */
export interface FleetSize {
  readonly stamps: number;
  readonly workloads: number;
  readonly pools: number;
  readonly userGroupsPerOriginGroup: number;
}

export interface SyntheticFleet {
  readonly fleet: Fleet;
  readonly facts: FleetFacts;
  readonly assessment: FleetAssessment;
  readonly request: RunRequest;
}

const originsPerGroup = 50;
const at = Date.UTC(2026, 10, 2, 9, 0, 0);
const nodesPerPool = 10;

/** The same sizes and seed give the same fleet: every stamp about three quarters full, pods of several sizes, users around the world. */
export function syntheticFleet({ stamps: stampCount, workloads: workloadCount, pools: poolCount, userGroupsPerOriginGroup }: FleetSize, seed = 1): SyntheticFleet {
  const random = mulberry32(seed);
  const groupCount = Math.ceil(stampCount / originsPerGroup);
  const stamps = Array.from({ length: stampCount }, (_, index) => stampOf(index, poolCount));
  const places = stamps.map(() => ({ x: random() * 360 - 180, y: random() * 120 - 60 }));
  const workloads = Array.from({ length: workloadCount * groupCount }, (_, index) => workloadOf(index, Math.floor(index / workloadCount), poolCount, stamps));
  const fleet: Fleet = {
    name: 'synthetic',
    frontDoor: { kind: 'standardPremium', resourceId: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Cdn/profiles/afd' },
    stamps,
    workloads,
    policy: {
      initialMode: 'auto', utilisationCeiling: 0.8, headroomFactor: 1.1, maxRegionsFailing: 1, approvalDeadlineMinutes: 15, surgeExpiryMinutes: 240, drainExpiryMinutes: 480, nodeReadyTimeoutMinutes: 15,
      podReadyTimeoutMinutes: 10, shiftVerifyTimeoutMinutes: 30, failback: { start: 'manual', stableMinutes: 30 }, shedTier3: 'never', regionCoolDownMinutes: 30,
    },
    signals: {
      watchIntervalSeconds: 30, staleAfterSeconds: 300, minimumKnown: 3, quorum: 2, failAfter: 3, recoverAfter: 10, errorRate: { degraded: 0.02, unhealthy: 0.1 }, latencyMs: { degraded: 600, unhealthy: 1500 },
      originHealthPercent: { degraded: 90, unhealthy: 50 }, probeLatencyMs: { degraded: 800, unhealthy: 2500 }, healthyHostsPercent: { degraded: 80, unhealthy: 40 }, nodesReadyPercent: { degraded: 80, unhealthy: 50 },
    },
    preShiftChecks: [], postShiftHooks: [], drills: [], notify: { webhookUrl: null },
  };
  const users = Array.from({ length: groupCount }, (_, group) =>
    Array.from({ length: userGroupsPerOriginGroup }, (_user, index): UserGroup => {
      const place = { x: random() * 360 - 180, y: random() * 120 - 60 };
      const mine = stamps.flatMap((stamp, position) => (Math.floor(position / originsPerGroup) === group ? [[stamp.name, 5 + Math.hypot(place.x - (places[position]?.x ?? 0), place.y - (places[position]?.y ?? 0))] as const] : []));
      return { name: `users ${index}`, originGroup: `group${group}`, requestsPerSecond: 200 * random() * mine.length / (userGroupsPerOriginGroup / 40), latencyMsByStamp: Object.fromEntries(mine) };
    }),
  ).flat();
  const facts: FleetFacts = {
    at,
    traffic: known({
      originGroups: Array.from({ length: groupCount }, (_, group) => ({
        name: `group${group}`, latencyWindowMs: 30, probeDrainSeconds: 60,
        origins: stamps.filter((stamp) => stamp.origins[0]?.originGroup === `group${group}`).map((stamp) => ({ stamp: stamp.name, origin: stamp.origins[0]?.origin ?? '', hostName: `${stamp.name}.example`, weight: 500, priority: 1, enabled: 'Enabled' as const })),
      })),
    }, at),
    demand: known({ source: 'accessLog', groups: users }, at),
    stamps: Object.fromEntries(stamps.map((stamp, index) => [stamp.name, stampFactsOf(stamp, workloads.filter((workload) => workload.stamps?.includes(stamp.name) === true), poolCount, random, index)])),
  };
  const lost = stamps[0]?.name ?? '';
  return {
    fleet,
    facts,
    assessment: { at, observerSuspect: false, stamps: stamps.map(({ name }): Assessment => ({ stamp: name, at, verdict: name === lost ? 'unhealthy' : 'healthy', roundVerdict: name === lost ? 'unhealthy' : 'healthy', reason: '', signals: [], knownSignals: 4, unhealthyInARow: 0, healthyInARow: 0, since: at, trafficAlreadyGone: false })) },
    request: { runId: 'bench', kind: 'failover', mode: 'graceful', stamps: [lost], trigger: { by: 'watch' }, reason: 'bench', requestedAt: at, expiresAt: null, controlRegion: 'x', drill: null, scope: 'full' },
  };
}

function stampOf(index: number, poolCount: number): Stamp {
  const name = `region${index}`;
  return {
    name, region: name,
    origins: [{ originGroup: `group${Math.floor(index / originsPerGroup)}`, origin: `origin-${name}`, normalWeight: 500, priority: 1 }],
    cluster: { resourceId: `/subscriptions/s${index}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/${name}`, pools: Array.from({ length: poolCount }, (_, pool) => ({ name: `pool${pool}`, surgeMaxCount: 200 })) },
    gateway: { resourceId: `/subscriptions/s${index}/resourceGroups/rg/providers/Microsoft.Network/applicationGateways/${name}`, nodeSubnetId: `/subnets/${name}`, privateUrl: null },
    gate: null,
    probe: { url: `https://${name}.example/healthz` },
  };
}

function workloadOf(index: number, group: number, poolCount: number, stamps: readonly Stamp[]): Workload {
  const first = index % poolCount;
  return {
    name: `workload${index}`, namespace: `team${index % 8}`, deployment: `workload${index}`, hpa: `workload${index}`, originGroup: `group${group}`, trafficShare: 0.1 + (index % 7) * 0.1, requestsPerSecondPerReplica: 200 + (index % 5) * 60,
    tier: index % 10 === 9 ? 3 : index % 3 === 0 ? 2 : 1, pools: poolCount > 1 ? [`pool${first}`, `pool${(first + 1) % poolCount}`] : ['pool0'],
    stamps: stamps.filter((stamp) => stamp.origins[0]?.originGroup === `group${group}`).map(({ name }) => name),
  };
}

function stampFactsOf(stamp: Stamp, workloads: readonly Workload[], poolCount: number, random: () => number, index: number): StampFacts {
  const poolFacts = Array.from({ length: poolCount }, (_, pool): PoolFacts => ({
    name: `pool${pool}`, mode: 'User', kind: 'VirtualMachineScaleSets', vmSize: 'Standard_D8s_v5', autoscaled: 'autoscaled', count: nodesPerPool, minCount: 3, maxCount: 20, zones: ['1', '2', '3'], maxPods: 110, spot: 'regular',
    provisioningState: 'Succeeded', powerState: 'Running', etag: 'e', subnetId: null, capacityReservationGroupId: null, labels: {}, taints: [],
  }));
  const nodes = poolFacts.flatMap((pool) => Array.from({ length: nodesPerPool }, (_, node): NodeFacts => {
    const pods = 6 + Math.floor(random() * 5);
    return {
      name: `${pool.name}-${node}`, pool: pool.name, zone: String((node % 3) + 1), ready: 'ready', schedulable: 'schedulable', allocatable: { cpuMillicores: 7820, memoryMiB: 28_000, ephemeralStorageMiB: 100_000 }, allocatablePods: 110,
      daemonsets: { cpuMillicores: 400, memoryMiB: 600, ephemeralStorageMiB: 0 }, daemonsetPods: 6, requested: { cpuMillicores: 400 + pods * 600, memoryMiB: 600 + pods * 900, ephemeralStorageMiB: 0 }, pods: 6 + pods,
    };
  }));
  const workloadFacts = workloads.map((workload, position): WorkloadFacts => ({
    name: workload.name,
    hpa: { namespace: workload.namespace, name: workload.hpa, resourceVersion: '1', minReplicas: 4, maxReplicas: 12, currentReplicas: 8, desiredReplicas: 8, scalingActive: 'active', targetCpuUtilisationPercent: 70, currentCpuUtilisationPercent: 60, owner: { kind: 'oneShot', managers: ['helm'] } },
    requestedReplicas: 8, scheduledReplicas: 8, readyReplicas: 8, availableReplicas: 8, generationObserved: 'current', podRequests: { cpuMillicores: 250 + (position % 6) * 125, memoryMiB: 256 + (position % 5) * 256, ephemeralStorageMiB: 0 },
    topologySpread: position % 4 === 0 ? [{ topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] : [], podStartSeconds: 20, disruptionBudgetMinAvailable: null,
  }));
  return {
    pools: known(poolFacts, at), workloads: known(workloadFacts, at), nodes: known(nodes, at),
    quota: known({ regionalCores: { used: 320, limit: 5000 }, lowPriorityCores: { used: 0, limit: 0 }, families: { standardDSv5Family: { used: 320, limit: 5000 } } }, at),
    prices: known([{ vmSize: 'Standard_D8s_v5', spot: 'regular', usdPerHour: 0.384 }], at),
    skus: known([{ name: 'Standard_D8s_v5', family: 'standardDSv5Family', vCpus: 8, memoryMiB: 32_768, zones: ['1', '2', '3'], restricted: null }], at),
    network: known({ plugin: 'overlay', podCidr: '10.0.0.0/14', subnets: [{ id: `/subnets/${stamp.name}`, usedAddresses: 100, totalAddresses: 1019 }], outboundPortsPerNode: 1024, outboundPortsTotal: 640_000, resourceQuotas: [] }, at),
    load: known({ requestsPerSecond: 4000 + index, byWorkload: Object.fromEntries(workloads.map((workload) => [workload.name, 4000 * workload.trafficShare])), forecastRequestsPerSecond: null, errorRate: 0, latencyMs: 80 }, at),
  };
}

function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
