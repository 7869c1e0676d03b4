import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFleet } from '../../src/config/loadFleet.ts';
import type { DemandFacts, GateState, NodeFacts, OriginFacts, PoolFacts, Resources, WorkloadFacts } from '../../src/domain/facts.ts';
import type { Fleet, Stamp } from '../../src/domain/fleet.ts';
import { workloadsOf } from '../../src/domain/workloadsOf.ts';
import type { CountBounds, OriginSetting, ReplicaBounds } from '../../src/domain/plan.ts';

/** A fleet of three, as the sandbox has it. */
export function sampleFleet(patch: (fleet: Fleet) => Fleet = (fleet) => fleet): Fleet {
  const loaded = parseFleet(readFileSync(join(import.meta.dirname, '../../sandbox/fleets/three-regions.yaml'), 'utf8'));
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems));
  return patch(loaded.fleet);
}

interface FakePool extends CountBounds {
  readonly since: number;
  readonly countBefore: number;
}

interface FakeHpa extends ReplicaBounds {
  readonly since: number;
  readonly readyBefore: number;
}

/**
 * What the ports see in tests: settings that take effect after a while. No users, no failures of its own: those are put
 * in front of it by `fakePorts`. Physics proper is the sandbox's.
 */
export class FakeOutside {
  readonly pools = new Map<string, FakePool>();
  readonly hpas = new Map<string, FakeHpa>();
  readonly origins = new Map<string, OriginSetting>();
  readonly gates = new Map<string, GateState>();
  readonly writes: string[] = [];
  nodeReadyMs = 120_000;
  podReadyMs = 30_000;
  /** 0..1 of the nodes asked for that ever come. */
  nodesArriving = 1;
  readonly requestsPerSecond = new Map<string, number>();

  readonly fleet: Fleet;
  readonly #now: () => number;

  constructor(fleet: Fleet, now: () => number) {
    this.fleet = fleet;
    this.#now = now;
    for (const stamp of fleet.stamps) {
      this.gates.set(stamp.name, 'open');
      this.requestsPerSecond.set(stamp.name, 600);
      for (const pool of stamp.cluster.pools) this.pools.set(`${stamp.name}/${pool.name}`, { minCount: 6, maxCount: 10, since: 0, countBefore: 6 });
      for (const { hpa } of fleet.workloads) this.hpas.set(`${stamp.name}/${hpa}`, { minReplicas: 18, maxReplicas: 24, since: 0, readyBefore: 18 });
      for (const origin of stamp.origins) this.origins.set(`${origin.originGroup}/${origin.origin}`, { weight: origin.normalWeight, enabled: 'Enabled' });
    }
  }

  /** Everything that can be changed, to compare before and after. */
  settings(): Record<string, unknown> {
    return {
      pools: Object.fromEntries([...this.pools].map(([key, { minCount, maxCount }]) => [key, { minCount, maxCount }])),
      hpas: Object.fromEntries([...this.hpas].map(([key, { minReplicas, maxReplicas }]) => [key, { minReplicas, maxReplicas }])),
      origins: Object.fromEntries(this.origins),
      gates: Object.fromEntries(this.gates),
    };
  }

