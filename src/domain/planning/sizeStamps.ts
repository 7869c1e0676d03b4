import { buildStampModel, sizeStamp, type ReplicaLoad, type StampModel, type StampSizing } from '../capacity/index.ts';
import type { Workload } from '../fleet.ts';
import type { Plan } from '../plan.ts';
import { stampAt, type FleetContext } from './fleetContext.ts';
import type { FleetLoads } from './fleetLoads.ts';

export interface SizedStamp {
  readonly index: number;
  readonly model: StampModel;
  readonly sizing: StampSizing;
  /** Positions in `model.workloads` that are shed. */
  readonly shed: ReadonlySet<number>;
}

/** The least that a stamp was found to be short under. */
export interface ShortUnder {
  readonly load: number;
  /** Of `load`, the part for which there is room: below 1. */
  readonly part: number;
}

/** Models, and what was sized with them, are kept: most what-ifs leave most stamps as another one left them. */
export interface StampModels {
  of(index: number): StampModel;
  /** Whether other stamps may draw on the same quota, so that a sizing depends on theirs. */
  sharesQuota(index: number): boolean;
  /** What nodes on their way in any of the stamps that share quota will take of it, by `GrowthLimit.sharedKey`. */
  announced(): ReadonlyMap<string, number>;
  readonly sized: Map<string, StampSizing>;
  /** By position of the stamp, with nothing shed: the most load that it was found to have room for, requests per second, and the least that it was short under. */
  readonly takes: Map<number, number>;
  readonly short: Map<number, ShortUnder>;
}

export function buildStampModels(context: FleetContext): StampModels {
  const built = new Map<number, StampModel>();
  const inRegion = new Map<string, number>();
  for (const { region } of context.fleet.stamps) inRegion.set(region, (inRegion.get(region) ?? 0) + 1);
  const byStamp = new Map<string, Workload[]>(context.stampNames.map((name) => [name, []]));
  for (const workload of context.fleet.workloads) {
    for (const name of workload.stamps ?? context.stampNames) byStamp.get(name)?.push(workload);
  }
  const workloadsHere = (index: number): readonly Workload[] => byStamp.get(context.stampNames[index] ?? '') ?? [];
  let announced: ReadonlyMap<string, number> | null = null;
  return {
    of(index) {
      const known = built.get(index);
      if (known !== undefined) return known;
      const facts = context.stampFacts[index];
      if (facts === undefined) throw new Error(`no facts at ${index}`);
      const model = buildStampModel(stampAt(context, index), workloadsHere(index), facts);
      built.set(index, model);
      return model;
    },
    sharesQuota: (index) => (inRegion.get(stampAt(context, index).region) ?? 0) > 1,
    announced() {
      announced ??= announcedByKey(context.stampNames.flatMap((_, index) => (this.sharesQuota(index) ? [this.of(index)] : [])));
      return announced;
    },
    sized: new Map(),
    takes: new Map(),
    short: new Map(),
  };
}

function announcedByKey(models: readonly StampModel[]): ReadonlyMap<string, number> {
  const byKey = new Map<string, number>();
  for (const { limits } of models) {
    for (const { sharedKey, announced = 0 } of limits) if (sharedKey !== null && announced > 0) byKey.set(sharedKey, (byKey.get(sharedKey) ?? 0) + announced);
  }
  return byKey;
}

export type ShedChoice = (model: StampModel) => ReadonlySet<number>;

const nothing: ReadonlySet<number> = new Set();
export const sheddingNothing: ShedChoice = () => nothing;

/** Sizes stamps one after the other, since those of one region in one subscription share its quota. */
export function sizeStamps(context: FleetContext, models: StampModels, indexes: readonly number[], before: FleetLoads, after: FleetLoads, shed: ShedChoice = sheddingNothing): SizedStamp[] {
  const carried = new Map<string, number>();
  return indexes.map((index) => {
    const model = models.of(index);
    const shedHere = shed(model);
    const size = (taken?: ReadonlyMap<string, number>): StampSizing => sizeStamp(model, { loads: workloadLoads(context, model, index, before, after), policy: context.policy, carried: taken, shed: shedHere });
    if (!models.sharesQuota(index)) return { index, model, shed: shedHere, sizing: remembered(models, sizingKey(index, after, shedHere), size) };
    const elsewhere = announcedElsewhere(model, models.announced());
    const sizing = size(new Map([...carried.keys(), ...elsewhere.keys()].map((key) => [key, (carried.get(key) ?? 0) + (elsewhere.get(key) ?? 0)])));
    model.limits.forEach(({ sharedKey }, limit) => {
      if (sharedKey !== null) carried.set(sharedKey, (sizing.packing.used[limit] ?? 0) - (elsewhere.get(sharedKey) ?? 0));
    });
    return { index, model, sizing, shed: shedHere };
  });
}

/** Of what this stamp draws on: its own nodes on their way are no part of what its limits have left, those of others are. */
function announcedElsewhere({ limits }: StampModel, announced: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map(limits.flatMap(({ sharedKey, announced: own = 0 }) => (sharedKey === null || !announced.has(sharedKey) ? [] : [[sharedKey, (announced.get(sharedKey) ?? 0) - own]])));
}

/** Bounds the memory that thousands of what-ifs take. */
const rememberedAtMost = 2000;

function remembered(models: StampModels, key: string, size: () => StampSizing): StampSizing {
  const known = models.sized.get(key);
  if (known !== undefined) return known;
  const sizing = size();
  if (models.sized.size >= rememberedAtMost) models.sized.clear();
  models.sized.set(key, sizing);
  return sizing;
}

function sizingKey(index: number, { routed, scale }: FleetLoads, shed: ReadonlySet<number>): string {
  let key = `${index}|${scale}|${[...shed].join(',')}`;
  for (const group of routed.worst) key += `|${group[index] ?? 0}`;
  return key;
}

function workloadLoads(context: FleetContext, model: StampModel, index: number, before: FleetLoads, after: FleetLoads): ReplicaLoad[] {
  const measured = context.stampFacts[index]?.load;
  const { groups } = context.model;
  return model.workloads.map(({ workload }) => {
    const group = groups.findIndex(({ name }) => name === workload.originGroup);
    const now = measured?.kind === 'known' ? (measured.value.byWorkload[workload.name] ?? null) : null;
    return {
      found: foundBy(context.previous, model.stamp.name, workload.name),
      now: now ?? (before.routed.expected[group]?.[index] ?? 0) * workload.trafficShare,
      after: (after.routed.worst[group]?.[index] ?? 0) * workload.trafficShare * after.scale,
    };
  });
}

/** Only where that plan surged: elsewhere nothing of ours has disturbed the measurement. */
function foundBy(previous: Plan | null, stamp: string, workload: string): ReplicaLoad['found'] {
  if (previous === null || !previous.surges.some((surge) => surge.stamp === stamp && surge.hpas.length > 0)) return undefined;
  const expected = previous.expected.stamps.find((one) => one.stamp === stamp)?.workloads.find((one) => one.workload === workload);
  return expected === undefined ? undefined : { replicas: expected.replicasNeeded, requestsPerSecond: expected.requestsPerSecondAfter, by: previous.revision === 1 ? 'firstPlan' : 'laterPlan' };
}
