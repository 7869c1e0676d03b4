import type { BlockedReason, Plan, PlanResult, Shortfall } from '../plan.ts';
import { expectedOutcome } from './expected.ts';
import { gainingStamps, loadsUnder, sizeStamps, stampModels, type SizedStamp } from './fleetLoads.ts';
import type { PlanContext } from './planContext.ts';
import { gatesTo, shiftsAway } from './planShifts.ts';
import { planSheds, planSurges } from './planSurges.ts';
import { stateWithAsked, stateWithoutAsked } from './routingStates.ts';
import { groupsLeftWithoutHealthyOrigin, unfitSurvivors } from './survivors.ts';
import { blocked } from './blocked.ts';

/**
 * Taking the request's stamps out of service: what failover, drain and drill have in common.
 * Graceful keeps I2 or is blocked; ungraceful and surge-only make what room there is and say what is missing.
 */
export function planDeparture(context: PlanContext): PlanResult {
  const { input } = context;
  const refusals = [...alreadyDrained(context), ...groupsLeftWithoutHealthyOrigin(context)];
  if (refusals.length > 0) return blocked(refusals);
  const before = loadsUnder(context, stateWithAsked(context));
  const after = loadsUnder(context, stateWithoutAsked(context));
  const gaining = gainingStamps(before, after);
  const bindingRoom = input.request.mode === 'graceful' && input.request.scope === 'full';
  if (bindingRoom) {
    const unfit = unfitSurvivors(context, gaining);
    if (unfit.length > 0) return blocked(unfit);
  }
  const sized = sizeStamps(context, stampModels(context), gaining, before, after);
  const shortfalls = sized.flatMap(({ sizing }) => sizing.shortfalls);
  if (bindingRoom && shortfalls.length > 0) return blocked([shortOfRoom(shortfalls)]);
  const movesTraffic = input.request.scope === 'full';
  const plan: Plan = {
    kind: input.request.kind,
    mode: input.request.mode,
    revision: input.revision,
    at: context.at,
    stamps: input.request.stamps,
    reach: 'full',
    surges: planSurges(sized),
    sheds: planSheds(sized),
    gates: movesTraffic ? gatesTo(context, 'closed') : [],
    shifts: movesTraffic ? shiftsAway(context) : [],
    expected: expectedOutcome(context, before, after, sized),
    notes: [...context.notes, ...sourceNotes(context), ...shortfallNotes(sized)],
  };
  return { kind: 'planned', plan, findings: shortfalls.map((shortfall) => ({ severity: 'warning', invariant: 'I2', message: shortfallText(shortfall) })) };
}

function alreadyDrained({ input, model, asked, stampNames, stampFacts }: PlanContext): BlockedReason[] {
  if (input.previous !== undefined && input.previous !== null) return [];
  return [...asked].flatMap((index): BlockedReason[] => {
    const origins = model.groups.flatMap((group) => group.origins.filter(({ stampIndex }) => stampIndex === index));
    const gate = stampFacts[index]?.gate;
    const off = origins.length > 0 && origins.every(({ facts }) => facts.enabled === 'Disabled') && (gate?.kind !== 'known' || gate.value === 'closed');
    const stamp = stampNames[index] ?? '';
    return off ? [{ code: 'alreadyDrained', stamp, message: `all origins of ${stamp} are disabled already` }] : [];
  });
}

export function shortOfRoom(shortfalls: readonly Shortfall[]): BlockedReason {
  return { code: 'shortOfRoom', shortfalls, message: `the survivors cannot take the traffic: ${shortfalls.map(shortfallText).join('; ')}` };
}

export const shortfallText = ({ stamp, constraint, subject, missing, unit, fix }: Shortfall): string => `${stamp}: ${constraint} (${subject}) is short of ${missing} ${unit}; ${fix}`;

function shortfallNotes(sized: readonly SizedStamp[]): string[] {
  return sized.flatMap(({ sizing }) => sizing.shortfalls.map(shortfallText));
}

function sourceNotes({ demand, model, growth }: PlanContext): string[] {
  const notes: string[] = [];
  if (demand.source === 'countryTable') notes.push('shares stand on users by country and estimated latencies');
  if (demand.source === 'allToNearest') notes.push('shares stand on nothing measured: everyone goes to the nearest stamp');
  for (const { name, latencyWindowMs } of model.groups) {
    if (latencyWindowMs === 0) notes.push(`origin group ${name} has latency sensitivity 0 ms: weights are inert, everyone goes to the nearest survivor`);
  }
  if (growth > 1.005) notes.push(`planned for ${Math.round((growth - 1) * 100)} % more than the demand measured at the edges`);
  return notes;
}
