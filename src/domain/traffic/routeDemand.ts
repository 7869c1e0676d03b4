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
  readonly groups: readonly RoutedGroup[];
  /** The best estimate; sums to the demand that can be served. */
  readonly expected: readonly Float64Array[];
  /** At least `expected`: also what a stamp gets if users whose nearest stamp is not certain turn out to be nearest to it. */
  readonly worst: readonly Float64Array[];
  /** By group: demand for which no origin is enabled. */
  readonly unserved: Float64Array;
  /** By group: 1 where no enabled origin is healthy, so that Front Door sends users to unhealthy ones. */
  readonly failOpen: Uint8Array;
}

/** One group's part of `RoutedLoads`. */
interface RoutedGroup {
  readonly expected: Float64Array;
  readonly worst: Float64Array;
  readonly unserved: number;
  readonly failOpen: number;
  readonly reach: Reach;
}

/**
 * Who may be served by whom, whatever the weights are: those of users `at` lie from `starts[at]` to `starts[at + 1]`.
 * Found once for all weights that are tried.
 */
interface Reach {
  readonly eligible: Eligible;
  readonly starts: Int32Array;
  /** By rank among the eligible. */
  readonly ranks: Uint16Array;
  readonly ways: Uint8Array;
}

/** Ways in which users reach an origin, added up. */
const byWeight = 1;
const mayBeNearest = 2;

/** The settings as Front Door has them; `isOut` says whose probes fail. */
export function currentState(model: TrafficModel, isOut: (stampIndex: number) => boolean): RoutingState {
  return model.groups.map((group) =>
    group.origins.map(({ facts, stampIndex }) => ({
      weight: facts.weight,
      serves: facts.enabled === 'Disabled' ? 'disabled' : isOut(stampIndex) ? 'out' : 'serving',
    })),
  );
}

/** A routing that is there already: groups whose settings are the same are taken from it, and who reaches whom where the same origins serve. */
export interface Routed {
  readonly state: RoutingState;
  readonly routed: RoutedLoads;
}

export function routeDemand(model: TrafficModel, state: RoutingState, like?: Routed): RoutedLoads {
  const stampCount = model.stamps.length;
  const groups = model.groups.map((group, index): RoutedGroup => {
    const settings = state[index] ?? [];
    const before = like?.routed.groups[index];
    if (before !== undefined && sameSettings(settings, like?.state[index] ?? [])) return before;
    const reach = before !== undefined && sameServing(settings, like?.state[index] ?? []) ? before.reach : reachOf(group, group.users, eligibleOrigins(group, settings));
    return routeGroup(group.users, settings, reach, stampCount);
  });
  return {
    groups,
    expected: groups.map(({ expected }) => expected),
    worst: groups.map(({ worst }) => worst),
    unserved: Float64Array.from(groups, ({ unserved }) => unserved),
    failOpen: Uint8Array.from(groups, ({ failOpen }) => failOpen),
  };
}

function routeGroup(users: readonly UsersModel[], state: readonly OriginState[], reach: Reach, stampCount: number): RoutedGroup {
  const { positions, failOpen } = reach.eligible;
  const weights = weightsOf(reach, state);
  const expected = new Float64Array(stampCount);
  const worst = new Float64Array(stampCount);
  let unserved = 0;
  users.forEach(({ requestsPerSecond }, at) => {
    if (positions.length === 0) unserved += requestsPerSecond;
    else share(requestsPerSecond, at, reach, weights, expected, worst);
  });
  return { expected, worst, unserved, failOpen: failOpen ? 1 : 0, reach };
}

const weightsOf = ({ eligible: { positions } }: Reach, state: readonly OriginState[]): Float64Array => Float64Array.from(positions, (position) => state[position]?.weight ?? 0);

/** Where one unit of some users' requests goes: positions of stamps, and the part that each gets. */
export interface UsersShares {
  readonly stamps: readonly number[];
  readonly parts: readonly number[];
}

