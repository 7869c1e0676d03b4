import type { Policy } from '../fleet.ts';
import type { Shortfall } from '../plan.ts';
import { findShortfalls } from './findShortfalls.ts';
import { exceeds } from './mostRoom.ts';
import { packPods, type Packing } from './packPods.ts';
import { replicasThatMayBe } from './replicaLimits.ts';
import { replicasNeeded, type ReplicaLoad } from './replicasNeeded.ts';
import { rulesUnknown } from './placementRules.ts';
import type { StampModel } from './stampModel.ts';

/** What a stamp must have for a load, and what it is short of. */
export interface StampSizing {
  /** By position in `StampModel.workloads`. */
  readonly workloads: readonly WorkloadSizing[];
  /** By position in `StampModel.pools`. */
  readonly pools: readonly PoolSizing[];
  /** The one that binds first comes first. */
  readonly shortfalls: readonly Shortfall[];
  readonly packing: Packing;
  /** Worked out when asked for: only a plan asks, and a search for weights where a zone is closed. */
  readonly reachable: () => Reachable;
  readonly readyInSeconds: number;
  /** False where something could not be read that the number of new nodes hangs on: it is then no more than a part of them. */
  readonly nodesCounted: boolean;
  readonly cost: SurgeCost;
}

/** What of the need may be. */
export interface Reachable {
  /** By position in `StampModel.workloads`: of the replicas needed those that bounds and quotas let be and nodes have room for. */
  readonly replicas: readonly number[];
  /** By position in `StampModel.pools`: ready and schedulable nodes wanted in the end, without the refused ones and those for pods that may not be. */
  readonly nodesWanted: readonly number[];
}

/** Of the nodes to add, refused ones included: what those cost whose price is known, and how many these are. */
export interface SurgeCost {
  readonly usdPerHour: number;
  /** Null where it is not known how many. */
  readonly nodes: number | null;
  readonly pricedNodes: number;
}

export interface WorkloadSizing {
  readonly requestsPerSecondAfter: number;
  readonly replicasNow: number;
  readonly replicasNeeded: number;
  readonly unplaced: number;
}

export interface PoolSizing {
  readonly nodesNow: number;
  readonly newNodes: number;
  /** Needed besides, and cannot come. */
  readonly refusedNodes: number;
  /** The pool's whole count that would be needed: nodes that take no pods and refused ones included. */
  readonly nodesNeeded: number;
}

export interface SizingRequest {
  /** By position in `StampModel.workloads`. */
  readonly loads: readonly ReplicaLoad[];
  readonly policy: Policy;
  /** Used by other stamps already of what they share, by `GrowthLimit.sharedKey`. */
  readonly carried?: ReadonlyMap<string, number> | undefined;
  /** Positions of workloads that are taken down to one replica, or what their disruption budget allows. */
  readonly shed?: ReadonlySet<number>;
}

/** From its place on a node to a ready pod, until that has been measured. */
export const assumedPodStartSeconds = 60;
/** The horizontal pod autoscaler looks every 15 s. */
const hpaSyncSeconds = 15;

const nothingCarried: ReadonlyMap<string, number> = new Map();

export function sizeStamp(model: StampModel, { loads, policy, carried = nothingCarried, shed }: SizingRequest): StampSizing {
  const needed = model.workloads.map(({ workload, facts }, position) => {
    if (shed?.has(position)) return replicasWhenShed(facts);
    return replicasNeeded(workload, facts, loads[position] ?? { now: null, after: 0 }, policy);
  });
  const additional = model.workloads.map(({ bound }, position) => Math.max(0, (needed[position] ?? 0) - bound));
  const removed = shed === undefined || shed.size === 0 ? [] : model.workloads.map(({ bound }, position) => (shed.has(position) ? Math.max(0, bound - (needed[position] ?? 0)) : 0));
  const pods = { additional, removed };
  const freely = removed.length === 0 && exceeds(model.mostRoom, model.workloads, additional) ? null : packPods(model, pods, 'largestFirst', carried);
  // Where room is short, the lower tiers go without.
  const packing = freely === null || freely.unplaced.some((count) => count > 0) ? packPods(model, pods, 'tierFirst', carried) : freely;
  const nodesCounted = countsNodes(model, additional);
  const carriedThen = carried.size === 0 ? carried : new Map(carried);
  return {
    workloads: model.workloads.map(({ facts }, position) => ({
      requestsPerSecondAfter: loads[position]?.after ?? 0,
      replicasNow: facts?.readyReplicas ?? 0,
      replicasNeeded: needed[position] ?? 0,
      unplaced: packing.unplaced[position] ?? 0,
    })),
    pools: model.pools.map(({ facts, usable, unusable, arriving }, position) => ({
      nodesNow: facts.count,
      nodesNeeded: Math.max(facts.count, usable + unusable + arriving) + (packing.newNodes[position] ?? 0) + (packing.refusedNodes[position] ?? 0),
      newNodes: packing.newNodes[position] ?? 0,
      refusedNodes: packing.refusedNodes[position] ?? 0,
    })),
    shortfalls: findShortfalls(model, needed, additional, packing),
    packing,
    reachable: () => reachableOf(model, needed, removed, packing, carriedThen),
    readyInSeconds: readyInSeconds(model, needed, additional, packing),
    nodesCounted,
    cost: nodesCounted ? surgeCost(model, packing) : costUnknown,
  };
}

