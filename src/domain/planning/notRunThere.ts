import type { Shortfall } from '../plan.ts';
import type { FleetContext } from './fleetContext.ts';
import type { FleetLoads } from './fleetLoads.ts';
import type { Room } from './room.ts';

/** Workloads that a stamp which goes runs and one that gains its users does not: these users find nothing there. */
export function notRunThere({ fleet, model, stampNames }: FleetContext, before: FleetLoads, { after, gaining }: Pick<Room, 'after' | 'gaining'>, going: ReadonlySet<number>): Shortfall[] {
  return gaining.flatMap((index) =>
    fleet.workloads.flatMap(({ name, originGroup, trafficShare, stamps }): Shortfall[] => {
      const stamp = stampNames[index] ?? '';
      const loser = stampNames.find((one, at) => going.has(at) && stamps?.includes(one) === true);
      if (stamps === null || stamps.includes(stamp) || loser === undefined) return [];
      const at = model.groups.findIndex((group) => group.name === originGroup);
      const gained = (after.routed.worst[at]?.[index] ?? 0) * after.scale - (before.routed.expected[at]?.[index] ?? 0) * before.scale;
      const missing = Math.ceil(gained * trafficShare);
      if (missing <= 0) return [];
      return [{ stamp, constraint: 'noSurvivor', subject: name, missing, unit: 'requests/s', fix: `${stamp} does not run ${name}, which ${loser} runs for origin group ${originGroup}: run it there too, or name the stamp in workloads.stamps if it does` }];
    }),
  );
}
