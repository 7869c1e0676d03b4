import { buildStampModel, sizeStamp, type ReplicaLoad, type StampModel, type StampSizing } from '../capacity/index.ts';
import type { Policy } from '../fleet.ts';
import { routeDemand, type RoutedLoads, type RoutingState } from '../traffic/index.ts';
import { stampAt, type PlanContext } from './planContext.ts';

/** Load of every stamp under one routing, growth included. */
export interface FleetLoads {
  readonly routed: RoutedLoads;
  /** By stamp: best estimate, all origin groups. */
  readonly expected: Float64Array;
  /** By stamp: what must be provided for. */
  readonly planned: Float64Array;
}

export function loadsUnder(context: PlanContext, state: RoutingState): FleetLoads {
  const routed = routeDemand(context.model, state);
  return { routed, expected: sumGroups(routed.expected, context), planned: sumGroups(routed.worst, context) };
}

function sumGroups(byGroup: readonly Float64Array[], { growth, stampNames }: PlanContext): Float64Array {
  const sum = new Float64Array(stampNames.length);
  for (const group of byGroup) {
    for (let index = 0; index < sum.length; index += 1) sum[index] = (sum[index] ?? 0) + (group[index] ?? 0) * growth;
  }
  return sum;
}

/** A rounding error is no gain. */
const leastGain = 1e-6;

/** Positions of stamps that get more under `after` than under `before`, in fleet order. */
export function gainingStamps(before: FleetLoads, after: FleetLoads): number[] {
  const gaining: number[] = [];
  after.planned.forEach((load, index) => {
    if (load > (before.expected[index] ?? 0) * (1 + leastGain) + leastGain) gaining.push(index);
  });
  return gaining;
}

export interface SizedStamp {
  readonly index: number;
  readonly model: StampModel;
  readonly loads: readonly ReplicaLoad[];
  readonly sizing: StampSizing;
  /** Positions in `model.workloads` that are shed. */
  readonly shed: ReadonlySet<number>;
}

/** Sizes stamps one after the other, since those of one region in one subscription share its quota. */
export function sizeStamps(context: PlanContext, models: StampModels, indexes: readonly number[], before: FleetLoads, after: FleetLoads, shed: (model: StampModel) => ReadonlySet<number> = sheddingNothing): SizedStamp[] {
  const carried = new Map<string, number>();
  return indexes.map((index) => {
    const model = models.of(index);
    const loads = workloadLoads(context, model, index, before, after);
    const shedHere = shed(model);
    const sizing = sizeStamp(model, { loads, policy: policyOf(context), carried, shed: shedHere });
    model.limits.forEach(({ sharedKey }, limit) => {
      if (sharedKey !== null) carried.set(sharedKey, sizing.packing.used[limit] ?? 0);
    });
    return { index, model, loads, sizing, shed: shedHere };
  });
}

const nothing: ReadonlySet<number> = new Set();
const sheddingNothing = (): ReadonlySet<number> => nothing;

const policyOf = ({ fleet }: PlanContext): Policy => fleet.policy;

export function workloadLoads(context: PlanContext, model: StampModel, index: number, before: FleetLoads, after: FleetLoads): ReplicaLoad[] {
  const measured = context.stampFacts[index]?.load;
  return model.workloads.map(({ workload }) => {
    const group = context.model.groups.findIndex(({ name }) => name === workload.originGroup);
    const of = (loads: readonly Float64Array[]): number => (loads[group]?.[index] ?? 0) * workload.trafficShare;
    const now = measured?.kind === 'known' ? (measured.value.byWorkload[workload.name] ?? null) : null;
    return { now: now ?? of(before.routed.expected), after: of(after.routed.worst) * context.growth };
  });
}

/** Models are built when they are first asked for: most what-ifs touch few stamps. */
export interface StampModels {
  of(index: number): StampModel;
}

export function stampModels(context: PlanContext): StampModels {
  const built = new Map<number, StampModel>();
  return {
    of(index) {
      const known = built.get(index);
      if (known !== undefined) return known;
      const facts = context.stampFacts[index];
      if (facts === undefined) throw new Error(`no facts at ${index}`);
      const model = buildStampModel(context.fleet, stampAt(context, index), facts);
      built.set(index, model);
      return model;
    },
  };
}
