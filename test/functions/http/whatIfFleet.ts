import type { RecentFacts } from '../../../src/activities/recentFacts.ts';
import { assessmentKey } from '../../../src/activities/readAssessment.ts';
import { validateFleet } from '../../../src/config/loadFleet.ts';
import type { Assessment, Verdict } from '../../../src/domain/assessment.ts';
import type { FleetFacts, HpaFacts, NodeFacts, PoolFacts, Resources, StampFacts, WorkloadFacts } from '../../../src/domain/facts.ts';
import type { Fleet } from '../../../src/domain/fleet.ts';
import { known, type Reading } from '../../../src/domain/reading.ts';
import { capacityAnswers } from '../../../src/activities/capacityAnswers.ts';
import { openSandbox } from '../../adapters/support/sandboxPorts.ts';
import { now } from '../../domain/check/fixture.ts';
import { harness, memoryState, type Answered } from './harness.ts';

/**
 * Fleets in round numbers, to be asked about over HTTP. Unless a case changes it, every region serves 800 requests/s with
 * 10 replicas of `web`; a replica serves 100 requests/s and is planned at 80 (ceiling 0.8, headroom 1); a pod takes
 * 1,000 millicores and a node holds 4 of them; 3 nodes hold 12, so that 2 places are free. A machine has 4 vCPU and costs 0.20 an
 * hour. Users of region i are 10 ms from it and 20 ms more from each next one.
 */
export const replicasNow = 10;

export interface FleetChange {
  readonly stamps?: (stamp: Record<string, unknown>, index: number) => Record<string, unknown>;
  readonly workloads?: readonly Record<string, unknown>[];
  readonly policy?: Record<string, unknown>;
}

const resources = (group: string, type: string, name: string): string => `/subscriptions/5b1d0c3e-7a52-4d6f-9c0e-2f6a1e8d4b70/resourceGroups/${group}/providers/${type}/${name}`;

export const subnetOf = (region: string): string => `${resources(`rg-${region}`, 'Microsoft.Network/virtualNetworks', `vnet-${region}`)}/subnets/nodes`;

export const webWorkload = { name: 'web', namespace: 'shop', deployment: 'web', hpa: 'web', originGroup: 'web', requestsPerSecondPerReplica: 100, pools: ['user1'] };

export function fleetOf(regions: readonly string[], change: FleetChange = {}): Fleet {
  const stamp = (region: string, index: number): Record<string, unknown> => {
    const plain = {
      name: region, region, origins: [{ originGroup: 'web', origin: `web-${region}` }],
      cluster: { resourceId: resources(`rg-${region}`, 'Microsoft.ContainerService/managedClusters', `aks-${region}`), pools: [{ name: 'user1', surgeMaxCount: 100 }] },
      gateway: { resourceId: resources(`rg-${region}`, 'Microsoft.Network/applicationGateways', `agw-${region}`), nodeSubnetId: subnetOf(region) },
      probe: { url: `https://${region}.example.test/healthz` },
    };
    return change.stamps?.(plain, index) ?? plain;
  };
  const loaded = validateFleet({
    name: 'asked', frontDoor: { resourceId: resources('rg-global', 'Microsoft.Cdn/profiles', 'afd') }, stamps: regions.map(stamp), workloads: change.workloads ?? [webWorkload],
    policy: { utilisationCeiling: 0.8, headroomFactor: 1, ...change.policy },
  });
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return loaded.fleet;
}

export const podSize: Resources = { cpuMillicores: 1000, memoryMiB: 1000, ephemeralStorageMiB: 0 };
const nothing: Resources = { cpuMillicores: 0, memoryMiB: 0, ephemeralStorageMiB: 0 };

export const pool = (name = 'user1', change: Partial<PoolFacts> = {}): PoolFacts => ({
  name, mode: 'User', kind: 'VirtualMachineScaleSets', vmSize: 'Standard_D4s_v5', autoscaled: 'autoscaled', count: 3, minCount: 1, maxCount: 5, zones: [], maxPods: 30, spot: 'regular', provisioningState: 'Succeeded',
  powerState: 'Running', etag: 'e', subnetId: null, capacityReservationGroupId: null, labels: {}, taints: [], ...change,
});

/** Nodes with so many pods of 1,000 millicores on each. */
export const nodes = (pods: readonly number[], poolName = 'user1', zone: (index: number) => string = () => ''): NodeFacts[] =>
  pods.map((count, index) => ({
    name: `${poolName}-${index}`, pool: poolName, zone: zone(index), ready: 'ready', schedulable: 'schedulable', allocatable: { cpuMillicores: 4000, memoryMiB: 16_000, ephemeralStorageMiB: 100_000 }, allocatablePods: 30,
    daemonsets: nothing, daemonsetPods: 0, requested: { cpuMillicores: 1000 * count, memoryMiB: 1000 * count, ephemeralStorageMiB: 0 }, pods: count,
  }));

export const hpa = (name = 'web', change: Partial<HpaFacts> = {}): HpaFacts => ({
  namespace: 'shop', name, resourceVersion: '1', minReplicas: 5, maxReplicas: 15, currentReplicas: replicasNow, desiredReplicas: replicasNow, scalingActive: 'active', targetCpuUtilisationPercent: null, currentCpuUtilisationPercent: null,
  owner: { kind: 'oneShot', managers: ['helm'] }, ...change,
});

export const workload = (name = 'web', change: Partial<WorkloadFacts> = {}): WorkloadFacts => {
  const replicas = change.readyReplicas ?? replicasNow;
  return {
    name, hpa: hpa(name), requestedReplicas: replicas, scheduledReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas, generationObserved: 'current', podRequests: podSize, topologySpread: [], podStartSeconds: 25,
    disruptionBudgetMinAvailable: null, ...change,
  };
};

