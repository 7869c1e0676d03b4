import type { Faults } from '../faults.ts';
import type { OperationBook } from '../operations.ts';
import type { FrontDoorConfig, FrontDoorPhysics, Operation, OriginGroupSpec, OriginSettings, WorldSpec } from '../types.ts';
import { addSample, edgesPerPoint, freshEdge, keepSessions, wantedShares, type EdgeState } from './edges.ts';
import { ask, deliver, freshPropagation, type PropagationState } from './propagation.ts';

export interface FrontDoorState {
  asked: FrontDoorConfig;
  readonly propagation: PropagationState;
  /** By origin group. */
  readonly edges: Record<string, EdgeState[]>;
  probes: number;
  /** Operations that a frozen control plane has not ended. */
  held: string[];
  /** Requests per origin in each of the last steps, by origin group; newest last. */
  readonly recent: Record<string, { readonly at: number; readonly byStamp: Record<string, number> }[]>;
}

export function freshFrontDoor(spec: WorldSpec, seed: number, nowMs: number): FrontDoorState {
  const config: FrontDoorConfig = { originGroups: spec.frontDoor.originGroups };
  const points = spec.pointsOfPresence.flatMap((_, point) => Array.from({ length: edgesPerPoint }, (__, index) => ({ point, index })));
  return {
    asked: config,
    propagation: freshPropagation(config, points.length),
    edges: Object.fromEntries(config.originGroups.map((group) => [group.name, points.map(({ point, index }) => freshEdge(group, point, index, seed, nowMs))])),
    probes: 0,
    held: [],
    recent: Object.fromEntries(config.originGroups.map((group) => [group.name, []])),
  };
}

/** How a probe by an edge ends, and what one probe told. */
export interface ProbeTarget {
  passes(stamp: string, originGroup: string, counter: number): boolean;
  probed(originGroup: string, origin: string, passed: boolean): void;
}

const observedMs = 60_000;

/** Azure Front Door: edges that probe, choose origins and get configuration late. */
export class FrontDoor implements FrontDoorPhysics {
  readonly state: FrontDoorState;
  readonly #spec: WorldSpec;
  readonly #seed: number;
  readonly #faults: Faults;
  readonly #operations: OperationBook;
  readonly #now: () => number;
  readonly #settle: () => void;
  /** By origin group, point of presence and origin (in the group's order): fraction of the point's requests. */
  readonly #pointShares = new Map<string, number[][]>();

