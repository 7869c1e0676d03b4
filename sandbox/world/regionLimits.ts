import { parameterOf } from './faults.ts';
import type { Grant } from './cluster/cluster.ts';
import type { FaultBoard, PoolSpec, RegionQuotaSpec, SkuSpec, StampPhysics, WorldSpec } from './types.ts';

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
 * went since. The fault quotaShort leaves `coresLeft` (default 0) above what the fleet used at the start.
 */
export function quotaOf(world: LimitedWorld, region: string): RegionQuotaSpec {
  const spec = world.spec.quotas[region] ?? { coresUsed: 0, coresLimit: 0, families: {} };
  const stamps = [...world.stamps.values()].filter((stamp) => stamp.spec.region === region);
  const short = stamps.map((stamp) => world.faults.active('quotaShort', stamp.spec.name)).find((fault) => fault !== null) ?? null;
  const left = short === null ? null : parameterOf(short, 'coresLeft', 0);
  const grown = new Map<string, number>();
  for (const stamp of stamps) {
    for (const pool of stamp.pools.list()) {
      const sku = skuOf(world.spec, pool.vmSize);
      const before = stamp.spec.pools.find((candidate) => candidate.name === pool.name)?.count ?? 0;
      if (sku !== null) grown.set(sku.family, (grown.get(sku.family) ?? 0) + (pool.count - before) * sku.vCpus);
    }
  }
  const allGrown = [...grown.values()].reduce((sum, cores) => sum + cores, 0);
  return {
    coresUsed: spec.coresUsed + allGrown,
    coresLimit: left === null ? spec.coresLimit : spec.coresUsed + left,
    families: Object.fromEntries(
      Object.entries(spec.families).map(([family, { used, limit }]) => [family, { used: used + (grown.get(family) ?? 0), limit: left === null ? limit : used + left }]),
    ),
  };
}

export interface OfferedSku extends SkuSpec {
  /** Azure's reason code where this subscription may not use it in the region. */
  readonly restricted: 'NotAvailableForSubscription' | null;
}

/** The fault skuRefused restricts the VM sizes of the stamp's user pools in its region. */
export function skusOf(world: LimitedWorld, region: string): readonly OfferedSku[] {
  const refused = new Set<string>();
  for (const stamp of world.stamps.values()) {
    if (stamp.spec.region !== region || world.faults.active('skuRefused', stamp.spec.name) === null) continue;
    for (const pool of stamp.spec.pools) if (pool.mode === 'User') refused.add(pool.vmSize);
  }
  return world.spec.skus.map((sku) => ({ ...sku, restricted: refused.has(sku.name) ? 'NotAvailableForSubscription' : null }));
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

/** How many of the wanted machines the region gives, and the first of its limits that stops the rest. */
export function grantNodes(world: LimitedWorld, stamp: string, pool: PoolSpec, wanted: number): Grant {
  const physics = world.stamps.get(stamp);
  const sku = skuOf(world.spec, pool.vmSize);
  if (physics === undefined || sku === null) return { nodes: wanted, refusal: null };
  const quota = quotaOf(world, physics.spec.region);
  const family = quota.families[sku.family];
  const subnet = subnetOf(world, stamp);
  const partial = world.faults.active('partialCapacity', stamp);
  const limits = [
    {
      room: world.faults.active('skuRefused', stamp) !== null && pool.mode === 'User' ? 0 : wanted,
      code: 'SkuNotAvailable',
      message: `The requested VM size ${pool.vmSize} is currently not available in location '${physics.spec.region}' for this subscription.`,
    },
    {
      room: Math.floor(((family?.limit ?? Number.POSITIVE_INFINITY) - (family?.used ?? 0)) / sku.vCpus),
      code: 'QuotaExceeded',
      message: `Operation could not be completed as it results in exceeding approved ${sku.family} Cores quota. Location: ${physics.spec.region}, Current Limit: ${family?.limit}, Current Usage: ${family?.used}.`,
    },
    {
      room: Math.floor((quota.coresLimit - quota.coresUsed) / sku.vCpus),
      code: 'QuotaExceeded',
      message: `Operation could not be completed as it results in exceeding approved Total Regional Cores quota. Location: ${physics.spec.region}, Current Limit: ${quota.coresLimit}, Current Usage: ${quota.coresUsed}.`,
    },
    { room: subnet.total - subnet.used, code: 'SubnetIsFull', message: `Subnet ${physics.spec.nodeSubnetId} does not have enough capacity for ${wanted} IP addresses.` },
    {
      room: partial === null ? wanted : nodesAtStart(physics) + parameterOf(partial, 'nodes', 1) - subnet.used,
      code: 'AllocationFailed',
      message: `Allocation failed. We do not have sufficient capacity for the requested VM size ${pool.vmSize} in this region.`,
    },
  ];
  let nodes = wanted;
  let refusal: Grant['refusal'] = null;
  for (const { room, code, message } of limits) {
    if (room >= nodes) continue;
    nodes = Math.max(0, room);
    refusal = { code, message };
  }
  return { nodes, refusal };
}

function nodesAtStart(stamp: Pick<StampPhysics, 'spec'>): number {
  return stamp.spec.pools.reduce((sum, pool) => sum + pool.count, 0);
}

function skuOf(spec: WorldSpec, name: string): SkuSpec | null {
  return spec.skus.find((candidate) => candidate.name === name) ?? null;
}
