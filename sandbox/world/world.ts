import { Cluster, steadyState } from './cluster/cluster.ts';
import { Kube } from './cluster/kube.ts';
import { ObjectStore, type ObjectStoreState } from './cluster/objectStore.ts';
import { Pools } from './cluster/pools.ts';
import type { ClusterState } from './cluster/records.ts';
import { PointDemand } from './demand.ts';
import { Faults, parameterOf, type FaultsState } from './faults.ts';
import { FrontDoor, freshFrontDoor, type FrontDoorState } from './frontDoor/frontDoor.ts';
import type { GateRecord } from './gate.ts';
import { Metrics, type MetricsState } from './metrics.ts';
import { OperationBook, type OperationsState } from './operations.ts';
import { grantNodes } from './regionLimits.ts';
import { snapshotOf } from './snapshot.ts';
import { Stamp } from './stamp.ts';
import { patienceMs, Users, type UsersState } from './users.ts';
import type { GateBlobs, World, WorldClock, WorldSnapshot, WorldSpec } from './types.ts';

/** Physics moves on a grid of whole steps since the epoch, whenever it is asked; who asks, and how often, changes nothing. */
export const stepMs = 5000;

/** From the user to the edge and back, milliseconds. */
const lastMileMs = 12;

export interface SavedWorld {
  readonly version: 1;
  readonly spec: WorldSpec;
  readonly seed: number;
  readonly settledAt: number;
  readonly frontDoor: FrontDoorState;
  readonly faults: FaultsState;
  readonly operations: OperationsState;
  readonly metrics: MetricsState;
  readonly users: UsersState;
  readonly stamps: Readonly<Record<string, { readonly cluster: ClusterState; readonly store: ObjectStoreState; readonly gate: GateRecord | null }>>;
}

export interface WorldOptions {
  readonly clock: WorldClock;
  readonly seed: number;
}

/** A world in its steady state at the clock's now: everything healthy, every pod serving. */
export function createWorld(spec: WorldSpec, { clock, seed }: WorldOptions): SimulatedWorld {
  const now = clock.now();
  return new SimulatedWorld(
    {
      version: 1,
      spec,
      seed,
      settledAt: now,
      frontDoor: freshFrontDoor(spec, seed, now),
      faults: { injected: 0, active: [] },
      operations: { started: 0, records: [] },
      metrics: { minutes: [], current: null },
      users: { requests: 0, failedRequests: 0, userErrorMinutes: 0 },
      stamps: Object.fromEntries(
        spec.stamps.map((stamp) => [
          stamp.name,
          {
            cluster: steadyState(stamp, seed, now),
            store: { resourceVersion: 1000, created: 0, objects: [] },
            gate: stamp.gateBlobUrl === null ? null : { blobText: null, state: 'open', expiresAt: null },
          },
        ]),
      ),
    },
    clock,
  );
}

/** @param saved what `World.save` answered, perhaps by way of JSON. Throws when it is something else. */
export function restoreWorld(saved: unknown, clock: WorldClock): SimulatedWorld {
  if (typeof saved !== 'object' || saved === null || !('version' in saved) || saved.version !== 1) throw new Error('not a saved world of version 1');
  // written by `save` of this same version: its shape is ours
  return new SimulatedWorld(structuredClone(saved as SavedWorld), clock);
}

export class SimulatedWorld implements World {
  readonly clock: WorldClock;
  readonly seed: number;
  readonly spec: WorldSpec;
  readonly frontDoor: FrontDoor;
  readonly stamps: ReadonlyMap<string, Stamp>;
  readonly faults: Faults;
  readonly operations: OperationBook;
  readonly metrics: Metrics;
  readonly users: Users;
  readonly gateBlobs: GateBlobs;
  readonly #points: readonly PointDemand[];
  #settledAt: number;
  #moving: 'still' | 'moving' = 'still';

