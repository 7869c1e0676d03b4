import type { Resources, StampFacts, WorkloadFacts } from '../facts.ts';
import type { Fleet, Stamp, Workload } from '../fleet.ts';
import { buildLimits, type GrowthLimit } from './growthLimits.ts';
import { buildPoolModels, type PoolModel } from './poolModel.ts';

/** One stamp's facts, indexed for sizing: built once, sized for many loads. */
export interface StampModel {
  readonly stamp: Stamp;
  /** Of the fleet's workloads those that run here, in the fleet file's order. */
  readonly workloads: readonly WorkloadModel[];
  readonly pools: readonly PoolModel[];
  readonly limits: readonly GrowthLimit[];
  readonly resourceQuotas: StampFacts['network'];
  /** Inputs that could not be read, by what stands in for them: never a zero. */
  readonly unknown: readonly UnknownInput[];
}

export interface UnknownInput {
  /** Such as `westus3.quota`. */
  readonly input: string;
  readonly why: string;
}

export interface WorkloadModel {
  readonly workload: Workload;
  readonly facts: WorkloadFacts | null;
  readonly request: Resources;
  /** Pods that sit on a node already. */
  readonly bound: number;
  /** Positions in `StampModel.pools`, in the order in which they are tried. */
  readonly pools: readonly number[];
  /** `maxSkew` of a DoNotSchedule spread over zones; null without one. */
  readonly zoneSkew: number | null;
  readonly hostSkew: number | null;
}

const zoneKey = 'topology.kubernetes.io/zone';
const hostKey = 'kubernetes.io/hostname';

/** The fleet's workloads that run in a stamp, in the fleet file's order. */
export const workloadsOf = (fleet: Fleet, stamp: Stamp): readonly Workload[] => fleet.workloads.filter(({ stamps }) => stamps === null || stamps.includes(stamp.name));

export function buildStampModel(stamp: Stamp, workloads: readonly Workload[], facts: StampFacts): StampModel {
  const unknown = unknownInputs(stamp, facts);
  const pools = buildPoolModels(stamp, workloads, facts);
  const poolNames = pools.map((pool) => pool.facts.name);
  const workloadFacts = new Map(facts.workloads.kind === 'known' ? facts.workloads.value.map((one) => [one.name, one]) : []);
  return {
    stamp,
    workloads: workloads.map((workload) => workloadModel(workload, workloadFacts.get(workload.name) ?? null, poolNames)),
    pools,
    limits: buildLimits(stamp, pools, facts),
    resourceQuotas: facts.network,
    unknown,
  };
}

function unknownInputs(stamp: Stamp, facts: StampFacts): UnknownInput[] {
  return (['pools', 'workloads', 'nodes', 'quota', 'skus', 'network', 'load'] as const).flatMap((input) => {
    const reading = facts[input];
    return reading.kind === 'unknown' ? [{ input: `${stamp.name}.${input}`, why: reading.why }] : [];
  });
}

const noRequest: Resources = { cpuMillicores: 0, memoryMiB: 0, ephemeralStorageMiB: 0 };

function workloadModel(workload: Workload, facts: WorkloadFacts | null, poolNames: readonly string[]): WorkloadModel {
  const skewOf = (key: string): number | null =>
    facts?.topologySpread.find(({ topologyKey, whenUnsatisfiable }) => topologyKey === key && whenUnsatisfiable === 'DoNotSchedule')?.maxSkew ?? null;
  return {
    workload,
    facts,
    request: facts?.podRequests ?? noRequest,
    bound: facts === null ? 0 : (facts.scheduledReplicas ?? Math.min(facts.readyReplicas, facts.requestedReplicas)),
    pools: poolNames.flatMap((name, position) => (workload.pools.includes(name) ? [position] : [])),
    zoneSkew: skewOf(zoneKey),
    hostSkew: skewOf(hostKey),
  };
}
