import { PointDemand } from './demand.ts';
import { parameterOf, type Faults } from './faults.ts';
import type { FrontDoor } from './frontDoor/frontDoor.ts';
import type { Metrics } from './metrics.ts';
import type { Stamp } from './stamp.ts';
import type { OriginSpec, WorldSpec } from './types.ts';
import { patienceMs, type Users } from './users.ts';

/** From the user to the edge and back, milliseconds. */
const lastMileMs = 12;

interface Route {
  readonly group: string;
  readonly origins: readonly OriginSpec[];
  /** Of each point of presence in this step, requests per second. */
  readonly demand: number[];
}

/** Users' requests in one step: from points of presence, through Front Door's shares, to stamps; and what came back. */
export class Traffic {
  readonly #spec: WorldSpec;
  readonly #faults: Faults;
  readonly #frontDoor: FrontDoor;
  readonly #stamps: ReadonlyMap<string, Stamp>;
  readonly #metrics: Metrics;
  readonly #users: Users;
  readonly #points: readonly PointDemand[];
  readonly #routes: readonly Route[];
  /** Requests per second by stamp and origin group. */
  readonly #loads: ReadonlyMap<string, Map<string, number>>;

  constructor(parts: { readonly spec: WorldSpec; readonly seed: number; readonly faults: Faults; readonly frontDoor: FrontDoor; readonly stamps: ReadonlyMap<string, Stamp>; readonly metrics: Metrics; readonly users: Users }) {
    this.#spec = parts.spec;
    this.#faults = parts.faults;
    this.#frontDoor = parts.frontDoor;
    this.#stamps = parts.stamps;
    this.#metrics = parts.metrics;
    this.#users = parts.users;
    this.#points = parts.spec.pointsOfPresence.map((point) => new PointDemand(point, parts.seed));
    // which origins a group has never changes; what is set on them does, and Front Door knows it
    this.#routes = parts.spec.frontDoor.originGroups.map((group) => ({ group: group.name, origins: group.origins, demand: parts.spec.pointsOfPresence.map(() => 0) }));
    this.#loads = new Map([...parts.stamps.keys()].map((name) => [name, new Map<string, number>()]));
  }

  /** Requests per second of one point of presence at an instant, with what a surge of demand adds. */
  demandAt(point: number, originGroup: string, atMs: number): number {
    return (this.#points[point]?.requestsPerSecondAt(originGroup, atMs) ?? 0) * this.#surge(point);
  }

  step(atMs: number, seconds: number): void {
    this.#route(atMs);
    for (const [name, load] of this.#loads) this.#stamps.get(name)?.step(atMs, load);
    for (const { group, origins } of this.#routes) {
      const byStamp: Record<string, number> = {};
      for (const { stamp } of origins) byStamp[stamp] = this.#load(stamp, group) * seconds;
      this.#frontDoor.noteRequests(group, atMs, byStamp);
    }
    for (const route of this.#routes) this.#spec.pointsOfPresence.forEach((point, index) => this.#account(route, point, index, seconds));
    this.#accountGateways(seconds);
  }

  #route(atMs: number): void {
    for (const load of this.#loads.values()) load.clear();
    for (const { group, origins, demand } of this.#routes) {
      for (let point = 0; point < this.#points.length; point++) {
        const requests = this.demandAt(point, group, atMs);
        demand[point] = requests;
        const shares = this.#frontDoor.sharesOf(group, point);
        for (const [index, { stamp }] of origins.entries()) {
          const share = shares[index] ?? 0;
          if (share > 0) this.#loads.get(stamp)?.set(group, this.#load(stamp, group) + requests * share);
        }
      }
    }
  }

  /** What the users of one point met, for their ledger and for the metrics. */
  #account({ group, origins, demand }: Route, point: WorldSpec['pointsOfPresence'][number], index: number, seconds: number): void {
    const requests = demand[index] ?? 0;
    const shares = this.#frontDoor.sharesOf(group, index);
    let failed = 0;
    let reached = 0;
    let latencySum = 0;
    for (const [order, origin] of origins.entries()) {
      const share = shares[order] ?? 0;
      const stamp = this.#stamps.get(origin.stamp);
      if (share === 0 || stamp === undefined) continue;
      const { errorRate, latencyMs } = stamp.service(group);
      const originMs = (point.latencyMsByStamp[origin.stamp] ?? 0) + latencyMs;
      failed += share * (originMs + lastMileMs > patienceMs ? 1 : errorRate);
      reached += share;
      latencySum += share * originMs;
      const sent = requests * share * seconds;
      this.#metrics.noteOrigin(group, origin.name, sent, sent * errorRate, originMs);
    }
    // where nothing is enabled Front Door answers with an error itself
    if (reached < 1 - 1e-9) failed += 1 - reached;
    failed = Math.min(1, failed);
    this.#users.note(requests, failed, seconds);
    this.#metrics.noteClient(point.country, requests * seconds, requests * seconds * failed, lastMileMs + latencySum);
  }

  /** A dead region's gateway emits nothing. */
  #accountGateways(seconds: number): void {
    for (const [name, stamp] of this.#stamps) {
      if (this.#faults.active('regionDead', name) !== null) continue;
      let failed = 0;
      for (const { group } of this.#routes) failed += this.#load(name, group) * stamp.service(group).errorRate;
      const hosts = stamp.hosts();
      this.#metrics.noteGateway(name, stamp.requestsPerSecond * seconds, failed * seconds, hosts.healthy, hosts.unhealthy);
    }
  }

  #load(stamp: string, originGroup: string): number {
    return this.#loads.get(stamp)?.get(originGroup) ?? 0;
  }

  #surge(point: number): number {
    const fault = this.#faults.active('demandSurge');
    if (fault === null) return 1;
    const only = fault['pointsOfPresence'];
    const name = this.#spec.pointsOfPresence[point]?.name;
    return Array.isArray(only) && !only.includes(name) ? 1 : parameterOf(fault, 'factor', 1.4);
  }
}
