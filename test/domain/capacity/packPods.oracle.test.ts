import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestFirst } from '../../../src/domain/capacity/packingOrder.ts';
import { packPods } from '../../../src/domain/capacity/packPods.ts';
import { model, node, nodeSize, pool, workload, workloadFacts } from './smallStamp.ts';

/*
 * Oracle: the fewest new nodes for which an exhaustive search finds a place for every pod. New nodes go to the zone with the
 * fewest, the first of equals, which is what the scale set does and what the packing assumes.
 */
interface Case {
  readonly zones: 1 | 2 | 3;
  readonly existing: readonly { readonly zone: number; readonly cpu: number; readonly memory: number; readonly pods: number }[];
  readonly kinds: readonly { readonly cpu: number; readonly memory: number; readonly count: number; readonly spread: 'spread' | 'anywhere' }[];
}

interface Room {
  readonly zone: number;
  cpu: number;
  memory: number;
  pods: number;
}

const podsPerNode = 4;
const cases: fc.Arbitrary<Case> = fc.integer({ min: 1, max: 3 }).chain((zones) =>
  fc.record({
    zones: fc.constant(zones as 1 | 2 | 3),
    existing: fc.array(fc.record({ zone: fc.integer({ min: 0, max: zones - 1 }), cpu: fc.integer({ min: 0, max: 4 }), memory: fc.integer({ min: 0, max: 8 }), pods: fc.integer({ min: 0, max: podsPerNode }) }), { maxLength: 3 }),
    kinds: fc.array(fc.record({ cpu: fc.integer({ min: 1, max: 8 }).map((half) => half / 2), memory: fc.integer({ min: 1, max: 8 }), count: fc.integer({ min: 1, max: 4 }), spread: fc.constantFrom('spread' as const, 'anywhere' as const) }), { minLength: 1, maxLength: 3 }),
  }),
);

function fewestNewNodes({ zones, existing, kinds }: Case): number {
  for (let extra = 0; extra <= 12; extra += 1) {
    const counts = Array.from({ length: zones }, (_, zone) => existing.filter((one) => one.zone === zone).length);
    const rooms: Room[] = existing.map(({ zone, cpu, memory, pods }) => ({ zone, cpu: 4 - cpu, memory: 8 - memory, pods: podsPerNode - pods }));
    for (let added = 0; added < extra; added += 1) {
      const zone = counts.indexOf(Math.min(...counts));
      counts[zone] = (counts[zone] ?? 0) + 1;
      rooms.push({ zone, cpu: 4, memory: 8, pods: podsPerNode });
    }
    if (placeAll(rooms, kinds, 0, 0, Array.from({ length: zones }, () => 0), 0)) return extra;
  }
  return Infinity;
}

/** Depth first over pods; pods of a kind are alike, so that each goes to no earlier node than the one before it. */
function placeAll(rooms: readonly Room[], kinds: Case['kinds'], kind: number, placed: number, perZone: readonly number[], from: number): boolean {
  const current = kinds[kind];
  if (current === undefined) return true;
  if (placed === current.count) {
    if (current.spread === 'spread' && Math.max(...perZone) - Math.min(...perZone) > 1) return false;
    return placeAll(rooms, kinds, kind + 1, 0, perZone.map(() => 0), 0);
  }
  const tried = new Set<string>();
  for (let at = from; at < rooms.length; at += 1) {
    const room = rooms[at];
    if (room === undefined || room.cpu < current.cpu || room.memory < current.memory || room.pods < 1) continue;
    const alike = `${room.zone}|${room.cpu}|${room.memory}|${room.pods}`;
    if (tried.has(alike)) continue;
    tried.add(alike);
    room.cpu -= current.cpu;
    room.memory -= current.memory;
    room.pods -= 1;
    const fits = placeAll(rooms, kinds, kind, placed + 1, perZone.map((count, zone) => count + (zone === room.zone ? 1 : 0)), at);
    room.cpu += current.cpu;
    room.memory += current.memory;
    room.pods += 1;
    if (fits) return true;
  }
  return false;
}

function packed({ zones, existing, kinds }: Case): { readonly newNodes: number; readonly unplaced: number } {
  const names = kinds.map((_, index) => `w${index}`);
  const stampModel = model(
    names.map((name) => workload(name)),
    {
      pools: [pool('a', { count: existing.length, minCount: 0, zones: Array.from({ length: zones }, (_, zone) => String(zone + 1)), maxPods: podsPerNode })],
      nodes: existing.length > 0
        ? existing.map(({ zone, cpu, memory, pods }) => node('a', String(zone + 1), { cpuMillicores: cpu * 1000, memoryMiB: memory * 1000 }, pods, { allocatablePods: podsPerNode }))
        : [node('elsewhere', '1', {}, 0, { allocatablePods: podsPerNode })],
      workloads: kinds.map(({ cpu, memory, spread }, index) =>
        workloadFacts(names[index] ?? '', { cpuMillicores: cpu * 1000, memoryMiB: memory * 1000 }, { topologySpread: spread === 'spread' ? [{ topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] : [] }),
      ),
    },
  );
  // A pool without nodes has its template from the SKU; here every empty node is the same.
  const pools = stampModel.pools.map((one) => ({ ...one, template: { free: nodeSize, freePods: podsPerNode } }));
  const limits = stampModel.limits.filter(({ constraint }) => constraint !== 'inputUnknown');
  const { newNodes, unplaced } = packPods({ ...stampModel, pools, limits, largestFirst: largestFirst(stampModel.workloads, pools) }, { additional: kinds.map(({ count }) => count) }, 'largestFirst', new Map());
  return { newNodes: newNodes[0] ?? 0, unplaced: unplaced.reduce((sum, count) => sum + count, 0) };
}

describe('packPods against an exhaustive search', () => {
  it('never asks for fewer nodes than are needed', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const { newNodes, unplaced } = packed(one);
        expect(unplaced).toBe(0);
        expect(newNodes).toBeGreaterThanOrEqual(fewestNewNodes(one));
      }),
      { numRuns: 1500, seed: 6 },
    );
  });

  it('asks for at most a tenth more than the optimum on average, as docs/capacity.md plots', () => {
    const over = new Map<number, number>();
    let asked = 0;
    let optimum = 0;
    for (const one of fc.sample(cases, { numRuns: 1000, seed: 7 })) {
      const { newNodes } = packed(one);
      const fewest = fewestNewNodes(one);
      over.set(newNodes - fewest, (over.get(newNodes - fewest) ?? 0) + 1);
      asked += newNodes;
      optimum += fewest;
    }
    expect(optimum).toBeGreaterThan(1000);
    expect(asked / optimum).toBeLessThanOrEqual(1.1);
    expect(asked / optimum).toBeGreaterThanOrEqual(1);
    const docs = readFileSync(new URL('../../../docs/capacity.md', import.meta.url), 'utf8');
    expect(docs).toContain(`${asked} nodes against ${optimum} at best, ${((asked / optimum - 1) * 100).toFixed(1)} % over`);
    for (const [extra, count] of [...over].toSorted(([a], [b]) => a - b)) expect(docs).toContain(`${extra} nodes over |${'#'.repeat(Math.max(1, Math.round(count / 20)))} ${count}`);
  });
});
