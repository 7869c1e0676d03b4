import type { Shortfall } from '../plan.ts';
import type { FleetContext } from './fleetContext.ts';
import type { FleetLoads } from './fleetLoads.ts';
import type { Room } from './room.ts';

/** Workloads that a stamp which goes runs and one that gains its users does not: these users find nothing there. */
export function notRunThere({ fleet, model, stampNames }: FleetContext, before: FleetLoads, { after, gaining }: Pick<Room, 'after' | 'gaining'>, going: ReadonlySet<number>): Shortfall[] {
  const goingNames = [...going].map((index) => stampNames[index] ?? '');
  const runWhereItGoes = fleet.workloads.flatMap(({ name, originGroup, trafficShare, stamps }) => {
    const loser = stamps === null ? undefined : goingNames.find((one) => stamps.includes(one));
    return stamps === null || loser === undefined ? [] : [{ name, originGroup, trafficShare, stamps, loser, group: model.groups.findIndex((group) => group.name === originGroup) }];
  });
  return gaining.flatMap((index) =>
    runWhereItGoes.flatMap(({ name, originGroup, trafficShare, stamps, loser, group }): Shortfall[] => {
      const stamp = stampNames[index] ?? '';
      if (stamps.includes(stamp)) return [];
      const gained = (after.routed.worst[group]?.[index] ?? 0) * after.scale - (before.routed.expected[group]?.[index] ?? 0) * before.scale;
      const missing = Math.ceil(gained * trafficShare);
      if (missing <= 0) return [];
      return [{ stamp, constraint: 'noSurvivor', subject: name, missing, unit: 'requests/s', fix: `${stamp} does not run ${name}, which ${loser} runs for origin group ${originGroup}: run it there too, or name the stamp in workloads.stamps if it does` }];
    }),
  );
}
