import type { NetworkFacts, PoolFacts, Quota, SkuFacts, StampFacts } from '../facts.ts';
import type { Stamp } from '../fleet.ts';
import type { ConstraintName } from '../plan.ts';
import { announcedNodes, type PoolModel } from './poolModel.ts';

/**
 * One thing that new nodes use up. A node in pool p costs `costByPool[p]` of it, 0 where it does not matter there;
 * what may still be used is `available`, below 0 where more is taken already than allowed. A refusal is a limit with nothing available.
 */
export interface GrowthLimit {
  readonly constraint: ConstraintName;
  readonly subject: string;
  readonly unit: string;
  readonly available: number;
  readonly costByPool: readonly number[];
  /** Set where several stamps draw on it: quota of one region in one subscription. */
  readonly sharedKey: string | null;
  /** What nodes will take of it that this cluster has been asked for and that Azure does not count yet; `available` is without it. Other stamps' share is theirs to know. */
  readonly announced?: number;
  readonly fix: (missing: number) => string;
}

/** Every published or configured bound on the number of nodes of a stamp's cluster. */
export function buildLimits(stamp: Stamp, pools: readonly PoolModel[], facts: StampFacts): GrowthLimit[] {
  const perPool = (position: number, cost: number): number[] => pools.map((_, at) => (at === position ? cost : 0));
  return [
    ...pools.flatMap((pool, position) => poolLimits(pool, (cost) => perPool(position, cost))),
    ...reservationLimits(pools),
    ...pools.flatMap((pool, position) => skuLimits(pool, facts.skus, (cost) => perPool(position, cost))),
    ...quotaLimits(stamp, pools, facts),
    ...networkLimits(stamp, pools, facts),
  ];
}

type Costs = (perNode: number) => number[];

/** AKS: a user node pool holds at most 1,000 nodes. */
const poolNodesAtMost = 1000;

const idleStates: readonly string[] = ['Succeeded', 'Failed', 'Canceled'];

function poolLimits({ facts, ref, template, unusable, usable, arriving }: PoolModel, costs: Costs): GrowthLimit[] {
  const name = facts.name;
  const refuse = (constraint: ConstraintName, fix: string): GrowthLimit => ({ constraint, subject: name, unit: 'nodes', available: 0, costByPool: costs(1), sharedKey: null, fix: () => fix });
  const limits: GrowthLimit[] = [];
  const cap = Math.min(poolNodesAtMost, ref === null ? facts.maxCount : Math.max(ref.surgeMaxCount, facts.maxCount));
  limits.push({
    constraint: 'poolMax',
    subject: name,
    unit: 'nodes',
    available: cap - Math.max(facts.count, unusable + usable + arriving),
    costByPool: costs(1),
    sharedKey: null,
    fix: (missing) =>
      ref === null ? `name pool ${name} under cluster.pools with a surgeMaxCount of at least ${cap + missing}, or raise its maxCount` : `raise surgeMaxCount of pool ${name} from ${cap} to ${cap + missing}`,
  });
  if ((facts.nodesLate ?? 0) > 0) limits.push(refuse('nodesLate', lateNodesFix(facts)));
  if (facts.kind === 'VirtualMachines') limits.push(refuse('poolNotScalable', `pool ${name} is of type VirtualMachines, which has no autoscaler bounds: add a pool of type VirtualMachineScaleSets`));
  else if (facts.kind === 'autoProvisioned') limits.push(refuse('poolNotScalable', `node auto-provisioning owns pool ${name}: add a pool with the cluster autoscaler`));
  else if (facts.autoscaled === 'fixed') limits.push(refuse('poolNotScalable', `turn on the cluster autoscaler for pool ${name}`));
  else if (facts.powerState === 'Stopped') limits.push(refuse('poolNotScalable', `start pool ${name}`));
  else if (!idleStates.includes(facts.provisioningState)) limits.push(refuse('poolBusy', `wait for the operation on pool ${name} (${facts.provisioningState}) to end, or abort it`));
  if (template === null) limits.push(refuse('inputUnknown', `what a node of pool ${name} offers is not known: read the cluster's nodes and the SKU ${facts.vmSize}`));
  return limits;
}

