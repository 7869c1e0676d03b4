import type { GroupModel, TrafficModel, UsersModel } from './trafficModel.ts';

/**
 * Where requests go, as Microsoft documents Front Door ("Traffic routing methods to origin"): origins that are enabled
 * and healthy, of these the best priority, of these the ones within the latency window over the fastest, and among
 * these by weight. At window 0 only the fastest is left, so weights are inert unless latencies tie. Where no enabled
 * origin is healthy, Front Door serves all enabled ones.
 */
export interface OriginState {
  readonly weight: number;
  /** `out`: enabled, and its probes fail (gate closed, region dead). */
  readonly serves: 'serving' | 'out' | 'disabled';
}

/** By position in `TrafficModel.groups`, then in `GroupModel.origins`. */
export type RoutingState = readonly (readonly OriginState[])[];

/** Requests per second by [group][stamp]. */
export interface RoutedLoads {
  /** The best estimate; sums to the demand that can be served. */
  readonly expected: readonly Float64Array[];
  /** At least `expected`: also what a stamp gets if users whose nearest stamp is not certain turn out to be nearest to it. */
  readonly worst: readonly Float64Array[];
  /** By group: demand for which no origin is enabled. */
  readonly unserved: Float64Array;
  /** By group: 1 where no enabled origin is healthy, so that Front Door sends users to unhealthy ones. */
  readonly failOpen: Uint8Array;
}

/** The settings as Front Door has them; `isOut` says whose probes fail. */
export function currentState(model: TrafficModel, isOut: (stampIndex: number) => boolean): RoutingState {
  return model.groups.map((group) =>
    group.origins.map(({ facts, stampIndex }) => ({
      weight: facts.weight,
      serves: facts.enabled === 'Disabled' ? 'disabled' : isOut(stampIndex) ? 'out' : 'serving',
    })),
  );
}

/** A routing that is there already: groups whose settings are the same are taken from it. */
export interface Routed {
  readonly state: RoutingState;
  readonly routed: RoutedLoads;
}

export function routeDemand(model: TrafficModel, state: RoutingState, like?: Routed): RoutedLoads {
  const stampCount = model.stamps.length;
  const same = model.groups.map((_, index) => like !== undefined && sameSettings(state[index] ?? [], like.state[index] ?? []));
  const loads = {
    expected: model.groups.map((_, index) => (same[index] === true ? like?.routed.expected[index] : undefined) ?? new Float64Array(stampCount)),
    worst: model.groups.map((_, index) => (same[index] === true ? like?.routed.worst[index] : undefined) ?? new Float64Array(stampCount)),
    unserved: new Float64Array(model.groups.length),
    failOpen: new Uint8Array(model.groups.length),
  };
  model.groups.forEach((group, index) => {
    if (same[index] === true) {
      loads.unserved[index] = like?.routed.unserved[index] ?? 0;
      loads.failOpen[index] = like?.routed.failOpen[index] ?? 0;
      return;
    }
    const eligible = eligibleOrigins(group, state[index] ?? []);
    loads.failOpen[index] = eligible.failOpen ? 1 : 0;
    const expected = loads.expected[index];
    const worst = loads.worst[index];
    if (expected === undefined || worst === undefined) return;
    for (const users of group.users) {
      if (eligible.positions.length === 0) loads.unserved[index] = (loads.unserved[index] ?? 0) + users.requestsPerSecond;
      else share(group, users, eligible, expected, worst);
    }
  });
  return loads;
}

/** Where one unit of some users' requests goes: positions of stamps, and the part that each gets. */
export interface UsersShares {
  readonly stamps: readonly number[];
  readonly parts: readonly number[];
}

