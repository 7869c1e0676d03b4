import type { DemandFacts, TrafficFacts } from '../../../src/domain/facts.ts';
import type { OriginGroupName, StampName } from '../../../src/domain/fleet.ts';
import { buildTrafficModel, currentState, routeDemand } from '../../../src/domain/traffic/index.ts';

export interface SharesInput {
  readonly stamps: readonly StampName[];
  readonly traffic: TrafficFacts;
  readonly demand: DemandFacts;
  /** Stamps whose probes fail: gate closed, region dead. */
  readonly out: readonly StampName[];
}

export interface Shares {
  readonly stamps: readonly StampShare[];
  /** Requests per second for which no origin is enabled. */
  readonly unservedRequestsPerSecond: number;
  /** Groups without a healthy origin: Front Door then serves all enabled ones. */
  readonly failOpen: readonly OriginGroupName[];
}

export interface StampShare {
  readonly stamp: StampName;
  readonly requestsPerSecond: number;
  /** Upper bound where the nearest stamp of some users is not certain; else the same. */
  readonly worstRequestsPerSecond: number;
  /** 0..1 of all requests that are served. */
  readonly share: number;
  readonly byOriginGroup: Readonly<Record<OriginGroupName, number>>;
}

/** Where each user group's requests go under given settings. The shares of all stamps add up to 1, unless there is no demand. */
export function sharesOf({ stamps, traffic, demand, out }: SharesInput): Shares {
  const model = buildTrafficModel(stamps, traffic, demand);
  const isOut = new Set(out);
  const loads = routeDemand(model, currentState(model, (index) => isOut.has(stamps[index] ?? '')));
  const sumOver = (byGroup: readonly Float64Array[], index: number): number => byGroup.reduce((sum, group) => sum + (group[index] ?? 0), 0);
  const total = stamps.reduce((sum, _, index) => sum + sumOver(loads.expected, index), 0);
  return {
    stamps: stamps.map((stamp, index) => {
      const requestsPerSecond = sumOver(loads.expected, index);
      return {
        stamp,
        requestsPerSecond,
        worstRequestsPerSecond: sumOver(loads.worst, index),
        share: total > 0 ? requestsPerSecond / total : 0,
        byOriginGroup: Object.fromEntries(model.groups.map((group, at) => [group.name, loads.expected[at]?.[index] ?? 0])),
      };
    }),
    unservedRequestsPerSecond: loads.unserved.reduce((sum, value) => sum + value, model.unroutable),
    failOpen: model.groups.filter((_, at) => loads.failOpen[at] === 1).map((group) => group.name),
  };
}
