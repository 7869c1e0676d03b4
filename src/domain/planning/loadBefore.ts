import type { StampName, WorkloadName } from '../fleet.ts';
import type { ChainedEntry } from '../ledgerEvent.ts';

/** Requests per second by workload; one that was not measured is not in it. */
export type WorkloadLoads = Readonly<Record<WorkloadName, number>>;

/**
 * What a stamp's workloads served before a run made room there, as the run's first plan has it on record. Nothing of an ungraceful run:
 * the failed region's users may have been there by then, so that nobody knows whether the bounds carried that load.
 */
export function loadBefore(entries: readonly ChainedEntry[], stamp: StampName): WorkloadLoads {
  const first = entries.flatMap(({ event }) => (event.type === 'PlanMade' ? [event.plan] : []))[0];
  if (first === undefined || first.mode === 'ungraceful') return {};
  const workloads = first.expected.stamps.find((one) => one.stamp === stamp)?.workloads ?? [];
  return Object.fromEntries(workloads.flatMap(({ workload, requestsPerSecondNow }) => (requestsPerSecondNow === undefined ? [] : [[workload, requestsPerSecondNow]])));
}