/** Pools of one group and one size draw on the same machines. */
function reservationLimits(pools: readonly PoolModel[]): GrowthLimit[] {
  const keys = pools.map(({ facts }) => (facts.capacityReservationGroupId === null ? null : `${facts.capacityReservationGroupId}/${facts.vmSize}`.toLowerCase()));
  return [...new Set(keys)].flatMap((key): GrowthLimit[] => {
    const drawing = key === null ? [] : pools.filter((_, at) => keys[at] === key).map(({ facts }) => facts);
    const free = drawing.flatMap(({ reservedNodesFree }) => reservedNodesFree ?? []);
    if (free.length === 0) return [];
    return [{
      constraint: 'capacityReservation', subject: drawing.map(({ name }) => name).join(', '), unit: 'nodes', available: Math.max(0, Math.min(...free)), costByPool: keys.map((own) => (own === key ? 1 : 0)), sharedKey: key,
      fix: (missing) => `reserve ${missing} more ${drawing[0]?.vmSize ?? ''} in the pool's capacity reservation group`,
    }];
  });
}

export const lateNodesFix = ({ name, vmSize }: Pick<PoolFacts, 'name' | 'vmSize'>): string =>
  `pool ${name} did not get in time what was asked for, and is not counted on to grow again: the region may have no more ${vmSize}; reserve capacity, or add a pool of another size`;

function skuLimits({ facts, zoneOpen }: PoolModel, skus: StampFacts['skus'], costs: Costs): GrowthLimit[] {
  const refuse = (constraint: ConstraintName, fix: string, subject = facts.vmSize): GrowthLimit[] => [{ constraint, subject, unit: 'nodes', available: 0, costByPool: costs(1), sharedKey: null, fix: () => fix }];
  if (skus.kind === 'unknown') return refuse('inputUnknown', `SKUs are not known (${skus.why}): read them again`, 'skus');
  const sku = findSku(skus.value, facts);
  if (sku === null) return refuse('skuRestricted', `${facts.vmSize} is not offered to this subscription in this region: add a pool of another size`);
  if (sku.restricted !== null && sku.zones.length === 0) return refuse('skuRestricted', `${facts.vmSize} is restricted (${sku.restricted}): ask for access to it, or add a pool of another size`);
  if (!(sku.vCpus > 0)) return refuse('inputUnknown', `how many vCPU a ${facts.vmSize} takes of the quota is not known: read the SKUs again`);
  if (facts.zones.length > 0 && !zoneOpen.includes(true)) return refuse('zoneRestricted', `${facts.vmSize} may not be used in zones ${facts.zones.join(', ')}: ask for access, or add a pool in other zones`);
  return [];
}

const findSku = (skus: readonly SkuFacts[], pool: PoolFacts): SkuFacts | null => skus.find(({ name }) => name.toLowerCase() === pool.vmSize.toLowerCase()) ?? null;

/** Regular nodes use their family's quota and the region's; spot nodes the region's low-priority quota alone. */
function quotaLimits(stamp: Stamp, pools: readonly PoolModel[], facts: StampFacts): GrowthLimit[] {
  if (facts.quota.kind === 'unknown') return refuseAll(pools, 'inputUnknown', 'quota', `quota is not known (${facts.quota.why}): read it again`);
  if (facts.skus.kind === 'unknown') return [];
  const skus = facts.skus.value;
  const quota = facts.quota.value;
  const scope = `${segmentAfter(stamp.cluster.resourceId, 'subscriptions')}/${stamp.region}`;
  const familyOf = (pool: PoolFacts): string | null => findSku(skus, pool)?.family ?? null;
  const coresWhere = (applies: (pool: PoolFacts) => boolean) => (pool: PoolFacts): number => (applies(pool) ? (findSku(skus, pool)?.vCpus ?? 0) : 0);
  const limit = (constraint: ConstraintName, subject: string, { used, limit: most }: Quota, costOf: (pool: PoolFacts) => number): GrowthLimit => {
    const announced = announcedCost(facts, costOf);
    return {
      constraint, subject, unit: 'vCPU', available: most - used - announced, announced, costByPool: costsOf(pools, costOf), sharedKey: `${scope}/${subject}`,
      fix: (missing) => `raise quota ${subject} in ${stamp.region} from ${most} to at least ${most + missing} vCPU`,
    };
  };
  const limits = [limit('vcpuQuotaRegion', 'cores', quota.regionalCores, coresWhere((pool) => pool.spot === 'regular'))];
  if (pools.some(({ facts: pool }) => pool.spot === 'spot')) limits.push(limit('vcpuQuotaRegion', 'lowPriorityCores', quota.lowPriorityCores, coresWhere((pool) => pool.spot === 'spot')));
  for (const family of new Set(pools.map(({ facts: pool }) => familyOf(pool)))) {
    if (family === null) continue;
    const costOf = coresWhere((pool) => pool.spot === 'regular' && familyOf(pool) === family);
    const costByPool = costsOf(pools, costOf);
    if (costByPool.every((cost) => cost === 0)) continue;
    const known = quotaOf(quota.families, family);
    if (known === null) limits.push({ constraint: 'inputUnknown', subject: family, unit: 'nodes', available: 0, costByPool: costByPool.map((cost) => (cost > 0 ? 1 : 0)), sharedKey: null, fix: () => `the quota of ${family} in ${stamp.region} is not known: read it again` });
    else limits.push(limit('vcpuQuotaFamily', family, known, costOf));
  }
  return limits;
}

