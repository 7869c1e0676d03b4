export { freshDemand, freshStampFacts, freshTraffic } from './inputAges.ts';
export { lateNodesFix } from './growthLimits.ts';
export { boundsAreOurs, mostReplicas } from './replicaLimits.ts';
export { ceilCount, replicasNeeded, type ReplicaLoad } from './replicasNeeded.ts';
export { podStartSource, sizeStamp, wholeCost, type Reachable, type StampSizing } from './sizeStamp.ts';
export { buildStampModel, workloadsOf, type StampModel } from './stampModel.ts';
