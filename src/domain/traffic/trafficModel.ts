import type { DemandFacts, OriginFacts, TrafficFacts, UserGroup } from '../facts.ts';
import type { OriginGroupName, StampName } from '../fleet.ts';

/** Traffic settings and demand, indexed once so that many what-if routings are cheap. Stamps keep the given order. */
export interface TrafficModel {
  readonly stamps: readonly StampName[];
  readonly groups: readonly GroupModel[];
  /** Demand for origin groups that Front Door does not have, requests per second. */
  readonly unroutable: number;
}

export interface GroupModel {
  readonly name: OriginGroupName;
  readonly latencyWindowMs: number;
  readonly origins: readonly OriginModel[];
  readonly users: readonly UsersModel[];
}

export interface OriginModel {
  readonly facts: OriginFacts;
  /** Position in `TrafficModel.stamps`. */
  readonly stampIndex: number;
}

export interface UsersModel {
  /** Where they enter. */
  readonly name: string;
  readonly requestsPerSecond: number;
  /** By position in `GroupModel.origins`; NaN where nobody measured or estimated it. 0 = they are there, and nowhere is nearer. */
  readonly latencyMs: Float64Array;
  /** How far the latencies can be trusted: measured ones rank the origins, estimated ones only roughly. */
  readonly latencies: 'measured' | 'estimated';
}

/** Origins of stamps that are not in `stamps` are left out. */
export function buildTrafficModel(stamps: readonly StampName[], traffic: TrafficFacts, demand: DemandFacts): TrafficModel {
  const positions = new Map(stamps.map((name, index) => [name, index]));
  const latencies = demand.source === 'accessLog' ? 'measured' : 'estimated';
  const usersByGroup = groupUsers(demand.groups);
  const groups = traffic.originGroups.map((group): GroupModel => {
    const origins = group.origins.flatMap((facts): OriginModel[] => {
      const stampIndex = positions.get(facts.stamp);
      return stampIndex === undefined ? [] : [{ facts, stampIndex }];
    });
    const users = usersOf(usersByGroup.get(group.name) ?? [], origins, latencies);
    usersByGroup.delete(group.name);
    return { name: group.name, latencyWindowMs: group.latencyWindowMs, origins, users };
  });
  const unroutable = [...usersByGroup.values()].flat().reduce((sum, users) => sum + users.requestsPerSecond, 0);
  return { stamps, groups, unroutable };
}

/** One block of memory for the latencies of all, of which each group of users has its part. */
function usersOf(groups: readonly UserGroup[], origins: readonly OriginModel[], latencies: UsersModel['latencies']): UsersModel[] {
  const count = origins.length;
  const stamps = origins.map(({ facts }) => facts.stamp);
  const firstAt = new Map(stamps.map((stamp, position): [StampName, number] => [stamp, position]).toReversed());
  const order = stamps.map((stamp, position) => (firstAt.get(stamp) === position ? stamp : null));
  const all = new Float64Array(groups.length * count).fill(Number.NaN);
  return groups.map(({ name, requestsPerSecond, latencyMsByStamp, latencies: own }, index) => {
    const from = index * count;
    let expected = 0;
    // Groups mostly name the stamps in one order: following it costs a third of looking each stamp up.
    for (const stamp in latencyMsByStamp) {
      const position = order[expected] === stamp ? expected : firstAt.get(stamp);
      if (position === undefined) continue;
      all[from + position] = latencyMsByStamp[stamp] ?? Number.NaN;
      expected = position + 1;
    }
    if (firstAt.size < count) stamps.forEach((stamp, position) => (all[from + position] = all[from + (firstAt.get(stamp) ?? position)] ?? Number.NaN));
    return { name, requestsPerSecond, latencyMs: all.subarray(from, from + count), latencies: own ?? latencies };
  });
}

function groupUsers(all: readonly UserGroup[]): Map<OriginGroupName, UserGroup[]> {
  const byGroup = new Map<OriginGroupName, UserGroup[]>();
  for (const users of all) {
    const same = byGroup.get(users.originGroup);
    if (same === undefined) byGroup.set(users.originGroup, [users]);
    else same.push(users);
  }
  return byGroup;
}
