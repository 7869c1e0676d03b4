import { parameterOf } from './faults.ts';
import type { Grant } from './cluster/cluster.ts';
import { nodesAtStart, openZones, quotaOf, skuOf, subnetOf, type LimitedWorld } from './regionLimits.ts';
import type { PoolSpec, PoolState, SkuSpec, StampPhysics } from './types.ts';

/** What may stand between a request for machines and the machines: how many it lets through, and what Azure says of the rest. */
interface Gate {
  readonly room: number;
  readonly code: string;
  readonly message: string;
}

interface Request {
  readonly world: LimitedWorld;
  readonly stamp: Pick<StampPhysics, 'spec' | 'pools'>;
  readonly pool: PoolSpec;
  readonly sku: SkuSpec;
  readonly wanted: number;
  /** Of all pools of the cluster. */
  readonly nodes: number;
}

/** How many of the wanted machines the region gives, and the first of its limits that stops the rest. */
export function grantNodes(world: LimitedWorld, stampName: string, pool: PoolSpec, wanted: number): Grant {
  const stamp = world.stamps.get(stampName);
  const sku = skuOf(world.spec, pool.vmSize);
  if (stamp === undefined || sku === null) return { nodes: wanted, refusal: null };
  const pools = stamp.pools.list();
  const request: Request = { world, stamp, pool, sku, wanted, nodes: pools.reduce((sum, { count }) => sum + count, 0) };
  let nodes = wanted;
  let refusal: Grant['refusal'] = null;
  for (const { room, code, message } of [offer(request), ...quota(request), subnet(request), podCidr(request), outboundPorts(request), capacity(request, pools)]) {
    if (room >= nodes) continue;
    nodes = Math.max(0, room);
    refusal = { code, message };
  }
  return { nodes, refusal };
}

function offer({ world, stamp: { spec }, pool, wanted }: Request): Gate {
  const open = pool.mode === 'User' ? openZones(world.faults, spec.name, pool.zones) : pool.zones;
  return {
    room: open.length > 0 ? wanted : 0,
    code: 'SkuNotAvailable',
    message: `The requested VM size ${pool.vmSize} is currently not available in location '${spec.region}' for this subscription.`,
  };
}

function quota({ world, stamp: { spec }, pool, sku }: Request): readonly Gate[] {
  const { families, coresLimit, coresUsed, lowPriority } = quotaOf(world, spec.region);
  const gate = (what: string, used: number, limit: number): Gate => ({
    room: Math.floor((limit - used) / sku.vCpus),
    code: 'QuotaExceeded',
    message: `Operation could not be completed as it results in exceeding approved ${what} quota. Location: ${spec.region}, Current Limit: ${limit}, Current Usage: ${used}.`,
  });
  if (pool.priority === 'Spot') return [gate('LowPriorityCores', lowPriority.used, lowPriority.limit)];
  const family = families[sku.family] ?? { used: 0, limit: Number.POSITIVE_INFINITY };
  return [gate(`${sku.family} Cores`, family.used, family.limit), gate('Total Regional Cores', coresUsed, coresLimit)];
}

function subnet({ world, stamp: { spec }, wanted }: Request): Gate {
  const { used, total } = subnetOf(world, spec.name);
  return { room: total - used, code: 'SubnetIsFull', message: `Subnet ${spec.nodeSubnetId} does not have enough capacity for ${wanted} IP addresses.` };
}

/** Azure CNI Overlay: a node takes a /24 of the pod CIDR, and without one there is no node. */
function podCidr({ stamp: { spec }, nodes }: Request): Gate {
  const holds = 2 ** Math.max(0, 24 - Number(spec.podCidr.split('/')[1]));
  return { room: holds - nodes, code: 'InsufficientPodCidr', message: `The pod CIDR ${spec.podCidr} has no address range left for another node: it holds ${holds}.` };
}

/** Source ports of one address of a standard load balancer. */
const portsOfAddress = 64_000;

function outboundPorts({ stamp: { spec }, nodes, wanted }: Request): Gate {
  const { outboundPorts: allotted } = spec;
  const holds = allotted === undefined ? Number.POSITIVE_INFINITY : Math.floor((allotted.addresses * portsOfAddress) / allotted.perNode);
  return {
    room: holds - nodes,
    code: 'InvalidLoadBalancerProfileAllocatedOutboundPorts',
    message: `Load balancer profile allocated ports ${allotted?.perNode ?? 0} is not in an allowable range given the number of nodes (${nodes + wanted}) and IPs provided (${allotted?.addresses ?? 0}).`,
  };
}

/** The fault partialCapacity: so many machines more than at the start, besides those that a capacity reservation holds. */
function capacity({ world, stamp, pool, wanted, nodes }: Request, pools: readonly PoolState[]): Gate {
  const partial = world.faults.active('partialCapacity', stamp.spec.name);
  const inPool = pools.find(({ name }) => name === pool.name)?.count ?? 0;
  const reserved = Math.max(0, (pool.machinesReserved ?? 0) - inPool);
  return {
    room: partial === null ? wanted : Math.max(reserved, nodesAtStart(stamp) + parameterOf(partial, 'nodes', 1) - nodes),
    code: 'AllocationFailed',
    message: `Allocation failed. We do not have sufficient capacity for the requested VM size ${pool.vmSize} in this region.`,
  };
}
