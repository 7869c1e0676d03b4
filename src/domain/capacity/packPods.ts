import type { Resources } from '../facts.ts';
import type { PackingOrder } from './packingOrder.ts';
import type { StampModel, WorkloadModel } from './stampModel.ts';

/**
 * First-fit-decreasing of additional pods into the room that nodes have left, and then into new nodes, for cpu, memory,
 * pods and ephemeral storage at once. New nodes go to the zone of the pool that has the fewest, as the scale set does.
 * A pod that must be spread over zones is dealt to them evenly. What no limit leaves room for is packed into nodes
 * that cannot come, so that what is missing is counted as exactly as what is there.
 */
export interface Packing {
  /** By position in `StampModel.pools`: nodes to add. */
  readonly newNodes: readonly number[];
  /** By position in `StampModel.pools`: nodes that would be needed besides and that a limit refuses. */
  readonly refusedNodes: readonly number[];
  /** By position in `StampModel.pools`: of the nodes on their way those that get pods. */
  readonly arrivingTaken: readonly number[];
  /** By position in `StampModel.workloads`: pods for which there is no room. */
  readonly unplaced: readonly number[];
  /** By position in `StampModel.limits`: what new nodes use of it, refused ones included. */
  readonly used: readonly number[];
  /** By position in `StampModel.workloads`: of the placed ones those that a spread lets no node take, since another zone misses its part. */
  readonly aheadOfSpread: readonly number[];
  /** Pods that fit on no empty node of any of their pools. */
  readonly tooLarge: readonly number[];
  /** By position in `StampModel.pools`: of the refused nodes those for which only a closed zone was to blame. */
  readonly closedZoneNodes: readonly number[];
}

export interface PodsToPlace {
  /** By position in `StampModel.workloads`. */
  readonly additional: readonly number[];
  /** Room given back before packing, by position in `StampModel.workloads`: pods that will be taken away. */
  readonly removed?: readonly number[];
}

export function packPods(model: StampModel, { additional, removed }: PodsToPlace, order: PackingOrder, carried: ReadonlyMap<string, number>): Packing {
  const packer = new Packer(model, carried);
  if (removed?.some((count) => count > 0) === true) packer.giveBack(removed);
  for (const position of model[order]) {
    const count = additional[position] ?? 0;
    if (count > 0) packer.place(position, count);
  }
  return packer.result();
}

/** Alike nodes with the same room left. */
interface Bin {
  readonly pool: number;
  readonly zone: number;
  cpu: number;
  memory: number;
  storage: number;
  pods: number;
  nodes: number;
  readonly exists: 'real' | 'refused';
  /** `arriving`: on its way, and without a pod so far. */
  readonly born: 'before' | 'arriving' | 'now';
  /** Position of the workload whose spread over nodes lets no more of its pods on here. */
  fullFor: number | null;
}

/** Pods of one workload that a node may take: what a DoNotSchedule spread over nodes leaves. */
interface HostCap {
  readonly position: number;
  readonly onOldNode: number;
  readonly onNewNode: number;
}

class Packer {
  private readonly model: StampModel;
  private bins: Bin[] = [];
  /** Bins without nodes: all of theirs have been split off. */
  private spent = 0;
  private readonly newNodes: number[];
  private readonly refusedNodes: number[];
  private readonly arrivingTaken: number[];
  private readonly closedZoneNodes: number[];
  private readonly unplaced: number[];
  private readonly tooLarge: number[];
  private readonly aheadOfSpread: number[];
  private readonly used: number[];
  private readonly nodesByZone: number[][];
  private hostCap: HostCap | null = null;

  constructor(model: StampModel, carried: ReadonlyMap<string, number>) {
    this.model = model;
    this.newNodes = model.pools.map(() => 0);
    this.refusedNodes = model.pools.map(() => 0);
    this.arrivingTaken = model.pools.map(() => 0);
    this.closedZoneNodes = model.pools.map(() => 0);
    this.unplaced = model.workloads.map(() => 0);
    this.tooLarge = model.workloads.map(() => 0);
    this.aheadOfSpread = model.workloads.map(() => 0);
    this.used = model.limits.map(({ sharedKey }) => (sharedKey === null ? 0 : (carried.get(sharedKey) ?? 0)));
    this.nodesByZone = model.pools.map(({ nodesByZone }) => [...nodesByZone]);
    model.pools.forEach((pool, position) => {
      for (const { zone, free, freePods, nodes } of pool.nodeClasses) this.bins.push(bin(position, zone, free, freePods, nodes, 'real', 'before'));
      for (let arriving = 0; arriving < pool.arriving; arriving += 1) {
        const zone = this.emptiestZone(position);
        if (zone !== null) this.addNodes(position, zone, 'real', 1, 'arriving');
      }
    });
  }