  constructor(parts: { readonly state: FrontDoorState; readonly spec: WorldSpec; readonly seed: number; readonly faults: Faults; readonly operations: OperationBook; readonly now: () => number; readonly settle: () => void }) {
    this.state = parts.state;
    this.#spec = parts.spec;
    this.#seed = parts.seed;
    this.#faults = parts.faults;
    this.#operations = parts.operations;
    this.#now = parts.now;
    this.#settle = parts.settle;
    for (const group of this.state.asked.originGroups) {
      this.#edgesOf(group.name).forEach((edge, index) => {
        if (Object.keys(edge.shares).length === 0) edge.shares = wantedShares(edge, this.#configOf(index, group.name), this.#point(edge));
      });
      this.#sumShares(group);
    }
  }

  get asked(): FrontDoorConfig {
    return this.state.asked;
  }

  changeOrigin(originGroup: string, origin: string, change: Partial<OriginSettings>): Operation {
    return this.changeOrigins([{ originGroup, origin, change }]);
  }

  changeOrigins(changes: readonly { readonly originGroup: string; readonly origin: string; readonly change: Partial<OriginSettings> }[]): Operation {
    return this.#change((group) => {
      const ofGroup = changes.filter((candidate) => candidate.originGroup === group.name);
      if (ofGroup.length === 0) return group;
      return { ...group, origins: group.origins.map((origin) => ofGroup.filter((candidate) => candidate.origin === origin.name).reduce((current, { change }) => ({ ...current, ...change }), origin)) };
    });
  }

  changeOriginGroup(originGroup: string, change: Partial<Pick<OriginGroupSpec, 'latencyWindowMs' | 'probeIntervalSeconds' | 'sampleSize' | 'successfulSamplesRequired' | 'probePath'>>): Operation {
    return this.#change((group) => (group.name === originGroup ? { ...group, ...change } : group));
  }

  observedShares(originGroup: string): Readonly<Record<string, number>> {
    this.#settle();
    const totals: Record<string, number> = {};
    for (const origin of this.#askedGroup(originGroup)?.origins ?? []) totals[origin.stamp] = 0;
    const since = this.#now() - observedMs;
    let all = 0;
    for (const { at, byStamp } of this.state.recent[originGroup] ?? []) {
      if (at <= since) continue;
      for (const [stamp, requests] of Object.entries(byStamp)) {
        totals[stamp] = (totals[stamp] ?? 0) + requests;
        all += requests;
      }
    }
    if (all > 0) for (const stamp of Object.keys(totals)) totals[stamp] = (totals[stamp] ?? 0) / all;
    return totals;
  }

  /** Probes that are due, configuration that arrived, and the shares that follow from both. */
  step(nowMs: number, seconds: number, target: ProbeTarget): void {
    const reached = this.#deliver(nowMs);
    for (const group of this.state.asked.originGroups) {
      const affinity = group.sessionAffinity === 'on';
      let moved = reached.size > 0;
      this.#edgesOf(group.name).forEach((edge, index) => {
        const changed = edge.nextProbeAt <= nowMs && this.#probe(edge, this.#configOf(index, group.name), nowMs, target);
        if (!changed && !affinity && !reached.has(index)) return;
        moved = true;
        const config = this.#configOf(index, group.name);
        const wanted = wantedShares(edge, config, this.#point(edge));
        if (affinity) keepSessions(edge, config, wanted, seconds);
        else edge.shares = wanted;
      });
      if (moved) this.#sumShares(group);
    }
  }

  /** Fractions of one point's requests, in the order of the group's origins. */
  sharesOf(originGroup: string, point: number): readonly number[] {
    return this.#pointShares.get(originGroup)?.[point] ?? [];
  }

  /** Origins that most edges of a point hold for healthy. */
  healthyStamps(originGroup: string, point: number): readonly string[] {
    const edges = this.#edgesOf(originGroup).slice(point * edgesPerPoint, (point + 1) * edgesPerPoint);
    const origins = this.#askedGroup(originGroup)?.origins ?? [];
    return origins.filter((origin) => edges.filter((edge) => edge.healthy[origin.name] === true).length * 2 > edges.length).map((origin) => origin.stamp);
  }

  /** What most edges have of an origin. */
  propagated(originGroup: string, origin: string): OriginSettings | null {
    const counts = new Map<number, number>();
    for (const revision of this.state.propagation.edgeRevisions) counts.set(revision, (counts.get(revision) ?? 0) + 1);
    const [most] = [...counts].toSorted((left, right) => right[1] - left[1] || right[0] - left[0]);
    const config = this.state.propagation.revisions[most?.[0] ?? 0]?.originGroups.find((group) => group.name === originGroup);
    const found = config?.origins.find((candidate) => candidate.name === origin);
    return found === undefined ? null : { weight: found.weight, priority: found.priority, enabled: found.enabled };
  }

  noteRequests(originGroup: string, at: number, byStamp: Record<string, number>): void {
    const recent = this.state.recent[originGroup];
    if (recent === undefined) return;
    recent.push({ at, byStamp });
    while ((recent[0]?.at ?? at) <= at - observedMs) recent.shift();
  }

  #change(change: (group: OriginGroupSpec) => OriginGroupSpec): Operation {
    this.#settle();
    const now = this.#now();
    this.state.asked = { originGroups: this.state.asked.originGroups.map(change) };
    ask(this.state.propagation, this.state.asked, now, this.#seed, this.#spec.frontDoor.propagationSeconds);
    const frozen = this.#faults.active('frontDoorFrozen') !== null;
    const operation = this.#operations.start(frozen ? Number.POSITIVE_INFINITY : now + this.#spec.frontDoor.operationSeconds * 1000);
    if (frozen) this.state.held.push(operation.id);
    return operation;
  }

  /** A frozen control plane delivers nothing and ends no operation until it thaws. */
  #deliver(nowMs: number): ReadonlySet<number> {
    if (this.#faults.active('frontDoorFrozen') !== null) return none;
    for (const id of this.state.held.splice(0)) this.#operations.finish(id, nowMs + this.#spec.frontDoor.operationSeconds * 1000, null);
    if (this.state.propagation.rollOut === null) return none;
    return new Set(deliver(this.state.propagation, nowMs, this.#seed, this.#spec.frontDoor.propagationSeconds));
  }

  /** Every probe that fell due since the last step. A disabled origin is not probed. */
  #probe(edge: EdgeState, group: OriginGroupSpec, nowMs: number, target: ProbeTarget): boolean {
    let changed = false;
    while (edge.nextProbeAt <= nowMs) {
      edge.nextProbeAt += group.probeIntervalSeconds * 1000;
      for (const origin of group.origins) {
        if (origin.enabled === 'Disabled') continue;
        const passed = target.passes(origin.stamp, group.name, this.state.probes++);
        target.probed(group.name, origin.name, passed);
        if (addSample(edge, group, origin.name, passed)) changed = true;
      }
    }
    return changed;
  }

  #sumShares(group: OriginGroupSpec): void {
    const edges = this.#edgesOf(group.name);
    const shares = this.#spec.pointsOfPresence.map((_, point) =>
      group.origins.map((origin) => {
        let sum = 0;
        for (let index = 0; index < edgesPerPoint; index++) sum += edges[point * edgesPerPoint + index]?.shares[origin.name] ?? 0;
        return sum / edgesPerPoint;
      }),
    );
    this.#pointShares.set(group.name, shares);
  }

  #configOf(edge: number, originGroup: string): OriginGroupSpec {
    const revision = this.state.propagation.edgeRevisions[edge] ?? 0;
    const group = this.state.propagation.revisions[revision]?.originGroups.find((candidate) => candidate.name === originGroup);
    if (group === undefined) throw new Error(`edge ${edge} has no configuration ${revision} of origin group ${originGroup}`);
    return group;
  }

  #edgesOf(originGroup: string): EdgeState[] {
    return this.state.edges[originGroup] ?? [];
  }

  #askedGroup(originGroup: string): OriginGroupSpec | undefined {
    return this.state.asked.originGroups.find((group) => group.name === originGroup);
  }

  #point(edge: EdgeState): WorldSpec['pointsOfPresence'][number] {
    const point = this.#spec.pointsOfPresence[edge.point];
    if (point === undefined) throw new Error(`edge of an unknown point of presence ${edge.point}`);
    return point;
  }
}

const none: ReadonlySet<number> = new Set();
