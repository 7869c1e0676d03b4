import { routeDemand, type RoutingState } from './routeDemand.ts';
import type { GroupModel, TrafficModel, UsersModel } from './trafficModel.ts';

/** What the stamps serve now, requests per second by [group][stamp]; NaN where it is not known. */
export type ObservedLoads = readonly Float64Array[];

/** Round trip between the regions of two stamps, milliseconds; null where it cannot be estimated. */
export type LatencyBetweenStamps = (from: number, to: number) => number | null;

/** Below this share of the group's requests a difference between prediction and observation is noise. */
const tellingDifference = 0.02;
/** A stamp this much farther than the nearest one is not in the middle of a country's users. */
const withinCountryMs = 45;
const iterations = 25;

/**
 * A country is one point in a latency table, and its users are not. Where what the stamps serve contradicts the prediction,
 * the users of each country are dealt to several places, its own point and the regions of the stamps around it, in
 * such parts that routing them gives what is observed (Richardson-Lucy iteration; every country keeps its total).
 * Latencies that were measured are left alone, and so is a group of which some serving stamp's load is not known.
 */
export function calibrateUsers(model: TrafficModel, state: RoutingState, observed: ObservedLoads, between: LatencyBetweenStamps): TrafficModel {
  const predicted = routeDemand(model, state).expected;
  const groups = model.groups.map((group, index) => {
    const seen = observed[index];
    const guess = predicted[index];
    if (seen === undefined || guess === undefined || group.users.some(({ latencies }) => latencies === 'measured')) return group;
    return contradicts(group, guess, seen) ? calibrateGroup(model, group, index, state, seen, between) : group;
  });
  return { ...model, groups };
}

function contradicts(group: GroupModel, predicted: Float64Array, observed: Float64Array): boolean {
  const total = sum(predicted);
  const observedTotal = sum(observed);
  if (!(total > 0) || !(observedTotal > 0)) return false;
  return group.origins.some(({ stampIndex }) => Math.abs((predicted[stampIndex] ?? 0) / total - (observed[stampIndex] ?? 0) / observedTotal) > tellingDifference);
}

function calibrateGroup(model: TrafficModel, group: GroupModel, index: number, state: RoutingState, observed: Float64Array, between: LatencyBetweenStamps): GroupModel {
  const places = group.users.map((users) => placesOf(group, users, between));
  const flat = places.flat();
  const shares = flat.map((place) => sharesOf(model, group, index, state, place));
  const total = group.users.reduce((all, { requestsPerSecond }) => all + requestsPerSecond, 0);
  const scale = total / sum(observed);
  const mass = places.flatMap((ofCountry, country) => ofCountry.map(() => (group.users[country]?.requestsPerSecond ?? 0) / ofCountry.length));
  for (let round = 0; round < iterations; round += 1) {
    const predicted = new Float64Array(observed.length);
    shares.forEach((share, place) => {
      for (let stamp = 0; stamp < predicted.length; stamp += 1) predicted[stamp] = (predicted[stamp] ?? 0) + (mass[place] ?? 0) * (share[stamp] ?? 0);
    });
    const ratio = predicted.map((value, stamp) => (value > 0 ? ((observed[stamp] ?? 0) * scale) / value : 1));
    let place = 0;
    places.forEach((ofCountry, country) => {
      const first = place;
      let countrySum = 0;
      for (; place < first + ofCountry.length; place += 1) {
        const grown = (mass[place] ?? 0) * dot(shares[place] ?? ratio, ratio);
        mass[place] = grown;
        countrySum += grown;
      }
      const keep = countrySum > 0 ? (group.users[country]?.requestsPerSecond ?? 0) / countrySum : 0;
      for (let at = first; at < place; at += 1) mass[at] = (mass[at] ?? 0) * keep;
    });
  }
  return { ...group, users: flat.map((place, at) => ({ ...place, requestsPerSecond: mass[at] ?? 0 })).filter(({ requestsPerSecond }) => requestsPerSecond > 0) };
}

/** The country's own point, and the region of each stamp that is near enough to lie among its users. */
function placesOf(group: GroupModel, users: UsersModel, between: LatencyBetweenStamps): UsersModel[] {
  const nearest = users.latencyMs.reduce((least, latency) => (latency < least ? latency : least), Infinity);
  const around = group.origins.flatMap(({ stampIndex }, position): UsersModel[] => {
    if (!((users.latencyMs[position] ?? Number.NaN) <= nearest + withinCountryMs) || nearest > withinCountryMs) return [];
    return [{ ...users, latencyMs: Float64Array.from(group.origins, (other) => between(stampIndex, other.stampIndex) ?? Number.NaN) }];
  });
  return [users, ...around];
}

function sharesOf(model: TrafficModel, group: GroupModel, index: number, state: RoutingState, place: UsersModel): Float64Array {
  const alone: TrafficModel = { ...model, groups: [{ ...group, users: [{ ...place, requestsPerSecond: 1 }] }] };
  return routeDemand(alone, [state[index] ?? []]).expected[0] ?? new Float64Array(model.stamps.length);
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((all, value, at) => all + value * (b[at] ?? 0), 0);

const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0);
