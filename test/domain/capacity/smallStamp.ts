import type { NodeFacts, PoolFacts, Resources, StampFacts, WorkloadFacts } from '../../../src/domain/facts.ts';
import type { Fleet, Stamp, Workload } from '../../../src/domain/fleet.ts';
import { known } from '../../../src/domain/reading.ts';
import { buildStampModel, type StampModel } from '../../../src/domain/capacity/index.ts';
import { workloadsOf } from '../../../src/domain/workloadsOf.ts';
import { sampleFleet } from '../planning/threeRegions.ts';

/** A stamp small enough to look at: every part can be replaced. */
export const now = Date.UTC(2026, 10, 2, 9, 0, 0);
const sample = sampleFleet();

export const nodeSize = { cpuMillicores: 4000, memoryMiB: 8000, ephemeralStorageMiB: 50_000 };

export function stamp(overrides: Partial<Stamp> = {}): Stamp {
  const [first] = sample.stamps;
  if (first === undefined) throw new Error('the sample fleet has no stamp');
  return { ...first, name: 'here', region: 'here', cluster: { ...first.cluster, pools: [{ name: 'a', surgeMaxCount: 100 }, { name: 'b', surgeMaxCount: 100 }] }, gateway: { ...first.gateway, nodeSubnetId: '/subnets/nodes' }, ...overrides };
}

export function workload(name: string, overrides: Partial<Workload> = {}): Workload {
  return { name, namespace: 'shop', deployment: name, hpa: name, originGroup: 'web', trafficShare: 1, requestsPerSecondPerReplica: 100, tier: 1, pools: ['a'], stamps: null, ...overrides };
}

export function fleet(workloads: readonly Workload[], where: Stamp = stamp()): Fleet {
  return { ...sample, stamps: [where], workloads };
}

export function workloadFacts(name: string, podRequests: Partial<Resources> = {}, overrides: Partial<WorkloadFacts> = {}): WorkloadFacts {
  return {
    name,
    hpa: {
      namespace: 'shop', name, resourceVersion: '1', minReplicas: 1, maxReplicas: 10, currentReplicas: 1, desiredReplicas: 1, scalingActive: 'active', targetCpuUtilisationPercent: null, currentCpuUtilisationPercent: null,
      owner: { kind: 'oneShot', managers: ['helm'] },
    },
    requestedReplicas: 1, scheduledReplicas: 0, readyReplicas: 0, availableReplicas: 0, generationObserved: 'current',
    podRequests: { cpuMillicores: 1000, memoryMiB: 1000, ephemeralStorageMiB: 0, ...podRequests }, topologySpread: [], podStartSeconds: 20, disruptionBudgetMinAvailable: null, ...overrides,
  };
}

export function pool(name: string, overrides: Partial<PoolFacts> = {}): PoolFacts {
  return {
    name, mode: 'User', kind: 'VirtualMachineScaleSets', vmSize: 'Standard_D4s_v5', autoscaled: 'autoscaled', count: 1, minCount: 1, maxCount: 5, zones: [], maxPods: 30, spot: 'regular', provisioningState: 'Succeeded', powerState: 'Running',
    etag: 'e', subnetId: null, capacityReservationGroupId: null, labels: {}, taints: [], ...overrides,
  };
}

export function node(poolName: string, zone: string, used: Partial<Resources> = {}, pods = 0, overrides: Partial<NodeFacts> = {}): NodeFacts {
  return {
    name: `${poolName}-${zone}-${pods}`, pool: poolName, zone, ready: 'ready', schedulable: 'schedulable', allocatable: nodeSize, allocatablePods: 30, daemonsets: { cpuMillicores: 0, memoryMiB: 0, ephemeralStorageMiB: 0 }, daemonsetPods: 0,
    requested: { cpuMillicores: 0, memoryMiB: 0, ephemeralStorageMiB: 0, ...used }, pods, ...overrides,
  };
}

export interface SmallFacts {
  readonly pools?: readonly PoolFacts[];
  readonly nodes?: readonly NodeFacts[];
  readonly workloads?: readonly WorkloadFacts[];
  readonly facts?: Partial<StampFacts>;
}

/** Everything else is plentiful. */
export function stampFacts({ pools = [pool('a')], nodes = [node('a', '')], workloads = [], facts = {} }: SmallFacts): StampFacts {
  return {
    pools: known(pools, now), nodes: known(nodes, now), workloads: known(workloads, now),
    quota: known({ regionalCores: { used: 0, limit: 10_000 }, lowPriorityCores: { used: 0, limit: 10_000 }, families: { standardDSv5Family: { used: 0, limit: 10_000 } } }, now),
    skus: known([{ name: 'Standard_D4s_v5', family: 'standardDSv5Family', vCpus: 4, memoryMiB: 16_384, zones: ['1', '2', '3'], restricted: null }], now),
    network: known({ plugin: 'overlay', podCidr: '10.244.0.0/16', subnets: [{ id: '/subnets/nodes', usedAddresses: 0, totalAddresses: 1000 }], outboundPortsPerNode: null, outboundPortsTotal: null, resourceQuotas: [] }, now),
    prices: known([{ vmSize: 'Standard_D4s_v5', spot: 'regular', usdPerHour: 0.2 }], now),
    load: known({ requestsPerSecond: 0, byWorkload: {}, forecastRequestsPerSecond: null, errorRate: 0, latencyMs: 50 }, now),
    ...facts,
  };
}

export function model(workloads: readonly Workload[], small: SmallFacts, where: Stamp = stamp()): StampModel {
  return buildStampModel(where, workloadsOf(fleet(workloads, where), where), stampFacts(small));
}