  /** Pods that go away leave room on nodes nobody has named: each node of their pools is credited an equal part, rounded down. */
  giveBack(removed: readonly number[]): void {
    this.model.workloads.forEach(({ request, pools }, position) => {
      const count = removed[position] ?? 0;
      const nodes = this.bins.reduce((sum, one) => sum + (pools.includes(one.pool) ? one.nodes : 0), 0);
      const perNode = nodes === 0 ? 0 : Math.floor(count / nodes);
      if (perNode === 0) return;
      for (const one of this.bins) {
        if (pools.includes(one.pool)) take(one, request, -perNode);
      }
    });
  }

  result(): Packing {
    const { newNodes, refusedNodes, arrivingTaken, closedZoneNodes, unplaced, aheadOfSpread, tooLarge, used } = this;
    return { newNodes, refusedNodes, arrivingTaken, closedZoneNodes, unplaced, aheadOfSpread, tooLarge, used };
  }

  place(position: number, count: number): void {
    const workload = this.model.workloads[position];
    if (workload === undefined) return;
    this.dropSpent();
    const left = workload.onNode === 'one' ? this.placeOnFreeNodes(position, workload, count) : count;
    this.hostCap = this.capFor(position, workload, count);
    const holding = workload.pools.filter((pool) => this.podsOnEmptyNode(pool, workload.request) > 0);
    // Of a pool of which nobody knows what its nodes offer one is asked for, which its limit refuses: so it is told.
    const pools = holding.length > 0 || this.model.nodes === 'unknown' ? holding : workload.pools.filter((pool) => this.model.pools[pool]?.template === null);
    if (pools.length === 0 && this.model.nodes === 'known' && workload.pools.length > 0) {
      const unplaced = this.fill(workload, left, null, 'real');
      this.tooLarge[position] = unplaced;
      this.unplaced[position] = unplaced;
      return;
    }
    this.unplaced[position] = workload.zoneSkew === null ? this.placeAnywhere(workload, left, pools) : this.placeSpread(position, workload, left, pools);
  }

  /**
   * Pods that are there already are taken to lie evenly on the nodes. As many more on each keep it so; where one of the nodes
   * has no room for its part, the others may run ahead by the skew alone, and new nodes catch up to that.
   */
  private capFor(position: number, { request, pools, bound, hostSkew: skew, onNode }: WorkloadModel, count: number): HostCap | null {
    if (onNode === 'one') return { position, onOldNode: 0, onNewNode: 1 };
    if (skew === null) return null;
    const old = this.nodesThere(pools);
    const nodes = countNodes(old);
    if (nodes === 0) return { position, onOldNode: 0, onNewNode: Infinity };
    const even = Math.ceil(count / nodes);
    if (old.every((one) => podsThatFit(one, request) >= even)) return { position, onOldNode: even, onNewNode: even };
    return { position, onOldNode: skew, onNewNode: Math.floor(bound / nodes) + skew };
  }

  /** Where no node may hold two of its pods: one on each node that has none yet, of those that were there. @returns pods left over. */
  private placeOnFreeNodes(position: number, workload: WorkloadModel, count: number): number {
    if (workload.zoneSkew !== null) return count;
    const free = countNodes(this.nodesThere(workload.pools).filter(({ born }) => born === 'before')) - workload.bound;
    const few = Math.max(0, Math.min(count, free));
    this.hostCap = { position, onOldNode: 1, onNewNode: 0 };
    return count - few + this.fill(workload, few, null, 'real');
  }

  private nodesThere(pools: readonly number[]): Bin[] {
    return this.bins.filter((one) => one.nodes > 0 && one.exists === 'real' && pools.includes(one.pool));
  }

  /** @returns pods without room. */
  private placeAnywhere(workload: WorkloadModel, count: number, pools: readonly number[]): number {
    let left = this.fill(workload, count, null, 'real');
    for (const pool of pools) {
      if (left === 0) return 0;
      const nodes = Math.min(Math.ceil(left / this.podsOnEmptyNode(pool, workload.request)), this.nodesAllowed(pool));
      for (let node = 0; node < nodes; node += 1) {
        if (this.openNode(pool) === null) break;
      }
      left = this.fill(workload, left, null, 'real');
    }
    if (left > 0) this.packRefused(workload, left, null, pools);
    return left;
  }