  setPool(stamp: string, pool: string, set: CountBounds): void {
    this.writes.push(`pool ${stamp}/${pool} ${set.minCount}..${set.maxCount}`);
    this.pools.set(`${stamp}/${pool}`, { ...set, since: this.#now(), countBefore: this.nodeCount(stamp, pool) });
  }

  setHpa(stamp: string, hpa: string, set: ReplicaBounds): void {
    this.writes.push(`hpa ${stamp}/${hpa} ${set.minReplicas}..${set.maxReplicas}`);
    this.hpas.set(`${stamp}/${hpa}`, { ...set, since: this.#now(), readyBefore: this.readyReplicas(stamp, hpa) });
  }

  setOrigin(originGroup: string, origin: string, set: OriginSetting): void {
    this.writes.push(`origin ${originGroup}/${origin} ${set.weight} ${set.enabled}`);
    this.origins.set(`${originGroup}/${origin}`, set);
  }

  setGate(stamp: string, state: GateState): void {
    this.writes.push(`gate ${stamp} ${state}`);
    this.gates.set(stamp, state);
  }

  /** Stamps that Front Door sends users to now. */
  serving(): readonly string[] {
    return this.fleet.stamps.filter((stamp) => this.#serves(stamp)).map(({ name }) => name);
  }

  shares(): Record<string, number> {
    const serving = this.serving();
    return Object.fromEntries(this.fleet.stamps.map(({ name }) => [name, serving.includes(name) ? 1 / serving.length : 0]));
  }

  nodeCount(stamp: string, pool: string): number {
    const { minCount, maxCount, since, countBefore } = must(this.pools.get(`${stamp}/${pool}`));
    const grown = countBefore + Math.floor(Math.max(0, minCount - countBefore) * this.nodesArriving);
    return Math.min(maxCount, this.#now() - since >= this.nodeReadyMs ? grown : countBefore);
  }

  readyReplicas(stamp: string, hpa: string): number {
    const { minReplicas, maxReplicas, since, readyBefore } = must(this.hpas.get(`${stamp}/${hpa}`));
    return this.#now() - since >= this.podReadyMs ? Math.min(Math.max(readyBefore, minReplicas), maxReplicas) : Math.min(readyBefore, maxReplicas);
  }

  poolFacts(stamp: Stamp): readonly PoolFacts[] {
    return stamp.cluster.pools.map(({ name }) => {
      const { minCount, maxCount } = must(this.pools.get(`${stamp.name}/${name}`));
      return {
        name, mode: 'User', kind: 'VirtualMachineScaleSets', vmSize: 'Standard_D4s_v5', autoscaled: 'autoscaled', count: this.nodeCount(stamp.name, name), minCount, maxCount,
        zones: ['1', '2', '3'], maxPods: 110, spot: 'regular', provisioningState: 'Succeeded', powerState: 'Running', etag: '"1"', subnetId: stamp.gateway.nodeSubnetId,
        capacityReservationGroupId: null, labels: {}, taints: [],
      };
    });
  }

  nodeFacts(stamp: Stamp): readonly NodeFacts[] {
    return stamp.cluster.pools.flatMap(({ name: pool }) => {
      const count = this.nodeCount(stamp.name, pool);
      const pods = this.fleet.workloads.reduce((sum, { hpa }) => sum + this.readyReplicas(stamp.name, hpa), 0);
      return Array.from({ length: count }, (_, index): NodeFacts => ({
        name: `${pool}-${index}`, pool, zone: String((index % 3) + 1), ready: 'ready', schedulable: 'schedulable', allocatable: nodeSize, allocatablePods: 110,
        daemonsets: daemonsets, daemonsetPods: 6, pods: 6 + Math.ceil(pods / count),
        requested: { cpuMillicores: 300 + Math.ceil((pods / count) * podSize.cpuMillicores), memoryMiB: 500 + Math.ceil((pods / count) * podSize.memoryMiB), ephemeralStorageMiB: 0 },
      }));
    });
  }

  workloadFacts(stamp: Stamp): readonly WorkloadFacts[] {
    return workloadsOf(this.fleet, stamp).map(({ name, namespace, hpa }) => {
      const { minReplicas, maxReplicas } = must(this.hpas.get(`${stamp.name}/${hpa}`));
      const ready = this.readyReplicas(stamp.name, hpa);
      return {
        name, requestedReplicas: Math.max(ready, minReplicas), readyReplicas: ready, availableReplicas: ready, scheduledReplicas: ready, generationObserved: 'current', podRequests: podSize,
        topologySpread: [], podStartSeconds: 30, disruptionBudgetMinAvailable: null,
        hpa: {
          namespace, name: hpa, resourceVersion: '1', minReplicas, maxReplicas, currentReplicas: ready, desiredReplicas: Math.max(ready, minReplicas), scalingActive: 'active',
          targetCpuUtilisationPercent: 60, currentCpuUtilisationPercent: 55, owner: { kind: 'oneShot', managers: ['kubectl-client-side-apply'] },
        },
      };
    });
  }

  originFacts(originGroup: string): readonly OriginFacts[] {
    return this.fleet.stamps.flatMap((stamp) =>
      stamp.origins
        .filter((origin) => origin.originGroup === originGroup)
        .map((origin) => ({ stamp: stamp.name, origin: origin.origin, hostName: `${stamp.name}.example.net`, priority: origin.priority, ...must(this.origins.get(`${originGroup}/${origin.origin}`)) })),
    );
  }

  demandFacts(): DemandFacts {
    return {
      source: 'countryTable',
      groups: this.fleet.stamps.map(({ name }, index) => ({
        name: `users near ${name}`,
        originGroup: 'web',
        requestsPerSecond: must(this.requestsPerSecond.get(name)),
        latencyMsByStamp: Object.fromEntries(this.fleet.stamps.map((other, position) => [other.name, 20 + 10 * Math.abs(index - position)])),
      })),
    };
  }

  #serves({ name, origins }: Stamp): boolean {
    return this.gates.get(name) === 'open' && origins.some(({ originGroup, origin }) => this.origins.get(`${originGroup}/${origin}`)?.enabled === 'Enabled');
  }
}

const nodeSize: Resources = { cpuMillicores: 3860, memoryMiB: 12_880, ephemeralStorageMiB: 100_000 };
const daemonsets: Resources = { cpuMillicores: 300, memoryMiB: 500, ephemeralStorageMiB: 0 };
const podSize: Resources = { cpuMillicores: 500, memoryMiB: 512, ephemeralStorageMiB: 0 };

export function must<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('a value that the test relies on is missing');
  return value;
}