/** Pods of a known size, on nodes whose room is known (without them no pool has a template), under rules that the packing knows. */
function countsNodes({ workloads, pools }: StampModel, additional: readonly number[]): boolean {
  return workloads.every(({ facts, request, pools: own }, position) => {
    if (facts === null) return false;
    if ((additional[position] ?? 0) === 0) return true;
    const known = request.cpuMillicores > 0 && own.some((pool) => (pools[pool]?.template ?? null) !== null);
    return known && rulesUnknown(facts).length === 0 && (facts.otherRequests ?? []).length === 0;
  });
}

function reachableOf(model: StampModel, needed: readonly number[], removed: readonly number[], packing: Packing, carried: ReadonlyMap<string, number>): Reachable {
  const may = replicasThatMayBe(model, needed, packing);
  const { unplaced, newNodes } = may === needed ? packing : packPods(model, { additional: model.workloads.map(({ bound }, position) => Math.max(0, (may[position] ?? 0) - bound)), removed }, 'tierFirst', carried);
  return { replicas: may.map((count, position) => count - (unplaced[position] ?? 0)), nodesWanted: model.pools.map(({ usable, arriving }, position) => usable + arriving + (newNodes[position] ?? 0)) };
}

/** One, or what its disruption budget wants available. */
export function replicasWhenShed(facts: StampModel['workloads'][number]['facts']): number {
  return Math.max(1, facts?.disruptionBudgetMinAvailable ?? 0);
}

/** Pods that are on a node and not ready yet take their time too. */
function readyInSeconds(model: StampModel, needed: readonly number[], additional: readonly number[], packing: Packing): number {
  const pending = additional.some((count) => count > 0);
  const nodes = model.pools.reduce((longest, pool, position) => {
    const grows = (packing.newNodes[position] ?? 0) + (packing.refusedNodes[position] ?? 0) + (pending ? pool.arriving : 0) > 0;
    return grows ? Math.max(longest, pool.start.seconds) : longest;
  }, 0);
  const pods = model.workloads.reduce(
    (longest, { facts }, position) => ((additional[position] ?? 0) > 0 || (needed[position] ?? 0) > (facts?.readyReplicas ?? 0) ? Math.max(longest, hpaSyncSeconds + (facts?.podStartSeconds ?? assumedPodStartSeconds)) : longest),
    0,
  );
  return nodes + pods;
}

function surgeCost(model: StampModel, packing: Packing): SurgeCost {
  return model.pools.reduce(
    (sum, { price }, position) => {
      const nodes = (packing.newNodes[position] ?? 0) + (packing.refusedNodes[position] ?? 0);
      const priced = price.kind === 'known' ? nodes : 0;
      return { usdPerHour: sum.usdPerHour + (price.kind === 'known' ? nodes * price.usdPerHour : 0), nodes: sum.nodes + nodes, pricedNodes: sum.pricedNodes + priced };
    },
    { usdPerHour: 0, nodes: 0, pricedNodes: 0 },
  );
}

/** A part of the nodes is no number of them. */
const costUnknown: SurgeCost = { usdPerHour: 0, nodes: null, pricedNodes: 0 };

/** In words, for people. */
export const podStartSource = (facts: StampModel['workloads'][number]['facts']): string =>
  facts?.podStartSeconds === null || facts?.podStartSeconds === undefined ? `${assumedPodStartSeconds} s assumed: no pod of it is ready` : `${facts.podStartSeconds} s, the slowest of nine in ten of ${facts.podStartSamples ?? 1} pods`;

/** Null where some price, or how many nodes there are to pay, is not known: a part is no cost. */
export const wholeCost = ({ usdPerHour, nodes, pricedNodes }: SurgeCost): number | null => (nodes === null || pricedNodes < nodes ? null : usdPerHour);
