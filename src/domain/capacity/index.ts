export { buildStampModel } from './buildStampModel.ts';
export { freshDemand, freshStampFacts, freshTraffic } from './inputAges.ts';
export { handOver } from './findShortfalls.ts';
export { lateNodesFix } from './growthLimits.ts';
export { boundsAreOurs, isSwitchedOff, mostReplicas, scalesIt } from './replicaLimits.ts';
export { ceilCount, replicasNeeded, type ReplicaLoad } from './replicasNeeded.ts';
export { podStartSource, sizeStamp, wholeCost, type Reachable, type StampSizing } from './sizeStamp.ts';
export type { StampModel } from './stampModel.ts';
