import type { Shortfall } from '../plan.ts';
import type { FleetContext } from './fleetContext.ts';
import type { FleetLoads } from './fleetLoads.ts';
import type { Room } from './room.ts';

/** Workloads that a stamp which goes runs and one that gains its users does not: these users find nothing there. */
export function notRunThere({ fleet, model, stampNames }: FleetContext, before: FleetLoads, { after, gaining }: Pick<Room, 'after' | 'gaining'>, going: ReadonlySet<number>): Shortfall[] {
  const leaving = [...going].map((index) => stampNames[index] ?? '');
  const left = fleet.workloads.flatMap(({ name, originGroup, trafficShare, stamps }) => {
    const loser = leaving.find((one) => stamps?.includes(one));
    return stamps === null || loser === undefined ? [] : [{ name, trafficShare, stamps, loser, originGroup, at: model.groups.findIndex((group) => group.name === originGroup) }];
  });
  return gaining.flatMap((index) => {
    const stamp = stampNames[index] ?? '';
    return left.flatMap(({ name, trafficShare, stamps, loser, originGroup, at }): Shortfall[] => {
      if (stamps.includes(stamp)) return [];
      const gained = (after.routed.worst[at]?.[index] ?? 0) * after.scale - (before.routed.expected[at]?.[index] ?? 0) * before.scale;
      const missing = Math.ceil(gained * trafficShare);
      if (missing <= 0) return [];
      return [{ stamp, constraint: 'noSurvivor', subject: name, missing, unit: 'requests/s', fix: `${stamp} does not run ${name}, which ${loser} runs for origin group ${originGroup}: run it there too, or name the stamp in workloads.stamps if it does` }];
    });
  });
}
