import type { BlockedReason, Shortfall } from '../plan.ts';
import type { DrainUse } from './drainShares.ts';
import type { FleetContext } from './fleetContext.ts';

export const shortfallText = ({ stamp, constraint, subject, missing, unit, fix }: Shortfall): string => `${stamp}: ${constraint} (${subject}) is short of ${missing} ${unit}; ${fix}`;

export function shortOfRoom(shortfalls: readonly Shortfall[]): BlockedReason {
  return { code: 'shortOfRoom', shortfalls, message: `there is not enough room: ${shortfalls.map(shortfallText).join('; ')}` };
}

/** Where users are, by what says so. */
export function demandSource({ demandSource: source, demandKnown, demandInsteadOf }: FleetContext): string {
  if (demandKnown === 'assumed') return 'not known: the load of each stamp, any survivor being the nearest to all of it';
  return demandInsteadOf === null ? nameOf(source) : `${nameOf(source)}; the access log does not serve (${demandInsteadOf})`;
}

/** Where the users of a stamp go that was drained before. */
export function drainSources({ model }: FleetContext, uses: readonly DrainUse[]): { input: string; source: string }[] {
  return uses.map(({ drain: { stamp, runId, at }, originGroup, whyNot }) => {
    const seen = `what run ${runId} showed on ${new Date(at).toISOString().slice(0, 10)}`;
    return {
      input: model.groups.length === 1 ? `${stamp}.users` : `${stamp}.users.${originGroup}`,
      source: whyNot === null ? `${seen}, or what the demand's source says, whichever gives a survivor more` : `the demand's source alone; ${seen} does not hold any more: ${whyNot}`,
    };
  });
}

export const drainNotes = (context: FleetContext, uses: readonly DrainUse[]): string[] => drainSources(context, uses).map(({ input, source }) => `${input} stands on ${source}`);

function nameOf(source: FleetContext['demandSource']): string {
  switch (source) {
    case 'accessLog':
      return 'accessLog: Front Door\'s access log, by edge';
    case 'countryTable':
      return 'countryTable: Front Door\'s metrics by country, with a table of latencies';
    case 'allToNearest':
      return 'allToNearest: users cannot be told apart, any survivor may be the nearest to all';
  }
}

/** What the predicted shares stand on. */
export function sourceNotes({ demandSource, demandInsteadOf, growth }: FleetContext): string[] {
  const notes: string[] = [];
  if (demandInsteadOf !== null) notes.push(`Front Door's access log does not serve: ${demandInsteadOf}`);
  if (demandSource === 'countryTable') notes.push('shares stand on users by country and estimated latencies');
  if (demandSource === 'allToNearest') notes.push('where users are is not measured: each survivor is prepared for being the nearest of all who must move');
  if (growth > 1.005) notes.push(`planned for ${Math.round((growth - 1) * 100)} % more than the demand measured at the edges`);
  return notes;
}

export function inertWeightNotes({ model }: FleetContext): string[] {
  return model.groups.filter(({ latencyWindowMs }) => latencyWindowMs === 0).map(({ name }) => `origin group ${name} has latency sensitivity 0 ms: weights are inert, everyone goes to the nearest stamp`);
}
