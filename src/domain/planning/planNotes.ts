import type { BlockedReason, Shortfall } from '../plan.ts';
import type { FleetContext } from './fleetContext.ts';

export const shortfallText = ({ stamp, constraint, subject, missing, unit, fix }: Shortfall): string => `${stamp}: ${constraint} (${subject}) is short of ${missing} ${unit}; ${fix}`;

export function shortOfRoom(shortfalls: readonly Shortfall[]): BlockedReason {
  return { code: 'shortOfRoom', shortfalls, message: `there is not enough room: ${shortfalls.map(shortfallText).join('; ')}` };
}

/** What the predicted shares stand on. */
export function sourceNotes({ demandSource, growth }: FleetContext): string[] {
  const notes: string[] = [];
  if (demandSource === 'countryTable') notes.push('shares stand on users by country and estimated latencies');
  if (demandSource === 'allToNearest') notes.push('where users are is not measured: each survivor is prepared for being the nearest of all who must move');
  if (growth > 1.005) notes.push(`planned for ${Math.round((growth - 1) * 100)} % more than the demand measured at the edges`);
  return notes;
}

export function inertWeightNotes({ model }: FleetContext): string[] {
  return model.groups.filter(({ latencyWindowMs }) => latencyWindowMs === 0).map(({ name }) => `origin group ${name} has latency sensitivity 0 ms: weights are inert, everyone goes to the nearest stamp`);
}
