export { freshDemand, freshStampFacts, freshTraffic, inputAgeLimitsMs } from './inputAges.ts';
export { boundsAreOurs, mostReplicas } from './findShortfalls.ts';
export { ceilCount, replicasNeeded, type ReplicaLoad } from './replicasNeeded.ts';
export { podStartSource, replicasWhenShed, sizeStamp, wholeCost, type PoolSizing, type SizingRequest, type StampSizing, type SurgeCost, type WorkloadSizing } from './sizeStamp.ts';
export { buildStampModel, workloadsOf, type StampModel, type UnknownInput, type WorkloadModel } from './stampModel.ts';
export type { PoolModel } from './poolModel.ts';
