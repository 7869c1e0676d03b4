import { routeDemand, sharesOfUsers, type RoutingState, type UsersShares } from './routeDemand.ts';
import type { GroupModel, TrafficModel, UsersModel } from './trafficModel.ts';

/** What the stamps serve now, requests per second by [group][stamp]; NaN where it is not known. */
export type ObservedLoads = readonly Float64Array[];

/** Round trip between the regions of two stamps, milliseconds; null where it cannot be estimated. */
export type LatencyBetweenStamps = (from: number, to: number) => number | null;

/** Below this share of the group's requests a difference between prediction and observation is noise. */
export const tellingDifference = 0.02;
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
  const { places, ofCountry } = placesOf(group, model.stamps, between);
  const shares = sharesOfUsers(group, state[index] ?? [], places, model.stamps.length);
  const demand = group.users.map(({ requestsPerSecond }) => requestsPerSecond);
  const scale = demand.reduce((all, value) => all + value, 0) / sum(observed);
  const mass = ofCountry.map((at, country) => Float64Array.from(at, () => (demand[country] ?? 0) / at.length));
  for (let round = 0; round < iterations; round += 1) {
    const predicted = predictedLoads(massOfPlaces(places.length, ofCountry, mass), shares, observed.length);
    const ratio = predicted.map((value, stamp) => (value > 0 ? ((observed[stamp] ?? 0) * scale) / value : 1));
    const growth = shares.map(({ stamps, parts }) => stamps.reduce((all, stamp, at) => all + (parts[at] ?? 0) * (ratio[stamp] ?? 0), 0));
    ofCountry.forEach((at, country) => growCountry(mass[country] ?? new Float64Array(0), at, growth, demand[country] ?? 0));
  }
  const placed = massOfPlaces(places.length, ofCountry, mass);
  return { ...group, users: places.map((place, at) => ({ ...place, requestsPerSecond: placed[at] ?? 0 })).filter(({ requestsPerSecond }) => requestsPerSecond > 0) };
}

/** One country's users move to where too few were predicted; their number stays, and so do they where none of the stamps that they reach is seen to serve anybody. */
function growCountry(mass: Float64Array, places: readonly number[], growth: readonly number[], demand: number): void {
  let grown = 0;
  for (let at = 0; at < mass.length; at += 1) grown += (mass[at] ?? 0) * (growth[places[at] ?? 0] ?? 0);
  if (!(grown > 0)) return;
  for (let at = 0; at < mass.length; at += 1) mass[at] = ((mass[at] ?? 0) * (growth[places[at] ?? 0] ?? 0) * demand) / grown;
}

function massOfPlaces(count: number, ofCountry: readonly (readonly number[])[], mass: readonly Float64Array[]): Float64Array {
  const total = new Float64Array(count);
  ofCountry.forEach((places, country) => {
    const here = mass[country];
    for (let at = 0; at < places.length; at += 1) total[places[at] ?? 0] = (total[places[at] ?? 0] ?? 0) + (here?.[at] ?? 0);
  });
  return total;
}

function predictedLoads(mass: Float64Array, shares: readonly UsersShares[], stampCount: number): Float64Array {
  const predicted = new Float64Array(stampCount);
  shares.forEach(({ stamps, parts }, place) => {
    for (let at = 0; at < stamps.length; at += 1) predicted[stamps[at] ?? 0] = (predicted[stamps[at] ?? 0] ?? 0) + (mass[place] ?? 0) * (parts[at] ?? 0);
  });
  return predicted;
}

interface Places {
  readonly places: readonly UsersModel[];
  /** By position in `GroupModel.users`: positions in `places`. */
  readonly ofCountry: readonly (readonly number[])[];
}

/**
 * Of each country its own point, and the region of each stamp that is near enough to lie among its users; a region is one place,
 * whoever lives there. One that no table knows is no place to put anybody: nothing would say where they go from there.
 */
function placesOf(group: GroupModel, stampNames: TrafficModel['stamps'], between: LatencyBetweenStamps): Places {
  const places: UsersModel[] = [...group.users];
  const regions = new Map<number, number>();
  const placeOf = (stampIndex: number, { latencies }: UsersModel): number => {
    const known = regions.get(stampIndex);
    if (known !== undefined) return known;
    regions.set(stampIndex, places.length);
    return places.push({ name: `near ${stampNames[stampIndex] ?? ''}`, requestsPerSecond: 0, latencies, latencyMs: Float64Array.from(group.origins, (other) => between(stampIndex, other.stampIndex) ?? Number.NaN) }) - 1;
  };
  const ofCountry = group.users.map((users, country) => {
    const nearest = users.latencyMs.reduce((least, latency) => (latency < least ? latency : least), Infinity);
    if (nearest > withinCountryMs) return [country];
    const around = group.origins.flatMap(({ stampIndex }, position) => (isNear(users, position, nearest) && between(stampIndex, stampIndex) !== null ? [placeOf(stampIndex, users)] : []));
    return [country, ...new Set(around)];
  });
  return { places, ofCountry };
}

const isNear = ({ latencyMs }: UsersModel, position: number, nearest: number): boolean => (latencyMs[position] ?? Number.NaN) <= nearest + withinCountryMs;

const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0);
