import type { NodeFacts, PoolFacts, Resources, StampFacts } from '../facts.ts';
import type { PoolRef, Stamp, Workload } from '../fleet.ts';
import { nodeStart, type StartTime } from './nodeStart.ts';
import { nodeTemplate, zoneOf, type NodeTemplate } from './nodeTemplate.ts';

export interface PoolModel {
  readonly facts: PoolFacts;
  readonly ref: PoolRef | null;
  /** What an empty node of this pool has for pods; null where nothing says it. */
  readonly template: NodeTemplate | null;
  /** Zones of its nodes, and of those to come; one nameless zone for a pool without zones. */
  readonly zones: readonly string[];
  /** By position in `zones`: usable nodes, those on their way included. */
  readonly nodesByZone: readonly number[];
  /** By position in `zones`: whether the SKU may be used there. */
  readonly zoneOpen: readonly boolean[];
  readonly nodeClasses: readonly NodeClass[];
  /** Nodes that are there and take no pods: not ready or cordoned. */
  readonly unusable: number;
  /** Ready and schedulable. */
  readonly usable: number;
  /** Asked for and not there yet. */
  readonly arriving: number;
  /** Of the arriving ones those that the autoscaler has not begun to add: no quota and no address counts them yet. */
  readonly announced: number;
  readonly price: MachinePrice;
  readonly start: StartTime;
}

export type MachinePrice =
  | { readonly kind: 'known'; readonly usdPerHour: number; readonly source: 'fleetFile' | 'retailPrices' }
  | { readonly kind: 'unknown'; readonly why: string };

/** Alike nodes: same zone, same room left. */
export interface NodeClass {
  readonly zone: number;
  readonly free: Resources;
  readonly freePods: number;
  readonly nodes: number;
}

/** Pools that some workload may use: first those with reserved capacity, then in the fleet file's order; failed ones last. */
export function buildPoolModels(stamp: Stamp, workloads: readonly Workload[], facts: StampFacts): PoolModel[] {
  if (facts.pools.kind === 'unknown') return [];
  const used = new Set(workloads.flatMap((workload) => workload.pools));
  const refs = new Map(stamp.cluster.pools.map((ref, position) => [ref.name, { ref, position }]));
  const positionOf = (pool: PoolFacts): number => refs.get(pool.name)?.position ?? stamp.cluster.pools.length;
  const preference = (pool: PoolFacts): number => (pool.provisioningState === 'Failed' ? 1 : pool.capacityReservationGroupId === null ? 0 : -1);
  const nodes = nodesByPool(facts);
  return facts.pools.value
    .filter((pool) => used.has(pool.name))
    .toSorted((a, b) => preference(a) - preference(b) || positionOf(a) - positionOf(b) || (a.name < b.name ? -1 : 1))
    .map((pool) => poolModel(pool, refs.get(pool.name)?.ref ?? null, nodes.get(pool.name) ?? [], facts));
}

function nodesByPool(facts: StampFacts): Map<string, NodeFacts[]> {
  const byPool = new Map<string, NodeFacts[]>();
  if (facts.nodes.kind === 'unknown') return byPool;
  for (const node of facts.nodes.value) {
    const same = byPool.get(node.pool);
    if (same === undefined) byPool.set(node.pool, [node]);
    else same.push(node);
  }
  return byPool;
}

