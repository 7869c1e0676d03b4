import type { RoutingState } from '../traffic/index.ts';
import { balanceWeights } from './balanceWeights.ts';
import { loadsUnder, mustProve, type Room, type RoomQuestion } from './room.ts';
import { gainingStamps, type FleetLoads } from './fleetLoads.ts';
import { partPlaced, RoomLearnt } from './roomLearnt.ts';
import { sizeStamps, type ShedChoice, type SizedStamp } from './sizeStamps.ts';

/** Of its weight, in each round, a stamp that must not gain. */
const unfitKeeps = 0.7;

export interface WeightSearch {
  /** The next weights under which everyone seems to have room; null where there are none, or the rounds are used up. */
  next(): RoutingState | null;
  /** Under the last ones somebody had not, as sizing all in full has shown. */
  refute(room: Room): void;
}

/** Survivors' weights under which nobody is short and nobody gains that must not, searched from `start`. */
export function searchWeights(question: RoomQuestion, start: Room, shed: ShedChoice, mostRounds: number): WeightSearch {
  const { context, models, before, over, unfit } = question;
  const inert = question.weights === 'stay' || context.model.groups.every(({ latencyWindowMs }) => latencyWindowMs === 0);
  const learnt = new RoomLearnt(context, models, shed);
  let { after, sized, unfitGaining } = start;
  let rounds = inert ? mostRounds : 0;

  return {
    next() {
      for (; rounds < mostRounds; rounds += 1) {
        learnt.learn(sized, after);
        const state = balanceWeights(question, after.state, partsToKeep(learnt, sized, unfitGaining, after));
        if (state === null) {
          rounds = mostRounds;
          return null;
        }
        after = loadsUnder(question, state, after);
        const gaining = gainingStamps(over, after);
        unfitGaining = gaining.filter((index) => unfit.has(index));
        const { planned } = after;
        const proving = mustProve(context, after, gaining);
        sized = sizeStamps(context, models, proving.filter((index) => learnt.partWithRoom(index, planned[index] ?? 0) === null), before, after, shed);
        const seemsEnough = unfitGaining.length === 0 && sized.every(hasRoom) && proving.every((index) => (learnt.partWithRoom(index, planned[index] ?? 0) ?? 1) === 1);
        if (seemsEnough) {
          rounds += 1;
          return state;
        }
      }
      return null;
    },
    refute(room) {
      ({ sized, unfitGaining } = room);
    },
  };
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
