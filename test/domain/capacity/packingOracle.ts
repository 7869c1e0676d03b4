import * as fc from 'fast-check';
import { largestFirst } from '../../../src/domain/capacity/packingOrder.ts';
import { packPods } from '../../../src/domain/capacity/packPods.ts';
import { model, node, nodeSize, pool, workload, workloadFacts } from './smallStamp.ts';

/*
 * Oracle: the fewest new nodes, over all ways to divide them between the pools, for which an exhaustive search finds a
 * place for every pod. New nodes of a pool go to its zone with the fewest, the first of equals, which is what the scale set
 * does and what the packing assumes. The figure of docs/capacity.md is drawn from the same cases.
 */
export interface Case {
  readonly zones: 1 | 2 | 3;
  readonly pools: 1 | 2;
  /** Nodes that the first pool may still get; the second takes what it refuses. */
  readonly firstPoolMore: number;
  readonly existing: readonly { readonly pool: number; readonly zone: number; readonly cpu: number; readonly memory: number; readonly pods: number }[];
  readonly kinds: readonly Kind[];
}

export interface Kind {
  readonly cpu: number;
  readonly memory: number;
  readonly count: number;
  readonly spread: 'spread' | 'anywhere';
  readonly mayUse: 'first' | 'all';
}

interface Room {
  readonly pool: number;
  readonly zone: number;
  cpu: number;
  memory: number;
  pods: number;
}

/** Of the comparison that the docs show. */
export const oracleRuns = 1000;
export const oracleSeed = 7;

const podsPerNode = 4;
/** Twelve pods at the most, each on a node of its own, and what turns over the zones may cost besides. */
const nodesAtMost = 18;

const kinds: fc.Arbitrary<Kind> = fc.record({
  cpu: fc.integer({ min: 1, max: 8 }).map((half) => half / 2),
  memory: fc.integer({ min: 1, max: 8 }),
  count: fc.integer({ min: 1, max: 4 }),
  spread: fc.constantFrom('spread' as const, 'anywhere' as const),
  mayUse: fc.constantFrom('first' as const, 'all' as const),
});

const casesWith = (pools: 1 | 2): fc.Arbitrary<Case> =>
  fc.integer({ min: 1, max: 3 }).chain((zones) =>
    fc.record({
      zones: fc.constant(zones as 1 | 2 | 3),
      pools: fc.constant(pools),
      firstPoolMore: pools === 1 ? fc.constant(100) : fc.integer({ min: 0, max: 4 }),
      existing: fc.array(
        fc.record({ pool: fc.integer({ min: 0, max: pools - 1 }), zone: fc.integer({ min: 0, max: zones - 1 }), cpu: fc.integer({ min: 0, max: 4 }), memory: fc.integer({ min: 0, max: 8 }), pods: fc.integer({ min: 0, max: podsPerNode }) }),
        { maxLength: 3 },
      ),
      kinds: fc.array(kinds, { minLength: 1, maxLength: 3 }),
    }),
  );

export const onePool = casesWith(1);
export const twoPools = casesWith(2);

/** Infinity where no number of nodes is enough: a workload that may use the first pool alone, which is full. */
export function fewestNewNodes(one: Case): number {
  for (let extra = 0; extra <= nodesAtMost; extra += 1) {
    for (let first = 0; first <= extra; first += 1) {
      const perPool = one.pools === 1 ? [extra] : [first, extra - first];
      if ((one.pools === 1 && first > 0) || (perPool[0] ?? 0) > one.firstPoolMore) continue;
      if (placeAll(roomsWith(one, perPool), one.kinds, 0, 0, Array.from({ length: one.zones }, () => 0), 0)) return extra;
    }
  }
  return Infinity;
}

function roomsWith({ zones, existing }: Case, perPool: readonly number[]): Room[] {
  const rooms: Room[] = existing.map(({ pool: at, zone, cpu, memory, pods }) => ({ pool: at, zone, cpu: 4 - cpu, memory: 8 - memory, pods: podsPerNode - pods }));
  perPool.forEach((added, at) => {
    const counts = Array.from({ length: zones }, (_, zone) => existing.filter((one) => one.pool === at && one.zone === zone).length);
    for (let node = 0; node < added; node += 1) {
      const zone = counts.indexOf(Math.min(...counts));
      counts[zone] = (counts[zone] ?? 0) + 1;
      rooms.push({ pool: at, zone, cpu: 4, memory: 8, pods: podsPerNode });
    }
  });
  return rooms;
}