function poolModel(pool: PoolFacts, ref: PoolRef | null, nodes: readonly NodeFacts[], facts: StampFacts): PoolModel {
  const sku = facts.skus.kind === 'known' ? (facts.skus.value.find(({ name }) => name.toLowerCase() === pool.vmSize.toLowerCase()) ?? null) : null;
  const zones = pool.zones.length > 0 ? [...pool.zones] : [''];
  const nodesByZone = zones.map(() => 0);
  const classes = new NodeClasses();
  let usable = 0;
  for (const node of nodes) {
    if (node.ready !== 'ready' || node.schedulable !== 'schedulable') continue;
    usable += 1;
    const name = zoneOf(node.zone, pool);
    const known = zones.indexOf(name);
    const zone = known < 0 ? zones.push(name) - 1 : known;
    nodesByZone[zone] = (nodesByZone[zone] ?? 0) + 1;
    classes.add(zone, node);
  }
  const announced = announcedNodes(pool);
  // Of a pool whose last operation failed nobody knows whether those will come that are counted and are not there.
  const counted = pool.provisioningState === 'Failed' ? Math.min(pool.count, nodes.length) : pool.count;
  return {
    facts: pool,
    ref,
    template: nodeTemplate(pool, nodes, sku, facts),
    zones,
    nodesByZone,
    zoneOpen: zones.map((zone) => (pool.zones.length === 0 || zone === '' ? true : pool.zones.includes(zone) && (sku === null || sku.zones.includes(zone)))),
    nodeClasses: classes.all.toSorted((a, b) => a.free.cpuMillicores - b.free.cpuMillicores || a.zone - b.zone),
    unusable: nodes.length - usable,
    usable,
    announced,
    price: priceOf(pool, ref, facts.prices),
    start: nodeStart(pool, nodes),
    arriving: facts.nodes.kind === 'known' && pool.powerState === 'Running' ? Math.max(0, counted + announced - nodes.length) : 0,
  };
}

/** The autoscaler enforces a minCount above the count: those nodes are on their way. */
export const announcedNodes = ({ autoscaled, count, minCount, maxCount }: PoolFacts): number => (autoscaled === 'autoscaled' ? Math.max(0, Math.min(minCount, maxCount) - count) : 0);

/** The fleet file knows what a contract says; Azure's list is for everybody else. */
function priceOf(pool: PoolFacts, ref: PoolRef | null, prices: StampFacts['prices']): MachinePrice {
  const own = ref?.pricePerHourUsd;
  if (own !== undefined) return { kind: 'known', usdPerHour: own, source: 'fleetFile' };
  if (prices === undefined) return { kind: 'unknown', why: 'the fleet file names no price, and retail prices are not read' };
  if (prices.kind === 'unknown') return { kind: 'unknown', why: prices.why };
  const listed = prices.value.find(({ vmSize, spot }) => vmSize.toLowerCase() === pool.vmSize.toLowerCase() && spot === pool.spot);
  return listed === undefined ? { kind: 'unknown', why: `Azure lists no price of ${pool.vmSize} (${pool.spot}) in this region` } : { kind: 'known', usdPerHour: listed.usdPerHour, source: 'retailPrices' };
}

/** Groups nodes that are alike, in one pass however many there are. */
class NodeClasses {
  readonly all: (Omit<NodeClass, 'nodes'> & { nodes: number })[] = [];
  /** Positions in `all` by hash; where two classes share one, the second takes the next that is free. */
  private readonly byHash = new Map<number, number>();

  add(zone: number, { allocatable, requested, allocatablePods, pods }: NodeFacts): void {
    const cpuMillicores = allocatable.cpuMillicores - requested.cpuMillicores;
    const memoryMiB = allocatable.memoryMiB - requested.memoryMiB;
    const ephemeralStorageMiB = allocatable.ephemeralStorageMiB - requested.ephemeralStorageMiB;
    const freePods = allocatablePods - pods;
    for (let hash = (((zone * 31 + freePods) * 1009 + cpuMillicores) * 1013 + memoryMiB) * 1019 + ephemeralStorageMiB; ; hash += 1) {
      const same = this.all[this.byHash.get(hash) ?? -1];
      if (same === undefined) {
        this.byHash.set(hash, this.all.length);
        this.all.push({ zone, free: { cpuMillicores, memoryMiB, ephemeralStorageMiB }, freePods, nodes: 1 });
        return;
      }
      const { free } = same;
      if (same.zone === zone && same.freePods === freePods && free.cpuMillicores === cpuMillicores && free.memoryMiB === memoryMiB && free.ephemeralStorageMiB === ephemeralStorageMiB) {
        same.nodes += 1;
        return;
      }
    }
  }
}
