import type { BlockedReason, Finding, GateStep, OriginShift, Plan, PlanResult } from '../plan.ts';
import { blocked } from './blocked.ts';
import { drainShares, type DrainUse } from './drainShares.ts';
import { expectedOutcome } from './expected.ts';
import { loadsBefore, type FleetLoads } from './fleetLoads.ts';
import { findRoom } from './findRoom.ts';
import { gainsOver } from './gainsOver.ts';
import { holdRoom, type HeldRoom } from './holdRoom.ts';
import { isEnough, type Room, type RoomQuestion } from './room.ts';
import { drainNotes, inertWeightNotes, shortfallText, shortOfRoom, sourceNotes } from './planNotes.ts';
import type { PlanContext } from './planContext.ts';
import { partialRoom } from './partialRoom.ts';
import { gatesTo, shiftsTo } from './planShifts.ts';
import { notRunThere } from './notRunThere.ts';
import { planSheds, planSurges } from './planSurges.ts';
import { stateWith, stateWithout } from './routingStates.ts';
import { roomOfLeaving } from './roomToReturn.ts';
import { servedGroups } from './servedGroups.ts';
import { buildStampModels } from './sizeStamps.ts';
import { groupsLeftWithoutHealthyOrigin, survivorsUnhealthy, unfitStamps } from './survivors.ts';

/**
 * Taking the request's stamps out of service: what failover, drain and drill have in common.
 * Graceful keeps I2 or is blocked; ungraceful and surge-only make what room there is and say what is missing.
 */
export function planDeparture(context: PlanContext): PlanResult {
  const held = holdRoom(context);
  const refusals = [...settingsUnknown(context), ...demandUnknown(context), ...alreadyDrained(context), ...groupsLeftWithoutHealthyOrigin(context), ...held.refusals];
  if (refusals.length > 0) return blocked(refusals);
  const before = loadsBefore(context, stateWith(context, context.asked));
  const over = gainsOver(context, before, context.asked);
  const drains = drainShares(context, before, context.asked);
  const models = buildStampModels(context);
  const without = stateWithout(context, context.asked);
  const planned = (room: Room, reach: Plan['reach']): PlanResult => planOf(context, { room, before, drains: drains.uses, reach, held });
  if (!mustProveRoom(context)) {
    const sheds = context.input.request.scope === 'surgeOnly' ? 'none' : 'asPolicySays';
    const room = findRoom({ context, models, before, over, drains, weights: 'stay', sheds, unfit: new Set() }, without);
    return orWhyIdle(context, room, planned(room, 'full'));
  }

  const question: RoomQuestion = { context, models, before, over, drains, weights: 'mayChange', sheds: 'asPolicySays', unfit: unfitStamps(context) };
  const full = findRoom(question, without);
  if (isEnough(full)) return planned(full, 'full');
  if (full.unfitGaining.length > 0) return blocked(survivorsUnhealthy(context, full.unfitGaining));
  if (context.input.request.kind !== 'failover') return blocked([shortOfRoom(full.shortfalls)]);
  const partial = partialRoom(question, context);
  if (partial === null) return blocked([shortOfRoom(full.shortfalls), ...partialRefused(context)]);
  return planned({ ...partial, around: full.shortfalls }, 'partial');
}

/** On suspicion alone there is nothing to do but room: where none can be made, the reasons are told instead. */
function orWhyIdle(context: PlanContext, room: Room, result: PlanResult): PlanResult {
  const isIdle = result.kind === 'planned' && context.input.request.scope === 'surgeOnly' && result.plan.surges.length === 0;
  return isIdle && room.shortfalls.length > 0 ? blocked([shortOfRoom(room.shortfalls)]) : result;
}

/** I2 binds a graceful run that moves traffic; the others move none, or what has moved already. */
const mustProveRoom = ({ input: { request } }: PlanContext): boolean => request.mode === 'graceful' && request.scope === 'full';

interface Departure {
  readonly room: Room;
  readonly before: FleetLoads;
  readonly drains: readonly DrainUse[];
  readonly reach: Plan['reach'];
  readonly held: HeldRoom;
}

function planOf(context: PlanContext, { room, before, drains, reach, held }: Departure): PlanResult {
  const { request, revision } = context.input;
  const { gates, shifts } = trafficSteps(context, room, reach);
  // What is not run there is told and no bar: what else moves is better off where it goes, and a person may know better.
  const short = [...room.shortfalls, ...room.around, ...notRunThere(context, before, room, context.asked)];
  const plan: Plan = {
    kind: request.kind,
    mode: request.mode,
    revision,
    at: context.at,
    stamps: request.stamps,
    reach,
    surges: [...planSurges(room.sized, context.policy), ...held.surges],
    sheds: planSheds(room.sized),
    gates,
    shifts,
    expected: expectedOutcome(context, before, room.after, room.sized),
    ...servedBefore(context),
    ...(mustProveRoom(context) && request.kind !== 'drill' ? { leaving: roomOfLeaving(context) } : {}),
    notes: [...context.notes, ...sourceNotes(context), ...drainNotes(context, drains), ...inertWeightNotes(context), ...wayNotes(context, room, reach), ...holdNotes(held), ...short.map(shortfallText)],
  };
  const findings = short.map((shortfall): Finding => ({ severity: 'warning', invariant: 'I2', message: shortfallText(shortfall) }));
  return { kind: 'planned', plan, findings };
}

