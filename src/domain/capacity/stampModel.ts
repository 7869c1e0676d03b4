import type { Resources, StampFacts, WorkloadFacts } from '../facts.ts';
import type { Stamp, Workload } from '../fleet.ts';
import type { GrowthLimit } from './growthLimits.ts';
import type { PoolModel } from './poolModel.ts';

/** One stamp's facts, indexed for sizing: built once, sized for many loads. */
export interface StampModel {
  readonly stamp: Stamp;
  /** Of the fleet's workloads those that run here, in the fleet file's order. */
  readonly workloads: readonly WorkloadModel[];
  readonly pools: readonly PoolModel[];
  /** Positions of workloads, those with the largest pods first. */
  readonly largestFirst: readonly number[];
  /** The same with the higher tiers before the lower ones. */
  readonly tierFirst: readonly number[];
  /** The least that any of its pods asks for, resource by resource; null where a rule over nodes counts full nodes too. */
  readonly smallestPod: Resources | null;
  readonly limits: readonly GrowthLimit[];
  readonly mostRoom: MostRoom;
  readonly nodes: StampFacts['nodes']['kind'];
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
  /** Pods that sit on a node already, without those that fail. */
  readonly bound: number;
  /** Pods that serve nobody and count as replicas all the same. */
  readonly failing: number;
  /** Serving replicas at most: by its HPA's bounds, and by what becomes of new pods. */
  readonly mayServe: number;
  /** Positions in `StampModel.pools`, in the order in which they are tried. */
  readonly pools: readonly number[];
  /** By position in `StampModel.pools`: 1 for those in `pools`. */
  readonly mayUse: Uint8Array;
  /** `maxSkew` of a DoNotSchedule spread over zones; null without one. */
  readonly zoneSkew: number | null;
  readonly hostSkew: number | null;
  /** Whether a node may hold several of its pods. */
  readonly onNode: 'many' | 'one';
  /** Zones over which a spread counts its pods: those of its pools that have nodes or may get some. */
  readonly spreadZones: readonly string[];
}

/** Millicores and MiB that no packing can exceed: what is free, and as many new nodes as limits allow each pool alone and all of them together. */
export type MostRoom = Pick<Resources, 'cpuMillicores' | 'memoryMiB'>;
