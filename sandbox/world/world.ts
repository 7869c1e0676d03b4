import { Cluster } from './cluster/cluster.ts';
import { Kube } from './cluster/kube.ts';
import { ObjectStore, type ObjectStoreState } from './cluster/objectStore.ts';
import { Pools } from './cluster/pools.ts';
import type { ClusterState } from './cluster/records.ts';
import { steadyState } from './cluster/steadyState.ts';
import { Faults, type FaultsState } from './faults.ts';
import { FrontDoor, freshFrontDoor, type FrontDoorState } from './frontDoor/frontDoor.ts';
import type { GateRecord } from './gate.ts';
import { grantNodes } from './grantNodes.ts';
import { Metrics, type MetricsState } from './metrics.ts';
import { OperationBook, type OperationsState } from './operations.ts';
import { snapshotOf } from './snapshot.ts';
import { Stamp } from './stamp.ts';
import { Traffic } from './traffic.ts';
import { Users, type UsersState } from './users.ts';
import type { GateBlobs, World, WorldClock, WorldSnapshot, WorldSpec } from './types.ts';

/** Physics moves on a grid of whole steps since the epoch, whenever it is asked; who asks, and how often, changes nothing. */
export const stepMs = 5000;

export interface SavedWorld {
  readonly version: 2;
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
      version: 2,
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
  if (typeof saved !== 'object' || saved === null || !('version' in saved) || saved.version !== 2) throw new Error('not a saved world of version 2');
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
  readonly #traffic: Traffic;
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
    this.#traffic = new Traffic({ spec: saved.spec, seed: saved.seed, faults: this.faults, frontDoor: this.frontDoor, stamps: this.stamps, metrics: this.metrics, users: this.users });
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
      version: 2 as const,
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
    return this.#traffic.demandAt(point, originGroup, atMs);
  }

  #step(atMs: number): void {
    const seconds = (atMs - this.#settledAt) / 1000;
    this.metrics.startStep(this.#settledAt);
    this.#settledAt = atMs;
    this.frontDoor.step(atMs, seconds, {
      passes: (stamp, originGroup, counter) => this.stamps.get(stamp)?.passesProbe(originGroup, counter) ?? false,
      probed: (originGroup, origin, passed) => this.metrics.noteProbe(originGroup, origin, passed),
    });
    this.#traffic.step(atMs, seconds);
    this.metrics.endStep(atMs);
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
