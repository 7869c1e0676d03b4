import { boundsAreOurs, type StampModel } from '../capacity/index.ts';
import type { RoutingState } from '../traffic/index.ts';
import { gainingStamps } from './fleetLoads.ts';
import { isEnough, loadsUnder, mustProve, type Room, type RoomQuestion } from './room.ts';
import { searchWeights } from './searchWeights.ts';
import { sheddingNothing, sizeStamps, type ShedChoice } from './sizeStamps.ts';

/**
 * The fallback chain, once the pools of one survivor and their zones are used up (packPods): the other survivors, by weight,
 * where a latency window lets weights work; then shedding tier 3, where policy lets it; then both. If nothing
 * helps: what there is, tier 3 shed if that is allowed, with what is missing.
 */
export function findRoom(question: RoomQuestion, state: RoutingState): Room {
  const plain = roomUnder(question, state, sheddingNothing, 'asIs');
  if (isEnough(plain)) return plain;
  const balanced = withBalancedWeights(question, plain, sheddingNothing);
  if (balanced !== null) return { ...balanced, around: plain.shortfalls };
  if (question.sheds === 'none' || question.context.policy.shedTier3 === 'never') return plain;
  const shed = roomUnder(question, state, shedWhereShort(plain), 'asIs');
  if (isEnough(shed)) return { ...shed, around: plain.shortfalls };
  const both = withBalancedWeights(question, shed, shedWhereShort(plain));
  return both === null ? shed : { ...both, around: plain.shortfalls };
}

/**
 * Whether other weights would give everyone room, where `found` did not. What took more is taken to take less: of pods that all have a
 * place, fewer have one too.
 */
export function otherWeightsWouldDo(question: RoomQuestion, found: Room): boolean {
  const mayShed = question.context.policy.shedTier3 !== 'never';
  const plain = mayShed ? roomUnder(question, found.after.state, sheddingNothing, 'asIs') : found;
  const rounds = question.models.takes.size === 0 ? roundsOfSizing : roundsOfEstimates;
  if (searchWeights(question, plain, sheddingNothing, rounds).next() !== null) return true;
  return mayShed && searchWeights(question, found, shedWhereShort(plain), rounds).next() !== null;
}

function roomUnder(question: RoomQuestion, state: RoutingState, shed: ShedChoice, by: Room['by']): Room {
  const { context, models, before, over, drains, unfit } = question;
  const after = loadsUnder(question, state, drains.modelled ?? before);
  const gaining = gainingStamps(over, after);
  const sized = sizeStamps(context, models, mustProve(context, after, gaining), before, after, shed);
  return { after, gaining, sized, shortfalls: sized.flatMap(({ sizing }) => sizing.shortfalls), unfitGaining: gaining.filter((index) => unfit.has(index)), by, around: [] };
}

/** At exactly these settings. */
export const findRoomAsSet = (question: RoomQuestion, state: RoutingState): Room => roomUnder(question, state, sheddingNothing, 'asIs');

/** Each round takes weight from what is short; enough rounds for a weight to fall to a hundredth. */
const roundsOfSizing = 20;
/** Where other losses have shown what stamps take, a round costs hardly more than the routing, and it may come nearer. */
const roundsOfEstimates = 30;

function withBalancedWeights(question: RoomQuestion, start: Room, shed: ShedChoice): Room | null {
  const search = searchWeights(question, start, shed, roundsOfSizing);
  for (let state = search.next(); state !== null; state = search.next()) {
    const room = roomUnder(question, state, shed, 'weights');
    if (isEnough(room)) return room;
    search.refute(room);
  }
  return null;
}

/** Tier 3 workloads whose HPA we may move, in stamps that are short. */
function shedWhereShort({ sized }: Room): ShedChoice {
  const short = new Set(sized.filter(({ sizing }) => sizing.shortfalls.length > 0).map(({ model }) => model.stamp.name));
  return (model) => (short.has(model.stamp.name) ? tier3Of(model) : new Set());
}

function tier3Of({ workloads }: StampModel): ReadonlySet<number> {
  return new Set(
    workloads.flatMap(({ workload, facts }, position) => {
      const hpa = facts?.hpa ?? null;
      return workload.tier === 3 && hpa !== null && boundsAreOurs(hpa) ? [position] : [];
    }),
  );
}