/** Of each of `users` alone, under one group's settings. */
export function sharesOfUsers(group: GroupModel, state: readonly OriginState[], users: readonly UsersModel[], stampCount: number): UsersShares[] {
  const eligible = eligibleOrigins(group, state);
  const reach = reachOf(group, users, eligible);
  const weights = weightsOf(reach, state);
  const served = [...new Set(eligible.stamps)];
  const expected = new Float64Array(stampCount);
  const worst = new Float64Array(stampCount);
  return users.map((_, at) => {
    expected.fill(0);
    share(1, at, reach, weights, expected, worst);
    const stamps = served.filter((stamp) => (expected[stamp] ?? 0) > 0);
    return { stamps, parts: stamps.map((stamp) => expected[stamp] ?? 0) };
  });
}

function sameSettings(a: readonly OriginState[], b: readonly OriginState[]): boolean {
  return a.length === b.length && a.every((origin, position) => origin.weight === b[position]?.weight && origin.serves === b[position].serves);
}

const sameServing = (a: readonly OriginState[], b: readonly OriginState[]): boolean => a.length === b.length && a.every(({ serves }, position) => serves === b[position]?.serves);

/** Origins that may serve, by rank. */
interface Eligible {
  /** In `GroupModel.origins`. */
  readonly positions: Int32Array;
  readonly stamps: Int32Array;
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
    failOpen: serving.length === 0 && enabled.length > 0,
  };
}

/** Estimated round trips this close to the fastest may be the faster ones for a part of a country's users. */
const ambiguousRatio = 1.5;
const ambiguousMs = 5;

function reachOf({ latencyWindowMs }: GroupModel, users: readonly UsersModel[], eligible: Eligible): Reach {
  const { positions } = eligible;
  const count = positions.length;
  const starts = new Int32Array(users.length + 1);
  const ranks = new Uint16Array(users.length * count);
  const ways = new Uint8Array(users.length * count);
  let reached = 0;
  users.forEach(({ latencyMs, latencies }, user) => {
    let fastest = Infinity;
    for (let at = 0; at < count; at += 1) {
      const latency = latencyMs[positions[at] ?? 0] ?? Number.NaN;
      if (latency < fastest) fastest = latency;
    }
    const window = fastest === Infinity ? Infinity : fastest + latencyWindowMs;
    const ambiguousUpTo = latencyWindowMs === 0 && latencies === 'estimated' ? fastest * ambiguousRatio + ambiguousMs : -Infinity;
    const limit = Math.max(window, ambiguousUpTo);
    for (let at = 0; at < count; at += 1) {
      const latency = latencyMs[positions[at] ?? 0] ?? Number.NaN;
      // Never true where a latency is not known: such a stamp may be the nearest.
      if (latency > limit) continue;
      const weighed = latency <= window || fastest === Infinity ? byWeight : 0;
      const uncertain = latency <= ambiguousUpTo || (Number.isNaN(latency) && fastest > 0) ? mayBeNearest : 0;
      if (weighed + uncertain === 0) continue;
      ranks[reached] = at;
      ways[reached] = weighed + uncertain;
      reached += 1;
    }
    starts[user + 1] = reached;
  });
  return { eligible, starts, ranks, ways };
}

function share(requestsPerSecond: number, user: number, { eligible: { stamps }, starts, ranks, ways }: Reach, weights: Float64Array, expected: Float64Array, worst: Float64Array): void {
  const from = starts[user] ?? 0;
  const to = starts[user + 1] ?? from;
  let totalWeight = 0;
  for (let one = from; one < to; one += 1) if (((ways[one] ?? 0) & byWeight) !== 0) totalWeight += weights[ranks[one] ?? 0] ?? 0;
  for (let one = from; one < to; one += 1) {
    const at = ranks[one] ?? 0;
    const way = ways[one] ?? 0;
    const part = (way & byWeight) === 0 ? 0 : (requestsPerSecond * (weights[at] ?? 0)) / totalWeight;
    const stamp = stamps[at] ?? 0;
    expected[stamp] = (expected[stamp] ?? 0) + part;
    worst[stamp] = (worst[stamp] ?? 0) + ((way & mayBeNearest) === 0 ? part : requestsPerSecond);
  }
}