  /** Zones get equal parts; the remainder goes where there is room. @returns pods without room. */
  private placeSpread(position: number, workload: WorkloadModel, count: number, pools: readonly number[]): number {
    const zones = workload.spreadZones;
    if (zones.length <= 1) return this.placeAnywhere(workload, count, pools);
    const base = Math.floor(count / zones.length);
    const missing = zones.map(() => 0);
    const wanted = zones.map(() => base);
    if (base > 0) for (let at = 0; at < zones.length; at += 1) missing[at] = this.fill(workload, base, zones[at] ?? '', 'real');
    this.dealRemainder(workload, count - base * zones.length, pools, missing, wanted);
    for (const pool of pools) this.growForZones(workload, pool, missing);
    if (missing.every((pods) => pods === 0)) return 0;
    const placed = wanted.map((pods, at) => pods - (missing[at] ?? 0));
    const fewest = Math.min(...placed);
    let left = 0;
    for (let at = 0; at < zones.length; at += 1) {
      const pods = missing[at] ?? 0;
      left += pods;
      this.aheadOfSpread[position] = (this.aheadOfSpread[position] ?? 0) + (placed[at] ?? 0) - fewest;
      if (pods > 0) this.packRefused(workload, pods, zones[at] ?? '', pools);
    }
    return left;
  }

  /** One pod more in so many zones, where it fits first; zones in which it does not fit miss it, the first ones before the others. */
  private dealRemainder(workload: WorkloadModel, remainder: number, pools: readonly number[], missing: number[], wanted: number[]): void {
    const growing = remainder === 0 ? [] : pools.filter((pool) => this.nodesAllowed(pool) > 0);
    const stuck = remainder === 0 ? [] : workload.spreadZones.flatMap((zone, at) => (this.isOpenIn(zone, growing) || this.hasRoomIn(zone, workload) ? [] : [at]));
    let left = Math.min(remainder, mayRunAhead(workload, stuck.length));
    const full = [...stuck];
    const held = remainder - left;
    for (let at = 0; at < missing.length && left > 0; at += 1) {
      if (stuck.includes(at)) continue;
      if (missing[at] === 0 && this.fill(workload, 1, workload.spreadZones[at] ?? '', 'real') === 0) {
        left -= 1;
        wanted[at] = (wanted[at] ?? 0) + 1;
      } else full.push(at);
    }
    for (let one = 0; one < left + held; one += 1) {
      const at = full[one % full.length] ?? 0;
      missing[at] = (missing[at] ?? 0) + 1;
      wanted[at] = (wanted[at] ?? 0) + 1;
    }
  }

  private isOpenIn(zone: string, pools: readonly number[]): boolean {
    return pools.some((pool) => this.model.pools[pool]?.zoneOpen[this.model.pools[pool]?.zones.indexOf(zone) ?? -1] === true);
  }

  private hasRoomIn(zone: string, { request, mayUse }: WorkloadModel): boolean {
    return this.bins.some((one) => one.nodes > 0 && one.exists === 'real' && mayUse[one.pool] === 1 && this.model.pools[one.pool]?.zones[one.zone] === zone && Math.min(podsThatFit(one, request), this.capOn(one.born)) > 0);
  }

  /** Adds nodes to one pool, zone by zone in turn, until no zone that the pool can reach misses pods or a limit is met. */
  private growForZones(workload: WorkloadModel, pool: number, missing: number[]): void {
    const model = this.model.pools[pool];
    if (model === undefined) return;
    const zones = workload.spreadZones;
    let short = 0;
    for (let at = 0; at < zones.length; at += 1) {
      const zone = zones[at] ?? '';
      if ((missing[at] ?? 0) === 0 || model.zoneOpen[model.zones.indexOf(zone)] !== true) continue;
      missing[at] = this.fill(workload, missing[at] ?? 0, zone, 'real');
      if ((missing[at] ?? 0) > 0) short += 1;
    }
    while (short > 0 && this.nodesAllowed(pool) > 0) {
      const opened = this.openNode(pool);
      if (opened === null) return;
      const zone = model.zones[opened] ?? '';
      const at = zones.indexOf(zone);
      if (at < 0 || (missing[at] ?? 0) === 0) continue;
      missing[at] = this.fill(workload, missing[at] ?? 0, zone, 'real');
      if (missing[at] === 0) short -= 1;
    }
  }

