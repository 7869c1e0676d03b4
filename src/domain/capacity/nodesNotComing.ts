import type { Shortfall } from '../plan.ts';
import type { StampSizing } from './sizeStamp.ts';
import type { StampModel } from './stampModel.ts';

/**
 * Nodes on their way that the pods need and a limit leaves no room for: a minCount above the count asks for them, and nothing of them
 * has been bought yet. For what-ifs alone: in a run Azure's usage and a pool's count are read apart, and a node that comes between the
 * two would be counted twice. Where new nodes are needed besides, `findShortfalls` has counted them all.
 */
export function nodesNotComing({ stamp, pools, limits }: StampModel, { packing }: Pick<StampSizing, 'packing'>): Shortfall[] {
  const ofPools = (nodes: (pool: StampModel['pools'][number], position: number) => number, costs: readonly number[]): number => pools.reduce((sum, pool, position) => sum + nodes(pool, position) * (costs[position] ?? 0), 0);
  return limits.flatMap(({ constraint, subject, unit, available, costByPool, fix }, limit): Shortfall[] => {
    if (ofPools((_, position) => (packing.newNodes[position] ?? 0) + (packing.refusedNodes[position] ?? 0), costByPool) > 0) return [];
    const taken = ofPools(({ arriving, announced }, position) => Math.max(0, (packing.arrivingTaken[position] ?? 0) - (arriving - announced)), costByPool);
    const missing = taken + (packing.used[limit] ?? 0) - available - ofPools(({ announced }) => announced, costByPool);
    return taken === 0 || missing <= 0 ? [] : [{ stamp: stamp.name, constraint, subject, missing, unit, fix: fix(missing) }];
  });
}
