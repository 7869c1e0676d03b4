import type { FleetFacts, StampFacts } from '../facts.ts';
import { freshOrUnknown, unknown, type Reading } from '../reading.ts';

const secondMs = 1000;

/** How old each input may be; over its limit it is unknown, and what is unknown is not certified. */
export const inputAgeLimitsMs = {
  quota: 5 * 60 * secondMs,
  network: 5 * 60 * secondMs,
  skus: 60 * 60 * secondMs,
  /** Retail prices change by the month; no survival hangs on them. */
  prices: 7 * 24 * 60 * 60 * secondMs,
  pools: 60 * secondMs,
  nodes: 60 * secondMs,
  workloads: 60 * secondMs,
  /** Azure Monitor's metrics are up to 3 minutes late, at 60 s grain, read every watch interval. */
  load: 10 * 60 * secondMs,
  demand: 10 * 60 * secondMs,
  traffic: 5 * 60 * secondMs,
} as const;

export function freshStampFacts(facts: StampFacts, now: number): StampFacts {
  return {
    ...facts,
    pools: freshOrUnknown(facts.pools, now, inputAgeLimitsMs.pools),
    nodes: freshOrUnknown(facts.nodes, now, inputAgeLimitsMs.nodes),
    workloads: freshOrUnknown(facts.workloads, now, inputAgeLimitsMs.workloads),
    quota: freshOrUnknown(facts.quota, now, inputAgeLimitsMs.quota),
    skus: freshOrUnknown(facts.skus, now, inputAgeLimitsMs.skus),
    network: freshOrUnknown(facts.network, now, inputAgeLimitsMs.network),
    load: measuredOrUnknown(freshOrUnknown(facts.load, now, inputAgeLimitsMs.load), ({ requestsPerSecond, byWorkload }) => [requestsPerSecond, ...Object.values(byWorkload)]),
    ...(facts.prices === undefined ? {} : { prices: freshOrUnknown(facts.prices, now, inputAgeLimitsMs.prices) }),
  };
}

export function freshTraffic(facts: FleetFacts): FleetFacts['traffic'] {
  return freshOrUnknown(facts.traffic, facts.at, inputAgeLimitsMs.traffic);
}

export function freshDemand(facts: FleetFacts): FleetFacts['demand'] {
  return measuredOrUnknown(freshOrUnknown(facts.demand, facts.at, inputAgeLimitsMs.demand), ({ groups }) => groups.map(({ requestsPerSecond }) => requestsPerSecond));
}

/** A rate that is no number, or below 0, was not measured, whatever says so. */
function measuredOrUnknown<T>(reading: Reading<T>, ratesOf: (value: T) => readonly number[]): Reading<T> {
  if (reading.kind === 'unknown' || ratesOf(reading.value).every((rate) => rate >= 0 && rate < Infinity)) return reading;
  return unknown('a rate in it is no number of requests per second', reading.observedAt);
}
