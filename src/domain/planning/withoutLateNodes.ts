import { lateNodesFix } from '../capacity/index.ts';
import type { FleetFacts, NodeFacts, PoolFacts } from '../facts.ts';
import type { StampName } from '../fleet.ts';
import type { Plan, Shortfall } from '../plan.ts';
import { known } from '../reading.ts';

/**
 * What earlier plans of the run asked for and the region did not deliver is not counted on again: the pool is taken to be as large as
 * its ready nodes are and to get no more, so that the room is looked for elsewhere (the same fallback chain as for a quota that is short).
 * `askedBefore`: epoch milliseconds; only plans older than nodes may take say that nodes are late. `late`: what did not come, also where
 * the next plan does without.
 */
export function withoutLateNodes(facts: FleetFacts, earlier: readonly Plan[], askedBefore: number): { readonly facts: FleetFacts; readonly late: readonly Shortfall[] } {
  const missing = missingNodes(facts, earlier.filter(({ at }) => at <= askedBefore));
  if (missing.size === 0) return { facts, late: [] };
  const late: Shortfall[] = [];
  const stamps = Object.entries(facts.stamps).map(([stamp, read]) => {
    if (read.pools.kind === 'unknown') return [stamp, read] as const;
    const pools = read.pools.value.map((pool) => {
      const found = missing.get(`${stamp}/${pool.name}`);
      if (found === undefined) return pool;
      late.push(shortfallOf(stamp, pool, found));
      return { ...pool, count: found.ready, minCount: Math.min(pool.minCount, found.ready), nodesLate: found.missing };
    });
    return [stamp, { ...read, pools: known(pools, read.pools.observedAt) }] as const;
  });
  return { facts: { ...facts, stamps: Object.fromEntries(stamps) }, late };
}

interface MissingNodes {
  readonly ready: number;
  readonly missing: number;
}

/** By stamp and pool. */
function missingNodes(facts: FleetFacts, plans: readonly Plan[]): ReadonlyMap<string, MissingNodes> {
  const found = new Map<string, MissingNodes>();
  for (const { stamp, pools } of plans.flatMap(({ surges }) => surges)) {
    const nodes = facts.stamps[stamp]?.nodes;
    if (nodes?.kind !== 'known') continue;
    for (const { pool, nodesWanted } of pools) {
      const ready = readyNodes(nodes.value, pool);
      if (ready < nodesWanted) found.set(`${stamp}/${pool}`, { ready, missing: nodesWanted - ready });
    }
  }
  return found;
}

const readyNodes = (nodes: readonly NodeFacts[], pool: string): number => nodes.filter((node) => node.pool === pool && node.ready === 'ready' && node.schedulable === 'schedulable').length;

const shortfallOf = (stamp: StampName, pool: PoolFacts, { missing }: MissingNodes): Shortfall => ({ stamp, constraint: 'nodesLate', subject: pool.name, missing, unit: 'nodes', fix: lateNodesFix(pool) });