const costsOf = (pools: readonly PoolModel[], costOf: (pool: PoolFacts) => number): number[] => pools.map(({ facts }) => costOf(facts));

/** What nodes will take that have been asked for and not been counted by Azure yet, in whichever pool of the cluster. */
const announcedCost = ({ pools }: StampFacts, costOf: (pool: PoolFacts) => number): number => (pools.kind === 'unknown' ? 0 : pools.value.reduce((sum, pool) => sum + announcedNodes(pool) * costOf(pool), 0));

function quotaOf(families: Readonly<Record<string, Quota>>, family: string): Quota | null {
  const name = Object.keys(families).find((one) => one.toLowerCase() === family.toLowerCase());
  return name === undefined ? null : (families[name] ?? null);
}

function networkLimits(stamp: Stamp, pools: readonly PoolModel[], facts: StampFacts): GrowthLimit[] {
  if (facts.network.kind === 'unknown') return refuseAll(pools, 'inputUnknown', 'network', `the network is not known (${facts.network.why}): read it again`);
  const network = facts.network.value;
  const allNodes = facts.pools.kind === 'known' ? facts.pools.value.reduce((sum, pool) => sum + Math.max(pool.count, pool.autoscaled === 'autoscaled' ? pool.minCount : 0), 0) : 0;
  const limits: GrowthLimit[] = [];
  limits.push(...subnetLimits(stamp, pools, network, facts));
  if (network.plugin !== 'flat') limits.push(podCidrLimit(network, allNodes, pools));
  const { outboundPortsPerNode: portsPerNode, outboundPortsTotal: portsTotal } = network;
  if (portsPerNode !== null && portsPerNode > 0 && portsTotal === null) {
    limits.push(...refuseAll(pools, 'inputUnknown', 'outboundPorts', 'how many outbound addresses the load balancer has is not known: read the cluster again'));
  } else if (portsPerNode !== null && portsPerNode > 0 && portsTotal !== null) {
    limits.push({
      constraint: 'outboundPorts', subject: 'load balancer', unit: 'ports', available: portsTotal - allNodes * portsPerNode, costByPool: pools.map(() => portsPerNode), sharedKey: null,
      fix: (missing) => `add ${Math.ceil(missing / portsOfAddress)} outbound addresses to the cluster's load balancer, or give each node fewer ports than ${portsPerNode}`,
    });
  }
  return limits;
}

/** With a pod subnet of their own, nodes take its addresses by blocks of 16 (Azure CNI, "Dynamic IP allocation"). */
const podAddressBlock = 16;

/** Addresses that one node takes, by subnet: overlay and kubenet one, flat networking one and one for every pod. */
function addressesOfNode(pool: PoolFacts, nodeSubnet: string | null, plugin: NetworkFacts['plugin']): readonly (readonly [subnet: string | null, addresses: number])[] {
  if (plugin === 'overlay' || plugin === 'kubenet') return [[nodeSubnet, 1]];
  const podSubnet = pool.podSubnetId ?? null;
  return podSubnet === null ? [[nodeSubnet, pool.maxPods + 1]] : [[nodeSubnet, 1], [podSubnet, Math.ceil(pool.maxPods / podAddressBlock) * podAddressBlock]];
}

