import type { Resources, StampFacts, WorkloadFacts } from '../facts.ts';
import type { Fleet, Stamp, Workload } from '../fleet.ts';
import { buildLimits, type GrowthLimit } from './growthLimits.ts';
import { packingOrders, type PackingOrder } from './packingOrder.ts';
import { buildPoolModels, type PoolModel } from './poolModel.ts';

/** One stamp's facts, indexed for sizing: built once, sized for many loads. */
export interface StampModel {
  readonly stamp: Stamp;
  /** Of the fleet's workloads those that run here, in the fleet file's order. */
  readonly workloads: readonly WorkloadModel[];
  readonly pools: readonly PoolModel[];
  readonly packingOrders: Readonly<Record<PackingOrder, readonly number[]>>;
  readonly limits: readonly GrowthLimit[];
  readonly network: StampFacts['network'];
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
  /** Zones over which a spread counts its pods: those of its pools that have nodes or may get some. */
  readonly spreadZones: readonly string[];
}

const zoneKey = 'topology.kubernetes.io/zone';
const hostKey = 'kubernetes.io/hostname';

/** The fleet's workloads that run in a stamp, in the fleet file's order. */
export const workloadsOf = (fleet: Fleet, stamp: Stamp): readonly Workload[] => fleet.workloads.filter(({ stamps }) => stamps === null || stamps.includes(stamp.name));

export function buildStampModel(stamp: Stamp, workloads: readonly Workload[], facts: StampFacts): StampModel {
  const pools = buildPoolModels(stamp, workloads, facts);
  const workloadFacts = new Map(facts.workloads.kind === 'known' ? facts.workloads.value.map((one) => [one.name, one]) : []);
  const models = workloads.map((workload) => workloadModel(workload, workloadFacts.get(workload.name) ?? null, pools));
  return {
    stamp,
    workloads: models,
    pools,
    packingOrders: packingOrders(models, pools),
    limits: buildLimits(stamp, pools, facts),
    network: facts.network,
    unknown: [...unknownInputs(stamp, facts), ...models.flatMap((model) => unknownOfWorkload(stamp, model, facts))],
  };
}

function unknownInputs(stamp: Stamp, facts: StampFacts): UnknownInput[] {
  return (['pools', 'workloads', 'nodes', 'quota', 'skus', 'network', 'load', 'gate'] as const).flatMap((input) => {
    const reading = facts[input];
    return reading?.kind === 'unknown' ? [{ input: `${stamp.name}.${input}`, why: reading.why }] : [];
  });
}

/** A workload that the answer left out, and a metric that its HPA lacks and that the worst case stands in for. */
function unknownOfWorkload(stamp: Stamp, { workload, facts }: WorkloadModel, { workloads }: StampFacts): UnknownInput[] {
  if (workloads.kind === 'unknown') return [];
  if (facts === null) return [{ input: `${stamp.name}.${workload.name}`, why: `${workload.namespace}/${workload.deployment} was not in the answer` }];
  const { hpa } = facts;
  if (hpa === null || hpa.targetCpuUtilisationPercent === null || hpa.currentCpuUtilisationPercent !== null) return [];
  return [{ input: `${stamp.name}.${workload.name}.cpuUtilisation`, why: 'the HPA reports none: taken as 100 %' }];
}

const noRequest: Resources = { cpuMillicores: 0, memoryMiB: 0, ephemeralStorageMiB: 0 };

function workloadModel(workload: Workload, facts: WorkloadFacts | null, pools: readonly PoolModel[]): WorkloadModel {
  const skewOf = (key: string): number | null =>
    facts?.topologySpread.find(({ topologyKey, whenUnsatisfiable }) => topologyKey === key && whenUnsatisfiable === 'DoNotSchedule')?.maxSkew ?? null;
  const zoneSkew = skewOf(zoneKey);
  const usable = pools.flatMap(({ facts: { name } }, position) => (workload.pools.includes(name) ? [position] : []));
  return {
    workload,
    facts,
    request: facts?.podRequests ?? noRequest,
    bound: facts === null ? 0 : (facts.scheduledReplicas ?? Math.min(facts.readyReplicas, facts.requestedReplicas)),
    pools: usable,
    zoneSkew,
    hostSkew: skewOf(hostKey),
    spreadZones: zoneSkew === null ? [] : zonesOf(usable.flatMap((position) => pools[position] ?? [])),
  };
}

function zonesOf(pools: readonly PoolModel[]): string[] {
  const zones = pools.flatMap((pool) => pool.zones.filter((zone, at) => zone !== '' && ((pool.nodesByZone[at] ?? 0) > 0 || pool.facts.zones.includes(zone))));
  return [...new Set(zones)].toSorted();
}
