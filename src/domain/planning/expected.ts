import type { Expected, ExpectedStamp } from '../plan.ts';
import { wholeCost } from '../capacity/index.ts';
import type { FleetContext } from './fleetContext.ts';
import type { FleetLoads } from './fleetLoads.ts';
import type { WorkloadLoads } from './loadBefore.ts';
import type { SizedStamp } from './sizeStamps.ts';

/** What the plan leads to. Workloads are listed for stamps that gain load, without the shed ones: only these must prove their room. */
export function expectedOutcome(context: FleetContext, before: FleetLoads, after: FleetLoads, sized: readonly SizedStamp[]): Expected {
  const sizedAt = new Map(sized.map((one) => [one.index, one]));
  const total = after.expected.reduce((sum, load) => sum + load, 0);
  return {
    readyInSeconds: sized.reduce((longest, { sizing }) => Math.max(longest, sizing.readyInSeconds), 0),
    surgeCostPerHourUsd: sized.reduce<number | null>((sum, { sizing }) => addedCost(sum, wholeCost(sizing.cost)), 0),
    stamps: context.stampNames.map((stamp, index): ExpectedStamp => {
      const load = context.stampFacts[index]?.load;
      return {
        stamp,
        requestsPerSecondNow: load?.kind === 'known' ? load.value.requestsPerSecond : (before.expected[index] ?? 0),
        requestsPerSecondAfter: after.planned[index] ?? 0,
        shareAfter: total > 0 ? (after.expected[index] ?? 0) / total : 0,
        workloads: expectedWorkloads(sizedAt.get(index), load?.kind === 'known' ? load.value.byWorkload : {}),
      };
    }),
  };
}

const addedCost = (sum: number | null, cost: number | null): number | null => (sum === null || cost === null ? null : sum + cost);

function expectedWorkloads(sized: SizedStamp | undefined, measured: WorkloadLoads): ExpectedStamp['workloads'] {
  if (sized === undefined) return [];
  return sized.model.workloads.flatMap(({ workload }, position) => {
    const size = sized.sizing.workloads[position];
    if (size === undefined || sized.shed.has(position)) return [];
    const now = measured[workload.name];
    return [{ workload: workload.name, ...(now === undefined ? {} : { requestsPerSecondNow: now }), requestsPerSecondAfter: size.requestsPerSecondAfter, replicasNow: size.replicasNow, replicasNeeded: size.replicasNeeded }];
  });
}