/** What a drill or a drain of one stamp that is well is measured against, in the groups that the stamp serves; nothing where that cannot be told. */
function servedBefore({ fleet, traffic, trafficKnown, stampNames, stampFacts, out, input: { request, assessment } }: PlanContext): Pick<Plan, 'served'> {
  const [stamp, ...others] = request.stamps;
  if (request.kind === 'failover' || request.mode === 'ungraceful' || stamp === undefined || others.length > 0 || trafficKnown === 'assumed') return {};
  const loads = Object.fromEntries(stampFacts.map(({ load }, index) => [stampNames[index] ?? '', load]));
  const groups = servedGroups({ fleet, traffic, loads, assessment, isOut: (name) => out.has(stampNames.indexOf(name)) });
  const served = groups.filter(({ requestsPerSecond }) => (requestsPerSecond[stamp] ?? 0) > 0);
  return served.length === 0 ? {} : { served };
}

/**
 * A gate drains within seconds, at the weights that the survivors have: where these must change first, and where some traffic
 * is to stay, gates are left open. Survivors' weights go first, so that nobody gets more on the way than in the end.
 * A drill that gates can carry leaves Front Door's settings alone: an origin that was disabled takes up to 20 minutes to come
 * back, and a drill has to yield at once (ADR 0307).
 */
function trafficSteps(context: PlanContext, room: Room, reach: Plan['reach']): { readonly gates: readonly GateStep[]; readonly shifts: readonly OriginShift[] } {
  if (context.input.request.scope === 'surgeOnly' || context.trafficKnown === 'assumed') return { gates: [], shifts: [] };
  const shifts = shiftsTo(context, room.after.state);
  const survivorsFirst = [...shifts.filter(({ stamp }) => !context.input.request.stamps.includes(stamp)), ...shifts.filter(({ stamp }) => context.input.request.stamps.includes(stamp))];
  const gates = reach === 'full' && (room.by === 'asIs' || context.input.request.mode === 'ungraceful') ? gatesTo(context, 'closed') : [];
  if (context.input.request.kind === 'drill' && gates.length === context.asked.size) return { gates, shifts: [] };
  return { gates, shifts: survivorsFirst };
}

const holdNotes = ({ surges }: HeldRoom): string[] => surges.map(({ stamp }) => `${stamp} keeps the pods that run there now: its users come back to them at once`);

function wayNotes(context: PlanContext, room: Room, reach: Plan['reach']): string[] {
  const notes: string[] = [];
  if (context.trafficKnown === 'assumed') notes.push('no traffic is moved: Front Door\'s settings cannot be read, and its own probes keep users away from a dead stamp');
  if (room.by === 'weights') notes.push('survivors\' weights change so that none is short; gates stay open, since traffic may move only when the weights have landed');
  if (reach === 'partial') notes.push('the survivors cannot take all: a part of the traffic stays');
  return notes;
}

/** I1 cannot be shown without knowing which origins are enabled. A run that moves no traffic may still make room. */
function settingsUnknown(context: PlanContext): BlockedReason[] {
  if (context.trafficKnown === 'known' || !mustProveRoom(context)) return [];
  return [{ code: 'factsUnknown', inputs: ['traffic'], message: 'Front Door\'s settings cannot be read: which origins would be left is not known' }];
}

/** Nothing says how much must be moved, not even what is running: no room can be proved for it. */
function demandUnknown(context: PlanContext): BlockedReason[] {
  if (context.demandKnown === 'known' || !mustProveRoom(context)) return [];
  const total = context.model.groups.reduce((sum, { users }) => sum + users.reduce((all, { requestsPerSecond }) => all + requestsPerSecond, 0), 0);
  return total > 0 ? [] : [{ code: 'factsUnknown', inputs: ['demand', 'load'], message: 'neither demand nor load nor replicas can be read: what would have to be moved is not known' }];
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

/** Why no part of the traffic can be moved either: the setting that stands in the way. */
function partialRefused({ model, asked }: PlanContext): BlockedReason[] {
  return model.groups
    .filter((group) => group.latencyWindowMs === 0 && group.origins.some(({ stampIndex }) => asked.has(stampIndex)))
    .map(({ name }) => ({
      code: 'weightsInert',
      originGroup: name,
      message: `a part of the traffic cannot be moved: origin group ${name} has latency sensitivity 0 ms, at which weights do nothing; raise additionalLatencyInMilliseconds above 0`,
    }));
}
