import { parameterOf } from './faults.ts';
import type { Fault, FaultBoard, RegionQuotaSpec, SkuSpec, StampPhysics, WorldSpec } from './types.ts';

/** What of the world the limits are computed from; a `World` is one. */
export interface LimitedWorld {
  readonly spec: WorldSpec;
  readonly stamps: ReadonlyMap<string, Pick<StampPhysics, 'spec' | 'pools'>>;
  readonly faults: Pick<FaultBoard, 'active'>;
}

export interface SubnetUse {
  readonly used: number;
  readonly total: number;
}

/**
 * vCPU quota of a region as Azure would list it now: what the spec says was used, moved by every machine that came or
 * went since. The fault quotaShort leaves `coresLeft` (default 0) above what the fleet used at the start, in all quotas or in that
 * which `of` names: family, region or lowPriority.
 */
export function quotaOf(world: LimitedWorld, region: string): RegionQuotaSpec {
  const spec = world.spec.quotas[region] ?? { coresUsed: 0, coresLimit: 0, families: {}, lowPriority: { used: 0, limit: 0 } };
  const stamps = [...world.stamps.values()].filter((stamp) => stamp.spec.region === region);
  const short = stamps.map((stamp) => world.faults.active('quotaShort', stamp.spec.name)).find((fault) => fault !== null) ?? null;
  const limitOf = (quota: 'family' | 'region' | 'lowPriority', used: number, limit: number): number => (short !== null && (short['of'] ?? quota) === quota ? used + parameterOf(short, 'coresLeft', 0) : limit);
  const grown = new Map<string, number>();
  let lowPriorityGrown = 0;
  for (const stamp of stamps) {
    for (const pool of stamp.pools.list()) {
      const sku = skuOf(world.spec, pool.vmSize);
      if (sku === null) continue;
      const before = stamp.spec.pools.find((candidate) => candidate.name === pool.name)?.count ?? 0;
      const cores = (pool.count - before) * sku.vCpus;
      if (pool.priority === 'Spot') lowPriorityGrown += cores;
      else grown.set(sku.family, (grown.get(sku.family) ?? 0) + cores);
    }
  }
  const allGrown = [...grown.values()].reduce((sum, cores) => sum + cores, 0);
  return {
    coresUsed: spec.coresUsed + allGrown,
    coresLimit: limitOf('region', spec.coresUsed, spec.coresLimit),
    families: Object.fromEntries(Object.entries(spec.families).map(([family, { used, limit }]) => [family, { used: used + (grown.get(family) ?? 0), limit: limitOf('family', used, limit) }])),
    lowPriority: { used: spec.lowPriority.used + lowPriorityGrown, limit: limitOf('lowPriority', spec.lowPriority.used, spec.lowPriority.limit) },
  };
}

export interface OfferedSku extends SkuSpec {
  /** Zones in which this subscription may not use it; all of the region: `region`. */
  readonly restricted: 'region' | readonly string[];
}

/** The fault skuRefused restricts the VM sizes of the stamp's user pools in its region, or in its `zones` alone. */
export function skusOf(world: LimitedWorld, region: string): readonly OfferedSku[] {
  const refused = new Map<string, OfferedSku['restricted']>();
  for (const stamp of world.stamps.values()) {
    const fault = world.faults.active('skuRefused', stamp.spec.name);
    if (stamp.spec.region !== region || fault === null) continue;
    for (const pool of stamp.spec.pools) if (pool.mode === 'User') refused.set(pool.vmSize, zonesOf(fault) ?? 'region');
  }
  return world.spec.skus.map((sku) => ({ ...sku, restricted: refused.get(sku.name) ?? [] }));
}

/** Of the zones of a pool those in which its size may be used. */
export function openZones(faults: LimitedWorld['faults'], stamp: string, zones: readonly string[]): readonly string[] {
  const fault = faults.active('skuRefused', stamp);
  const closed = fault === null ? [] : (zonesOf(fault) ?? zones);
  return zones.filter((zone) => !closed.includes(zone));
}

function zonesOf(fault: Fault): readonly string[] | null {
  const { zones } = fault;
  return Array.isArray(zones) ? zones.map(String) : null;
}

/** Addresses of a stamp's node subnet. The fault subnetFull leaves `addressesLeft` (default 0) above the nodes at the start. */
export function subnetOf(world: LimitedWorld, stamp: string): SubnetUse {
  const physics = world.stamps.get(stamp);
  if (physics === undefined) return { used: 0, total: 0 };
  const used = physics.pools.list().reduce((sum, pool) => sum + pool.count, 0);
  const full = world.faults.active('subnetFull', stamp);
  const total = full === null ? physics.spec.subnetAddresses : nodesAtStart(physics) + parameterOf(full, 'addressesLeft', 0);
  return { used, total };
}

export function nodesAtStart(stamp: Pick<StampPhysics, 'spec'>): number {
  return stamp.spec.pools.reduce((sum, pool) => sum + pool.count, 0);
}

export function skuOf(spec: WorldSpec, name: string): SkuSpec | null {
  return spec.skus.find((candidate) => candidate.name === name) ?? null;
}
