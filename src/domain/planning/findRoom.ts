import { boundsAreOurs, type StampModel } from '../capacity/index.ts';
import type { Shortfall } from '../plan.ts';
import type { RoutingState } from '../traffic/index.ts';
import { balanceWeights } from './balanceWeights.ts';
import type { FleetContext } from './fleetContext.ts';
import { withDrainShares, type DrainShares } from './drainShares.ts';
import { gainingStamps, loadsAfter, servingStamps, type FleetLoads } from './fleetLoads.ts';
import { partPlaced, RoomLearnt } from './roomLearnt.ts';
import { sheddingNothing, sizeStamps, type ShedChoice, type SizedStamp, type StampModels } from './sizeStamps.ts';

/** Where traffic would go and what each stamp that gains needs for it. */
export interface Room {
  readonly after: FleetLoads;
  readonly gaining: readonly number[];
  readonly sized: readonly SizedStamp[];
  readonly shortfalls: readonly Shortfall[];
  /** Positions of stamps that would get more and must not. */
  readonly unfitGaining: readonly number[];
  /** `weights`: survivors' weights had to change, which Front Door may take 20 minutes to follow. */
  readonly by: 'asIs' | 'weights';
}

export interface RoomQuestion {
  readonly context: FleetContext;
  readonly models: StampModels;
  readonly before: FleetLoads;
  /** What drains have shown of the stamps in question. */
  readonly drains: DrainShares;
  /** Whether survivors' weights may be changed to relieve one that is short. */
  readonly weights: 'mayChange' | 'stay';
  /** Positions of stamps that must not get more than they have. */
  readonly unfit: ReadonlySet<number>;
}

/**
 * The fallback chain, once the pools of one survivor and their zones are used up (packPods): the other survivors, by weight,
 * where a latency window lets weights work; then shedding tier 3, where policy lets it; then both. If nothing
 * helps: what there is, tier 3 shed if that is allowed, with what is missing.
 */
export function findRoom(question: RoomQuestion, state: RoutingState): Room {
  const plain = roomUnder(question, state, sheddingNothing, 'asIs');
  if (isEnough(plain)) return plain;
  const balanced = withBalancedWeights(question, plain, sheddingNothing);
  if (balanced !== null) return balanced;
  if (question.context.policy.shedTier3 === 'never') return plain;
  const shed = roomUnder(question, state, shedWhereShort(plain), 'asIs');
  if (isEnough(shed)) return shed;
  return withBalancedWeights(question, shed, shedWhereShort(plain)) ?? shed;
}

export const isEnough = ({ shortfalls, unfitGaining }: Room): boolean => shortfalls.length === 0 && unfitGaining.length === 0;

const loadsUnder = ({ context, before, drains }: RoomQuestion, state: RoutingState): FleetLoads =>
  withDrainShares(context, drains, before, loadsAfter(context, state, drains.modelled ?? before));

function roomUnder(question: RoomQuestion, state: RoutingState, shed: ShedChoice, by: Room['by']): Room {
  const { context, models, before, unfit } = question;
  const after = loadsUnder(question, state);
  const gaining = gainingStamps(before, after);
  const sized = sizeStamps(context, models, mustProve(context, after, gaining), before, after, shed);
  return { after, gaining, sized, shortfalls: sized.flatMap(({ sizing }) => sizing.shortfalls), unfitGaining: gaining.filter((index) => unfit.has(index)), by };
}

const mustProve = (context: FleetContext, after: FleetLoads, gaining: readonly number[]): readonly number[] => (context.mustProve === 'serving' ? servingStamps(after) : gaining);

/** At exactly these settings. */
export const findRoomAsSet = (question: RoomQuestion, state: RoutingState): Room => roomUnder(question, state, sheddingNothing, 'asIs');

/** Each round takes weight from what is short; enough rounds for a weight to fall to a hundredth. */
const balancingRounds = 20;
/** Of its weight, in each round, a stamp that must not gain. */
const unfitKeeps = 0.7;

function withBalancedWeights(question: RoomQuestion, start: Room, shed: ShedChoice): Room | null {
  const { context, models, before, unfit } = question;
  if (question.weights === 'stay' || context.model.groups.every(({ latencyWindowMs }) => latencyWindowMs === 0)) return null;
  const learnt = new RoomLearnt(context, models);
  let { after, sized, unfitGaining } = start;
  for (let round = 0; round < balancingRounds; round += 1) {
    learnt.learn(sized, after);
    const state = balanceWeights(question, after.state, partsToKeep(learnt, sized, unfitGaining, after));
    if (state === null) return null;
    after = loadsUnder(question, state);
    const gaining = gainingStamps(before, after);
    unfitGaining = gaining.filter((index) => unfit.has(index));
    const loads = after.planned;
    const proving = mustProve(context, after, gaining);
    sized = sizeStamps(context, models, proving.filter((index) => learnt.partWithRoom(index, loads[index] ?? 0) === null), before, after, shed);
    const seemsEnough = unfitGaining.length === 0 && sized.every(hasRoom) && proving.every((index) => (learnt.partWithRoom(index, loads[index] ?? 0) ?? 1) === 1);
    if (!seemsEnough) continue;
    const room = roomUnder(question, state, shed, 'weights');
    if (isEnough(room)) return room;
    ({ sized, unfitGaining } = room);
  }
  return null;
}

/** By position of those that get too much: the part of their weight that they keep, a little less than they have room for. */
function partsToKeep(learnt: RoomLearnt, sized: readonly SizedStamp[], unfitGaining: readonly number[], { planned }: FleetLoads): ReadonlyMap<number, number> {
  const keep = new Map(unfitGaining.map((index) => [index, unfitKeeps]));
  const lower = (index: number, part: number): unknown => keep.set(index, Math.min(keep.get(index) ?? 1, Math.max(0.5, Math.min(0.95, part * 0.99))));
  const justSized = new Set(sized.map(({ index }) => index));
  planned.forEach((load, index) => {
    const part = justSized.has(index) ? 1 : (learnt.partWithRoom(index, load) ?? 1);
    if (part < 1) lower(index, part);
  });
  for (const one of sized) if (!hasRoom(one)) lower(one.index, partPlaced(one));
  return keep;
}

const hasRoom = ({ sizing }: SizedStamp): boolean => sizing.shortfalls.length === 0;

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