  /** Counts what is missing, in the pool that would be grown first. */
  private packRefused(workload: WorkloadModel, count: number, zone: string | null, pools: readonly number[]): void {
    const left = this.fill(workload, count, zone, 'refused');
    const pool = pools.find((one) => zone === null || this.model.pools[one]?.zones.includes(zone) === true) ?? pools[0];
    if (pool === undefined || left === 0) return;
    const at = zone === null ? -1 : (this.model.pools[pool]?.zones.indexOf(zone) ?? -1);
    const closed = at >= 0 && this.model.pools[pool]?.zoneOpen[at] === false;
    const onEmptyNode = this.podsOnEmptyNode(pool, workload.request);
    // All at once: what is missing has no bound, and a what-if may ask for a thousand times the load.
    const nodes = onEmptyNode > 0 ? Math.ceil(left / onEmptyNode) : 1;
    this.openRefused(pool, at >= 0 ? at : 0, closed ? 'closedZone' : 'limit', nodes);
    this.fill(workload, left, zone, 'refused');
  }

  /** Keeps the search short; the order of the others stays. */
  private dropSpent(): void {
    if (this.spent * 2 < this.bins.length) return;
    this.bins = this.bins.filter(({ nodes }) => nodes > 0);
    this.spent = 0;
  }

  /** First fit, in the order of the bins. @returns pods left over. */
  private fill({ request, mayUse }: WorkloadModel, count: number, zone: string | null, exists: Bin['exists']): number {
    const { bins } = this;
    const { cpuMillicores, memoryMiB } = request;
    let left = count;
    for (let at = 0; at < bins.length && left > 0; at += 1) {
      const one = bins[at];
      if (one === undefined || one.nodes === 0 || lacks(one.cpu, cpuMillicores) || lacks(one.memory, memoryMiB) || mayUse[one.pool] !== 1 || one.exists !== exists) continue;
      if (this.hostCap !== null && one.fullFor === this.hostCap.position) continue;
      if (zone !== null && this.model.pools[one.pool]?.zones[one.zone] !== zone) continue;
      const fits = Math.min(podsThatFit(one, request), this.capOn(one.born));
      if (fits <= 0) continue;
      const fullNodes = Math.min(one.nodes, Math.floor(left / fits));
      if (fullNodes > 0) this.split(one, fullNodes, request, fits);
      left -= fullNodes * fits;
      if (left > 0 && one.nodes > 0) {
        this.split(one, 1, request, left);
        left = 0;
      }
    }
    return left;
  }

  /** `pods` each on so many nodes of a bin. */
  private split(from: Bin, nodes: number, request: Resources, pods: number): void {
    from.nodes -= nodes;
    if (from.nodes === 0) this.spent += 1;
    if (from.born === 'arriving') this.arrivingTaken[from.pool] = (this.arrivingTaken[from.pool] ?? 0) + nodes;
    const part: Bin = { ...from, nodes, born: from.born === 'arriving' ? 'now' : from.born, fullFor: this.hostCap?.position ?? null };
    take(part, request, pods);
    if (!this.isFull(part)) this.bins.push(part);
  }

  /** No pod of the stamp fits any more: such nodes need not be looked at again. */
  private isFull({ cpu, memory, storage, pods }: Room): boolean {
    const least = this.model.smallestPod;
    return least !== null && (pods < 1 || lacks(cpu, least.cpuMillicores) || lacks(memory, least.memoryMiB) || lacks(storage, least.ephemeralStorageMiB));
  }

  /** One more node in the pool's emptiest open zone. @returns its zone's position, or null where the pool cannot have one. */
  private openNode(pool: number): number | null {
    const zone = this.emptiestZone(pool);
    if (zone === null) return null;
    this.newNodes[pool] = (this.newNodes[pool] ?? 0) + 1;
    this.use(pool, 1);
    this.addNodes(pool, zone, 'real', 1);
    return zone;
  }

  private openRefused(pool: number, zone: number, why: 'limit' | 'closedZone', nodes: number): void {
    this.refusedNodes[pool] = (this.refusedNodes[pool] ?? 0) + nodes;
    if (why === 'limit') this.use(pool, nodes);
    else this.closedZoneNodes[pool] = (this.closedZoneNodes[pool] ?? 0) + nodes;
    this.addNodes(pool, zone, 'refused', nodes);
  }

