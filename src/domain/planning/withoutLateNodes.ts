import type { FleetFacts, NodeFacts, PoolFacts } from '../facts.ts';
import type { Fleet, Stamp } from '../fleet.ts';
import type { Plan } from '../plan.ts';
import { known } from '../reading.ts';

/**
 * What earlier plans of the run asked for and the region did not deliver is not counted on again: the pool stays as large as
 * its ready nodes are, so that the room is looked for elsewhere (the same fallback chain as for a quota that is short).
 * `askedBefore`: epoch milliseconds; only plans older than nodes may take say that nodes are late.
 */
export function withoutLateNodes(fleet: Fleet, facts: FleetFacts, earlier: readonly Plan[], askedBefore: number): { readonly fleet: Fleet; readonly facts: FleetFacts; readonly notes: readonly string[] } {
  const late = new Map<string, number>();
  const notes: string[] = [];
  for (const { stamp, pools } of earlier.filter(({ at }) => at <= askedBefore).flatMap(({ surges }) => surges)) {
    const nodes = facts.stamps[stamp]?.nodes;
    if (nodes?.kind !== 'known') continue;
    for (const { pool, nodesWanted } of pools) {
      const ready = readyNodes(nodes.value, pool);
      if (ready >= nodesWanted) continue;
      late.set(`${stamp}/${pool}`, ready);
      notes.push(`${stamp}: ${nodesWanted - ready} of ${nodesWanted} nodes of pool ${pool} did not come in time and are not counted on again`);
    }
  }
  if (late.size === 0) return { fleet, facts, notes };
  return { fleet: { ...fleet, stamps: fleet.stamps.map((stamp) => capped(stamp, late)) }, facts: { ...facts, stamps: Object.fromEntries(Object.entries(facts.stamps).map(([name, stamp]) => [name, { ...stamp, pools: stamp.pools.kind === 'known' ? known(stamp.pools.value.map((pool) => asReady(pool, late.get(`${name}/${pool.name}`))), stamp.pools.observedAt) : stamp.pools }])) }, notes };
}

const readyNodes = (nodes: readonly NodeFacts[], pool: string): number => nodes.filter((node) => node.pool === pool && node.ready === 'ready' && node.schedulable === 'schedulable').length;

function capped(stamp: Stamp, late: ReadonlyMap<string, number>): Stamp {
  return { ...stamp, cluster: { ...stamp.cluster, pools: stamp.cluster.pools.map((pool) => ({ ...pool, surgeMaxCount: late.get(`${stamp.name}/${pool.name}`) ?? pool.surgeMaxCount })) } };
}

function asReady(pool: PoolFacts, ready: number | undefined): PoolFacts {
  return ready === undefined ? pool : { ...pool, count: ready, minCount: Math.min(pool.minCount, ready), maxCount: ready };
}
