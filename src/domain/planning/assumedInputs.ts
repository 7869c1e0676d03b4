import type { DemandFacts, StampFacts, TrafficFacts, UserGroup } from '../facts.ts';
import type { Fleet } from '../fleet.ts';

/** What stands in for Front Door's settings when they cannot be read: the fleet file's normal ones, at latency window 0. */
export function assumedTraffic(fleet: Fleet): TrafficFacts {
  const names = [...new Set(fleet.stamps.flatMap(({ origins }) => origins.map(({ originGroup }) => originGroup)))];
  return {
    originGroups: names.map((name) => ({
      name,
      latencyWindowMs: 0,
      probeDrainSeconds: 60,
      origins: fleet.stamps.flatMap((stamp) =>
        stamp.origins
          .filter(({ originGroup }) => originGroup === name)
          .map(({ origin, normalWeight, priority }) => ({ stamp: stamp.name, origin, hostName: '', weight: normalWeight, priority, enabled: 'Enabled' as const })),
      ),
    })),
  };
}

/**
 * What stands in for demand when it cannot be read: each stamp's own load as one group of users who are where that stamp
 * is. Who is nearest to them once it is gone nobody knows, so every survivor may get them all. A stamp whose load is not
 * known either counts as busy as its ready replicas are rated for, and as the busiest of those that are known.
 */
export function assumedDemand(fleet: Fleet, traffic: TrafficFacts, stampFacts: readonly StampFacts[]): DemandFacts {
  const loads = stampFacts.map(({ load }) => (load.kind === 'known' ? Math.max(load.value.requestsPerSecond, load.value.forecastRequestsPerSecond ?? 0) : null));
  const busiest = Math.max(0, ...loads.map((load) => load ?? 0));
  const groups: UserGroup[] = traffic.originGroups.flatMap((group) =>
    group.origins.flatMap((origin): UserGroup[] => {
      const index = fleet.stamps.findIndex(({ name }) => name === origin.stamp);
      if (index < 0) return [];
      return [{ name: `users of ${origin.stamp}`, originGroup: group.name, requestsPerSecond: loads[index] ?? Math.max(busiest, ratedLoad(fleet, group.name, stampFacts[index])), latencyMsByStamp: { [origin.stamp]: 0 } }];
    }),
  );
  return { source: 'allToNearest', groups };
}

/** What the ready replicas of a group's workloads are rated for, as requests of the group: the HPA keeps load below it. */
function ratedLoad(fleet: Fleet, originGroup: string, facts: StampFacts | undefined): number {
  if (facts?.workloads.kind !== 'known') return 0;
  const ready = new Map(facts.workloads.value.map(({ name, readyReplicas }) => [name, readyReplicas]));
  const rated = fleet.workloads
    .filter((workload) => workload.originGroup === originGroup)
    .map(({ name, requestsPerSecondPerReplica, trafficShare }) => ((ready.get(name) ?? 0) * requestsPerSecondPerReplica) / trafficShare);
  return Math.max(0, ...rated);
}