  private addNodes(pool: number, zone: number, exists: Bin['exists'], nodes: number, born: Bin['born'] = 'now'): void {
    const template = this.model.pools[pool]?.template;
    const counts = this.nodesByZone[pool];
    if (template === null || template === undefined || counts === undefined) return;
    counts[zone] = (counts[zone] ?? 0) + nodes;
    this.bins.push(bin(pool, zone, template.free, template.freePods, nodes, exists, born));
  }

  private emptiestZone(pool: number): number | null {
    const counts = this.nodesByZone[pool] ?? [];
    const open = this.model.pools[pool]?.zoneOpen ?? [];
    let emptiest: number | null = null;
    for (let zone = 0; zone < counts.length; zone += 1) {
      if (open[zone] === true && (emptiest === null || (counts[zone] ?? 0) < (counts[emptiest] ?? 0))) emptiest = zone;
    }
    return emptiest;
  }

  private use(pool: number, nodes: number): void {
    const { limits } = this.model;
    for (let limit = 0; limit < limits.length; limit += 1) this.used[limit] = (this.used[limit] ?? 0) + nodes * (limits[limit]?.costByPool[pool] ?? 0);
  }

  /** Nodes that every limit still allows. */
  private nodesAllowed(pool: number): number {
    return this.model.limits.reduce((least, { available, costByPool }, limit) => {
      const cost = costByPool[pool] ?? 0;
      return cost === 0 ? least : Math.min(least, Math.max(0, Math.floor((available - (this.used[limit] ?? 0)) / cost)));
    }, Infinity);
  }

  private podsOnEmptyNode(pool: number, request: Resources): number {
    const template = this.model.pools[pool]?.template;
    if (template === null || template === undefined) return 0;
    const { free, freePods } = template;
    return Math.min(fitting(free.cpuMillicores, free.memoryMiB, free.ephemeralStorageMiB, freePods, request), this.capOn('now'));
  }

  private capOn(born: Bin['born']): number {
    if (this.hostCap === null) return Infinity;
    return born === 'before' ? this.hostCap.onOldNode : this.hostCap.onNewNode;
  }
}

/**
 * Pods that the other zones may take beyond an equal part while so many take none. Where the pods are that are there is not known, so that
 * those above their equal part are taken to lie in the others already.
 */
function mayRunAhead({ spreadZones, zoneSkew, bound }: WorkloadModel, stuckZones: number): number {
  return stuckZones === 0 ? Infinity : Math.max(0, (spreadZones.length - stuckZones) * (zoneSkew ?? 1) - (bound % spreadZones.length));
}

const countNodes = (bins: readonly Bin[]): number => bins.reduce((sum, { nodes }) => sum + nodes, 0);

function bin(pool: number, zone: number, free: Resources, freePods: number, nodes: number, exists: Bin['exists'], born: Bin['born']): Bin {
  return { pool, zone, cpu: free.cpuMillicores, memory: free.memoryMiB, storage: free.ephemeralStorageMiB, pods: freePods, nodes, exists, born, fullFor: null };
}

/** What a pod does not ask for it finds anywhere, also on a node that has promised more than it has. */
const lacks = (free: number, asked: number): boolean => asked > 0 && free < asked;

type Room = Pick<Bin, 'cpu' | 'memory' | 'storage' | 'pods'>;

const podsThatFit = (room: Room, request: Resources): number => fitting(room.cpu, room.memory, room.storage, room.pods, request);

function fitting(cpu: number, memory: number, storage: number, pods: number, { cpuMillicores, memoryMiB, ephemeralStorageMiB }: Resources): number {
  let fits = pods;
  if (cpuMillicores > 0) fits = Math.min(fits, Math.floor(cpu / cpuMillicores));
  if (memoryMiB > 0) fits = Math.min(fits, Math.floor(memory / memoryMiB));
  if (ephemeralStorageMiB > 0) fits = Math.min(fits, Math.floor(storage / ephemeralStorageMiB));
  return Math.max(0, fits);
}

function take(room: Room, request: Resources, pods: number): void {
  room.cpu -= request.cpuMillicores * pods;
  room.memory -= request.memoryMiB * pods;
  room.storage -= request.ephemeralStorageMiB * pods;
  room.pods -= pods;
}