  constructor(saved: SavedWorld, clock: WorldClock) {
    const now = (): number => clock.now();
    const settle = (): void => this.settle();
    this.clock = clock;
    this.seed = saved.seed;
    this.spec = saved.spec;
    this.#settledAt = saved.settledAt;
    this.faults = new Faults(saved.faults, settle, now);
    this.operations = new OperationBook(saved.operations, saved.seed, now);
    this.metrics = new Metrics(saved.metrics, saved.spec, this.faults, settle);
    this.users = new Users(saved.users, settle);
    this.frontDoor = new FrontDoor({ state: saved.frontDoor, spec: saved.spec, seed: saved.seed, faults: this.faults, operations: this.operations, now, settle });
    this.stamps = new Map(saved.spec.stamps.map((stamp) => [stamp.name, this.#stamp(stamp.name, saved)]));
    this.#points = saved.spec.pointsOfPresence.map((point) => new PointDemand(point, saved.seed));
    this.gateBlobs = { written: (blobUrl, text) => this.#gateBlobWritten(blobUrl, text) };
  }

  /** Where physics stands, epoch milliseconds: the last point of the grid at or before now. */
  get settledAt(): number {
    return this.#settledAt;
  }

  settle(): void {
    if (this.#moving === 'moving') return;
    const now = this.clock.now();
    let next = (Math.floor(this.#settledAt / stepMs) + 1) * stepMs;
    if (next > now) return;
    this.#moving = 'moving';
    try {
      for (; next <= now; next += stepMs) this.#step(next);
    } finally {
      this.#moving = 'still';
    }
  }

  snapshot(): WorldSnapshot {
    this.settle();
    return snapshotOf(this);
  }

  save(): SavedWorld {
    this.settle();
    const stamps = [...this.stamps].map(([name, stamp]) => {
      stamp.cluster.rendering.flush(this.clock.now());
      return [name, { cluster: stamp.cluster.state, store: stamp.cluster.store.save(), gate: stamp.gateRecord() }] as const;
    });
    return structuredClone({
      version: 1 as const,
      spec: this.spec,
      seed: this.seed,
      settledAt: this.#settledAt,
      frontDoor: this.frontDoor.state,
      faults: this.faults.save(),
      operations: this.operations.save(),
      metrics: this.metrics.save(),
      users: this.users.state,
      stamps: Object.fromEntries(stamps),
    });
  }

  dispose(): void {
    for (const stamp of this.stamps.values()) stamp.kube.dispose();
  }

  /** Requests per second of one point of presence at an instant, with what a surge of demand adds. */
  demandAt(point: number, originGroup: string, atMs: number): number {
    return (this.#points[point]?.requestsPerSecondAt(originGroup, atMs) ?? 0) * this.#surge(point);
  }

  #step(atMs: number): void {
    const seconds = (atMs - this.#settledAt) / 1000;
    this.metrics.startStep(this.#settledAt);
    this.#settledAt = atMs;
    this.frontDoor.step(atMs, seconds, {
      passes: (stamp, originGroup, counter) => this.stamps.get(stamp)?.passesProbe(originGroup, counter) ?? false,
      probed: (originGroup, origin, passed) => this.metrics.noteProbe(originGroup, origin, passed),
    });
    const flows = this.#route(atMs);
    this.#serve(atMs, flows, seconds);
    this.#account(flows, seconds);
    this.metrics.endStep(atMs);
  }

  /** Requests per second from each point to each origin. */
  #route(atMs: number): readonly Flow[] {
    const flows: Flow[] = [];
    for (const group of this.frontDoor.asked.originGroups) {
      this.spec.pointsOfPresence.forEach((spec, point) => {
        const shares = this.frontDoor.sharesOf(group.name, point);
        flows.push({ group, spec, demand: this.demandAt(point, group.name, atMs), shares });
      });
    }
    return flows;
  }

  #serve(atMs: number, flows: readonly Flow[], seconds: number): void {
    const loads = new Map<string, Map<string, number>>([...this.stamps.keys()].map((name) => [name, new Map()]));
    for (const { group, demand, shares } of flows) {
      group.origins.forEach((origin, index) => {
        const load = loads.get(origin.stamp);
        load?.set(group.name, (load.get(group.name) ?? 0) + demand * (shares[index] ?? 0));
      });
    }
    for (const [name, stamp] of this.stamps) stamp.step(atMs, loads.get(name) ?? new Map());
    for (const group of this.frontDoor.asked.originGroups) {
      const byStamp: Record<string, number> = {};
      for (const origin of group.origins) byStamp[origin.stamp] = (loads.get(origin.stamp)?.get(group.name) ?? 0) * seconds;
      this.frontDoor.noteRequests(group.name, atMs, byStamp);
    }
  }

  /** What users met, for their ledger and for the metrics. */
  #account(flows: readonly Flow[], seconds: number): void {
    for (const { group, spec, demand, shares } of flows) {
      let failed = 0;
      let latencySum = 0;
      let reached = 0;
      group.origins.forEach((origin, index) => {
        const share = shares[index] ?? 0;
        const stamp = this.stamps.get(origin.stamp);
        if (share === 0 || stamp === undefined) return;
        const service = stamp.service(group.name);
        const originMs = (spec.latencyMsByStamp[origin.stamp] ?? 0) + service.latencyMs;
        const failedFraction = originMs + lastMileMs > patienceMs ? 1 : service.errorRate;
        failed += share * failedFraction;
        reached += share;
        latencySum += share * originMs;
        this.metrics.noteOrigin(group.name, origin.name, demand * share * seconds, demand * share * seconds * service.errorRate, originMs);
      });
      // where nothing is enabled Front Door answers with an error itself
      failed = Math.min(1, Math.max(0, failed + (1 - Math.min(1, reached))));
      if (failed < 1e-12) failed = 0;
      this.users.note(demand, failed, seconds);
      this.metrics.noteClient(spec.country, demand * seconds, demand * seconds * failed, lastMileMs + latencySum);
    }
    for (const [name, stamp] of this.stamps) {
      if (this.faults.active('regionDead', name) !== null) continue;
      const hosts = stamp.hosts();
      let failed = 0;
      for (const group of this.frontDoor.asked.originGroups) failed += this.#loadOf(flows, name, group.name) * stamp.service(group.name).errorRate;
      this.metrics.noteGateway(name, stamp.requestsPerSecond * seconds, failed * seconds, hosts.healthy, hosts.unhealthy);
    }
  }

  #loadOf(flows: readonly Flow[], stamp: string, originGroup: string): number {
    let load = 0;
    for (const { group, demand, shares } of flows) {
      if (group.name !== originGroup) continue;
      group.origins.forEach((origin, index) => {
        if (origin.stamp === stamp) load += demand * (shares[index] ?? 0);
      });
    }
    return load;
  }

  #surge(point: number): number {
    const fault = this.faults.active('demandSurge');
    if (fault === null) return 1;
    const only = fault['pointsOfPresence'];
    const name = this.spec.pointsOfPresence[point]?.name;
    return Array.isArray(only) && !only.includes(name) ? 1 : parameterOf(fault, 'factor', 1.4);
  }

  #gateBlobWritten(blobUrl: string, text: string | null): void {
    this.settle();
    for (const stamp of this.stamps.values()) {
      const gate = stamp.gateRecord();
      if (stamp.spec.gateBlobUrl === blobUrl && gate !== null) gate.blobText = text;
    }
  }

  #stamp(name: string, saved: SavedWorld): Stamp {
    const spec = saved.spec.stamps.find((stamp) => stamp.name === name);
    const state = saved.stamps[name];
    if (spec === undefined || state === undefined) throw new Error(`the saved world has no stamp ${name}`);
    const now = (): number => this.clock.now();
    const settle = (): void => this.settle();
    const store = new ObjectStore(state.store, name, saved.seed, now);
    const grant = (pool: string, wanted: number): ReturnType<typeof grantNodes> => {
      const poolSpec = spec.pools.find((candidate) => candidate.name === pool);
      return poolSpec === undefined ? { nodes: 0, refusal: null } : grantNodes(this, name, poolSpec, wanted);
    };
    const cluster = new Cluster(state.cluster, store, { spec, seed: saved.seed, faults: this.faults, grant });
    if (state.store.objects.length === 0) cluster.rendering.build();
    return new Stamp({ cluster, pools: new Pools(cluster, this.operations, now, settle), kube: new Kube(cluster, this.clock, settle, stepMs), gate: state.gate, now, settle });
  }
}

interface Flow {
  readonly group: FrontDoor['asked']['originGroups'][number];
  readonly spec: WorldSpec['pointsOfPresence'][number];
  readonly demand: number;
  readonly shares: readonly number[];
}