function subnetLimits(stamp: Stamp, pools: readonly PoolModel[], { plugin, subnets }: NetworkFacts, facts: StampFacts): GrowthLimit[] {
  const takenBy = (pool: PoolFacts): ReturnType<typeof addressesOfNode> => addressesOfNode(pool, pool.subnetId ?? stamp.gateway.nodeSubnetId, plugin);
  const ids = new Set(pools.flatMap(({ facts: pool }) => takenBy(pool)).map(([subnet]) => subnet));
  return [...ids].map((subnet): GrowthLimit => {
    const costOf = (pool: PoolFacts): number => takenBy(pool).reduce((sum, [id, addresses]) => sum + (id === subnet ? addresses : 0), 0);
    const costByPool = costsOf(pools, costOf);
    const known = subnet === null ? undefined : subnets.find(({ id }) => id.toLowerCase() === subnet.toLowerCase());
    if (known === undefined) {
      const fix = subnet === null ? `name the node subnet of ${stamp.name} in the fleet file (gateway.nodeSubnetId)` : `the free addresses of subnet ${subnet} are not known: read them again`;
      return { constraint: 'inputUnknown', subject: subnet ?? 'subnet', unit: 'nodes', available: 0, costByPool: costByPool.map((cost) => (cost > 0 ? 1 : 0)), sharedKey: null, fix: () => fix };
    }
    const announced = announcedCost(facts, costOf);
    return {
      constraint: 'subnetAddresses', subject: known.id, unit: 'addresses', available: known.totalAddresses - known.usedAddresses - announced, announced, costByPool, sharedKey: known.id.toLowerCase(),
      fix: (missing) => `free ${missing} addresses in subnet ${lastSegment(known.id)}, or add a pool in a larger subnet`,
    };
  });
}

/** Source ports of one frontend address of a standard load balancer. */
const portsOfAddress = 64_000;

/** Azure CNI Overlay and kubenet: every node takes a /24 of the pod CIDR, so that a /16 holds 256 nodes. */
const podBitsOfNode = 24;
/** kubenet: the route table takes 400 routes, one a node. */
const routesOfTable = 400;

function podCidrLimit({ podCidr, plugin }: NetworkFacts, allNodes: number, pools: readonly PoolModel[]): GrowthLimit {
  const prefix = prefixOf(podCidr);
  const costByPool = pools.map(() => 1);
  if (prefix === null) return { constraint: 'inputUnknown', subject: 'podCidr', unit: 'nodes', available: 0, costByPool, sharedKey: null, fix: () => 'the pod CIDR of the cluster is not known: read the cluster again' };
  const byCidr = 2 ** Math.max(0, podBitsOfNode - prefix);
  const nodes = plugin === 'kubenet' ? Math.min(routesOfTable, byCidr) : byCidr;
  return {
    constraint: 'podCidr', subject: podCidr ?? '', unit: 'nodes', available: nodes - allNodes, costByPool, sharedKey: null,
    fix: (missing) => nodes < byCidr ? `kubenet holds ${nodes} nodes, one a route; ${missing} more need another network plugin or another cluster` : `pod CIDR ${podCidr} holds ${nodes} nodes; ${missing} more need a larger one, which means expanding it or another cluster`,
  };
}

/** Of an IPv4 range, of the first one where there are several; null for anything else. */
function prefixOf(cidr: string | null): number | null {
  const [first = ''] = cidr === null ? [] : cidr.split(',', 1);
  const slash = first.indexOf('/');
  const prefix = slash > 0 && first.includes('.') ? Number(first.slice(slash + 1)) : Number.NaN;
  return Number.isInteger(prefix) ? prefix : null;
}

function refuseAll(pools: readonly PoolModel[], constraint: ConstraintName, subject: string, fix: string): GrowthLimit[] {
  return [{ constraint, subject, unit: 'nodes', available: 0, costByPool: pools.map(() => 1), sharedKey: null, fix: () => fix }];
}

function segmentAfter(resourceId: string, name: string): string {
  const segments = resourceId.toLowerCase().split('/');
  return segments[segments.indexOf(name.toLowerCase()) + 1] ?? '';
}

const lastSegment = (resourceId: string): string => resourceId.slice(resourceId.lastIndexOf('/') + 1);
