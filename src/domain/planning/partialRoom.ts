import { findRoomAsSet } from './findRoom.ts';
import { shareTolerance } from './judgeShift.ts';
import type { PlanContext } from './planContext.ts';
import { isEnough, type Room, type RoomQuestion } from './room.ts';
import { mapState } from './routingStates.ts';

/**
 * The largest part of the traffic for which the survivors have room: in groups with a latency window the weight of the
 * request's stamps is halved upon halved interval, groups without one are drained in full. Null where no weight helps, and where the
 * part would be too small to be seen: behind another priority no weight moves anybody.
 */
export function partialRoom(question: RoomQuestion, context: PlanContext): Room | null {
  const windows = new Map(context.model.groups.map(({ name, latencyWindowMs }) => [name, latencyWindowMs]));
  const heaviest = Math.max(0, ...context.model.groups.flatMap((group) => group.origins.filter(({ stampIndex }) => context.asked.has(stampIndex) && group.latencyWindowMs > 0).map(({ facts }) => facts.weight)));
  const roomAt = (step: number): Room =>
    findRoomAsSet(question, mapState(context, (state, at) => {
      if (!context.asked.has(at.stampIndex) || state.serves === 'disabled') return state;
      if ((windows.get(at.originGroup) ?? 0) === 0) return { ...state, serves: 'disabled' };
      return { weight: Math.max(1, Math.floor((state.weight * step) / heaviest)), serves: 'serving' };
    }));
  if (heaviest <= 1) return null;
  let short = 0;
  let enough = heaviest;
  let best: Room | null = null;
  while (enough - short > 1) {
    const middle = Math.floor((short + enough) / 2);
    const room = roomAt(middle);
    if (isEnough(room)) {
      best = room;
      enough = middle;
    } else short = middle;
  }
  return best !== null && movedShare(best, question, context) > shareTolerance ? best : null;
}

/** 0..1 of the fleet's requests that leave the request's stamps. */
function movedShare({ after }: Room, { before }: RoomQuestion, { asked }: PlanContext): number {
  const total = before.expected.reduce((sum, load) => sum + load, 0);
  const moved = [...asked].reduce((sum, index) => sum + (before.expected[index] ?? 0) - (after.expected[index] ?? 0), 0);
  return total > 0 ? moved / total : 0;
}
