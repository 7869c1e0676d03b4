import type { StampFacts } from '../facts.ts';
import type { Fleet } from '../fleet.ts';
import type { ObservedLoads, TrafficModel } from '../traffic/index.ts';

/** Requests per second of each origin group at each stamp, worked back from what a workload of the group gets. */
export function observedLoads(fleet: Fleet, model: TrafficModel, stampFacts: readonly Pick<StampFacts, 'load'>[]): ObservedLoads {
  return model.groups.map((group) =>
    Float64Array.from(stampFacts, ({ load }, index) => {
      if (!group.origins.some(({ stampIndex }) => stampIndex === index)) return 0;
      if (load.kind === 'unknown') return Number.NaN;
      const here = fleet.workloads.find(({ originGroup, name }) => originGroup === group.name && load.value.byWorkload[name] !== undefined);
      if (here === undefined) return model.groups.length === 1 ? load.value.requestsPerSecond : Number.NaN;
      return (load.value.byWorkload[here.name] ?? 0) / here.trafficShare;
    }),
  );
}