/** Of each of `users` alone, under one group's settings. */
export function sharesOfUsers(group: GroupModel, state: readonly OriginState[], users: readonly UsersModel[], stampCount: number): UsersShares[] {
  const eligible = eligibleOrigins(group, state);
  const served = [...new Set(eligible.stamps)];
  const expected = new Float64Array(stampCount);
  const worst = new Float64Array(stampCount);
  return users.map((one) => {
    expected.fill(0);
    share(group, { ...one, requestsPerSecond: 1 }, eligible, expected, worst);
    const stamps = served.filter((stamp) => (expected[stamp] ?? 0) > 0);
    return { stamps, parts: stamps.map((stamp) => expected[stamp] ?? 0) };
  });
}

function sameSettings(a: readonly OriginState[], b: readonly OriginState[]): boolean {
  return a.length === b.length && a.every((origin, position) => origin.weight === b[position]?.weight && origin.serves === b[position].serves);
}

/** By rank among the eligible. */
interface Eligible {
  readonly positions: Int32Array;
  readonly stamps: Int32Array;
  readonly weights: Float64Array;
  /** Scratch: ranks that some users may reach. */
  readonly reached: Int32Array;
  readonly failOpen: boolean;
}

function eligibleOrigins(group: GroupModel, state: readonly OriginState[]): Eligible {
  const enabled = group.origins.map((_, position) => position).filter((position) => state[position]?.serves !== 'disabled');
  const serving = enabled.filter((position) => state[position]?.serves === 'serving');
  const candidates = serving.length > 0 ? serving : enabled;
  const priorityOf = (position: number): number => group.origins[position]?.facts.priority ?? Infinity;
  const best = candidates.reduce((least, position) => Math.min(least, priorityOf(position)), Infinity);
  const positions = candidates.filter((position) => priorityOf(position) === best);
  return {
    positions: Int32Array.from(positions),
    stamps: Int32Array.from(positions, (position) => group.origins[position]?.stampIndex ?? 0),
    weights: Float64Array.from(positions, (position) => state[position]?.weight ?? 0),
    reached: new Int32Array(positions.length),
    failOpen: serving.length === 0 && enabled.length > 0,
  };
}

/** Estimated round trips this close to the fastest may be the faster ones for a part of a country's users. */
const ambiguousRatio = 1.5;
const ambiguousMs = 5;

function share(group: GroupModel, { requestsPerSecond, latencyMs, latencies }: UsersModel, { positions, stamps, weights, reached }: Eligible, expected: Float64Array, worst: Float64Array): void {
  const count = positions.length;
  let fastest = Infinity;
  for (let at = 0; at < count; at += 1) {
    const latency = latencyMs[positions[at] ?? 0] ?? Number.NaN;
    if (latency < fastest) fastest = latency;
  }
  const window = fastest === Infinity ? Infinity : fastest + group.latencyWindowMs;
  const ambiguousUpTo = group.latencyWindowMs === 0 && latencies === 'estimated' ? fastest * ambiguousRatio + ambiguousMs : -Infinity;
  const reach = Math.max(window, ambiguousUpTo);
  let reachedCount = 0;
  let totalWeight = 0;
  for (let at = 0; at < count; at += 1) {
    const latency = latencyMs[positions[at] ?? 0] ?? Number.NaN;
    // Never true where a latency is not known: such a stamp may be the nearest.
    if (latency > reach) continue;
    reached[reachedCount] = at;
    reachedCount += 1;
    if (latency <= window || fastest === Infinity) totalWeight += weights[at] ?? 0;
  }
  for (let one = 0; one < reachedCount; one += 1) {
    const at = reached[one] ?? 0;
    const latency = latencyMs[positions[at] ?? 0] ?? Number.NaN;
    const part = latency <= window || fastest === Infinity ? (requestsPerSecond * (weights[at] ?? 0)) / totalWeight : 0;
    const uncertain = latency <= ambiguousUpTo || (Number.isNaN(latency) && fastest > 0);
    if (part === 0 && !uncertain) continue;
    const stamp = stamps[at] ?? 0;
    expected[stamp] = (expected[stamp] ?? 0) + part;
    worst[stamp] = (worst[stamp] ?? 0) + (uncertain ? requestsPerSecond : part);
  }
}