type Value<Part extends keyof StampFacts> = Exclude<StampFacts[Part], undefined> extends Reading<infer T> ? T : never;
export type StampValues = { readonly [Part in keyof StampFacts]: Value<Part> };

export function stampValues(region: string): StampValues {
  return {
    pools: [pool()], nodes: nodes([4, 3, 3]), workloads: [workload()],
    quota: { regionalCores: { used: 12, limit: 1000 }, lowPriorityCores: { used: 0, limit: 1000 }, families: { standardDSv5Family: { used: 12, limit: 1000 } } },
    skus: [{ name: 'Standard_D4s_v5', family: 'standardDSv5Family', vCpus: 4, memoryMiB: 16_384, zones: ['1', '2', '3'], restricted: null }],
    network: { plugin: 'overlay', podCidr: '10.244.0.0/16', subnets: [{ id: subnetOf(region), usedAddresses: 3, totalAddresses: 251 }], outboundPortsPerNode: null, outboundPortsTotal: null, resourceQuotas: [] },
    prices: [{ vmSize: 'Standard_D4s_v5', spot: 'regular', usdPerHour: 0.2 }],
    load: { requestsPerSecond: 800, byWorkload: { web: 800 }, forecastRequestsPerSecond: null, errorRate: 0, latencyMs: 40 },
  };
}

export interface Setting {
  readonly fleet: Fleet;
  readonly facts: FleetFacts;
  readonly assessments: readonly Assessment[];
}

export interface SettingChange {
  readonly fleet?: FleetChange;
  readonly latencyWindowMs?: number;
  /** Laid over each region's values; `region` says whose. */
  readonly values?: (region: string, plain: StampValues) => Partial<StampValues>;
  readonly facts?: (facts: FleetFacts) => FleetFacts;
  readonly verdicts?: Readonly<Record<string, Verdict>>;
}

/** A fleet with its facts, all known and new. */
export function setting(regions: readonly string[], change: SettingChange = {}): Setting {
  const fleet = fleetOf(regions, change.fleet);
  const groups = [...new Set(fleet.stamps.flatMap(({ origins }) => origins.map(({ originGroup }) => originGroup)))];
  const facts: FleetFacts = {
    at: now,
    traffic: known({
      originGroups: groups.map((name) => ({
        name, latencyWindowMs: change.latencyWindowMs ?? 0, probeDrainSeconds: 60,
        origins: fleet.stamps.flatMap((stamp) => stamp.origins.filter(({ originGroup }) => originGroup === name).map(({ origin, normalWeight, priority }) => ({ stamp: stamp.name, origin, hostName: `${origin}.example.test`, weight: normalWeight, priority, enabled: 'Enabled' as const }))),
      })),
    }, now),
    demand: known({
      source: 'accessLog',
      groups: groups.flatMap((originGroup) => regions.map((region, index) => ({ name: `near ${region}`, originGroup, requestsPerSecond: 800, latencyMsByStamp: Object.fromEntries(regions.map((other, at) => [other, 10 + 20 * Math.abs(index - at)])) }))),
    }, now),
    stamps: Object.fromEntries(regions.map((region) => {
      const values: StampValues = { ...stampValues(region), ...change.values?.(region, stampValues(region)) };
      return [region, {
        pools: known(values.pools, now), nodes: known(values.nodes, now), workloads: known(values.workloads, now), quota: known(values.quota, now), skus: known(values.skus, now), network: known(values.network, now),
        load: known(values.load, now), ...(values.prices === undefined ? {} : { prices: known(values.prices, now) }), ...(values.gate === undefined ? {} : { gate: known(values.gate, now) }),
      }];
    })),
  };
  return {
    fleet, facts: change.facts?.(facts) ?? facts,
    assessments: regions.map((stamp) => {
      const verdict = change.verdicts?.[stamp] ?? 'healthy';
      return { stamp, at: now, verdict, roundVerdict: verdict, reason: `made ${verdict}`, signals: [], knownSignals: 5, unhealthyInARow: 0, healthyInARow: 9, since: now - 60_000, trafficAlreadyGone: false };
    }),
  };
}

/** Replaces parts of one region's readings, to make them unknown or old. */
export const withReadings = (facts: FleetFacts, region: string, change: (stamp: StampFacts) => Partial<StampFacts>): FleetFacts => {
  const before = facts.stamps[region];
  if (before === undefined) throw new Error(`no region ${region}`);
  return { ...facts, stamps: { ...facts.stamps, [region]: { ...before, ...change(before) } } };
};

export interface Asked {
  readonly simulate: (body: unknown) => Promise<Answered>;
  readonly certificate: (query?: string) => Promise<Answered>;
}

const controlRegion = 'northcentralus';

/** The API over a setting: routes, schemas and answers as deployed; only what Azure would be asked for is given. */
export function askAbout({ fleet, facts, assessments }: Setting, askedAt = now): Asked {
  const recent: RecentFacts = { read: () => Promise.resolve(facts), refresh: () => Promise.resolve(facts) };
  const store = memoryState();
  void store.write(assessmentKey(controlRegion), { at: now, stamps: assessments, observerSuspect: false }, null);
  const capacity = capacityAnswers({ ...openSandbox().ports, fleet, state: store, controlRegion, clock: { now: () => askedAt, sleep: () => Promise.resolve() } }, recent);
  const asked = harness({ fleet, capacity });
  return {
    simulate: (body) => asked.call('POST', '/api/simulate', { body, roles: ['Reader'] }),
    certificate: (query = '') => asked.call('GET', `/api/certificate${query}`, { roles: ['Reader'] }),
  };
}
