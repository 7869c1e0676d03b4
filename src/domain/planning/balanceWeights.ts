import type { RoutingState } from '../traffic/index.ts';
import type { RoomQuestion } from './room.ts';

/** Front Door: weights are whole numbers, 1 to 1000. */
const leastWeight = 1;
const mostWeight = 1000;
/** Below this a whole number is too coarse a step: then all weights of the group are scaled up first. */
const coarseBelow = 20;

/**
 * One step towards weights under which no survivor is short and none gains that must not: each one that does keeps a part of
 * its weight (`keep`, by position of the stamp), the others keep all of theirs. Null where no weight can change anything.
 */
export function balanceWeights({ context, unfit }: RoomQuestion, from: RoutingState, keep: ReadonlyMap<number, number>): RoutingState | null {
  let changed = 0;
  const state = context.model.groups.map((group, at) => {
    const before = from[at] ?? [];
    const serving = before.filter(({ serves }) => serves === 'serving');
    if (group.latencyWindowMs === 0 || serving.length < 2) return before;
    // Where each one lacks room there is nobody to give weight to.
    if (before.every(({ serves }, position) => serves !== 'serving' || keep.has(group.origins[position]?.stampIndex ?? -1))) return before;
    const lightest = Math.min(...before.flatMap(({ serves, weight }, position) => (serves === 'serving' && keep.has(group.origins[position]?.stampIndex ?? -1) ? [weight] : [])));
    // A weight that is scaled up reads as more traffic: never for a stamp that must not get any.
    const mayScale = !before.some(({ serves }, position) => serves === 'serving' && unfit.has(group.origins[position]?.stampIndex ?? -1));
    const scale = mayScale && lightest < coarseBelow ? Math.max(1, Math.floor(mostWeight / Math.max(...serving.map(({ weight }) => weight)))) : 1;
    return before.map((origin, position) => {
      const stampIndex = group.origins[position]?.stampIndex ?? -1;
      const part = keep.get(stampIndex);
      if (origin.serves !== 'serving') return origin;
      const scaled = origin.weight * scale;
      const weight = part === undefined ? scaled : Math.max(leastWeight, Math.min(scaled - 1, Math.floor(scaled * part)));
      if (weight !== origin.weight) changed += 1;
      return { ...origin, weight };
    });
  });
  return changed === 0 ? null : state;
}