/** Depth first over pods; pods of a kind are alike, so that each goes to no earlier node than the one before it. */
function placeAll(rooms: readonly Room[], all: readonly Kind[], kind: number, placed: number, perZone: readonly number[], from: number): boolean {
  const current = all[kind];
  if (current === undefined) return true;
  if (placed === current.count) {
    if (current.spread === 'spread' && Math.max(...perZone) - Math.min(...perZone) > 1) return false;
    return placeAll(rooms, all, kind + 1, 0, perZone.map(() => 0), 0);
  }
  const tried = new Set<string>();
  for (let at = from; at < rooms.length; at += 1) {
    const room = rooms[at];
    if (room === undefined || room.cpu < current.cpu || room.memory < current.memory || room.pods < 1 || (current.mayUse === 'first' && room.pool !== 0)) continue;
    const alike = `${room.pool}|${room.zone}|${room.cpu}|${room.memory}|${room.pods}`;
    if (tried.has(alike)) continue;
    tried.add(alike);
    room.cpu -= current.cpu;
    room.memory -= current.memory;
    room.pods -= 1;
    const fits = placeAll(rooms, all, kind, placed + 1, perZone.map((count, zone) => count + (zone === room.zone ? 1 : 0)), at);
    room.cpu += current.cpu;
    room.memory += current.memory;
    room.pods += 1;
    if (fits) return true;
  }
  return false;
}

export interface Packed {
  readonly newNodes: number;
  readonly unplaced: number;
}

export function packed({ zones, pools, firstPoolMore, existing, kinds: all }: Case): Packed {
  const poolNames = ['a', 'b'].slice(0, pools);
  const zoneNames = Array.from({ length: zones }, (_, zone) => String(zone + 1));
  const nodesOf = (at: number): number => existing.filter((one) => one.pool === at).length;
  const nodes = existing.map(({ pool: at, zone, cpu, memory, pods }) => node(poolNames[at] ?? '', String(zone + 1), { cpuMillicores: cpu * 1000, memoryMiB: memory * 1000 }, pods, { allocatablePods: podsPerNode }));
  const stampModel = model(
    all.map(({ mayUse }, index) => workload(`w${index}`, { pools: mayUse === 'first' ? ['a'] : poolNames })),
    {
      pools: poolNames.map((name, at) => pool(name, { count: nodesOf(at), minCount: 0, zones: zoneNames, maxPods: podsPerNode })),
      nodes: nodes.length > 0 ? nodes : [node('elsewhere', '1', {}, 0, { allocatablePods: podsPerNode })],
      workloads: all.map(({ cpu, memory, spread }, index) =>
        workloadFacts(`w${index}`, { cpuMillicores: cpu * 1000, memoryMiB: memory * 1000 }, { topologySpread: spread === 'spread' ? [{ topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] : [] }),
      ),
    },
  );
  // A pool without nodes has its template from the SKU; here every empty node is the same.
  const alike = stampModel.pools.map((one) => ({ ...one, template: { free: nodeSize, freePods: podsPerNode } }));
  const limits = stampModel.limits
    .filter(({ constraint }) => constraint !== 'inputUnknown')
    .map((limit) => (limit.constraint === 'poolMax' && limit.subject === 'a' ? { ...limit, available: firstPoolMore } : limit));
  const { newNodes, unplaced } = packPods({ ...stampModel, pools: alike, limits, largestFirst: largestFirst(stampModel.workloads, alike) }, { additional: all.map(({ count }) => count) }, 'largestFirst', new Map());
  return { newNodes: newNodes.reduce((sum, count) => sum + count, 0), unplaced: unplaced.reduce((sum, count) => sum + count, 0) };
}

export interface Compared {
  readonly asked: number;
  readonly optimum: number;
}

/** Where every pod has a place both ways: what the packing asks for, and the optimum. */
export function comparedWith(cases: fc.Arbitrary<Case>, runs: number, seed: number): Compared[] {
  return fc.sample(cases, { numRuns: runs, seed }).flatMap((one) => {
    const { newNodes, unplaced } = packed(one);
    const optimum = fewestNewNodes(one);
    return unplaced > 0 || optimum === Infinity ? [] : [{ asked: newNodes, optimum }];
  });
}
