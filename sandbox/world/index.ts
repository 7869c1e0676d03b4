export { createSampleWorld } from './sample.ts';
export { createWorld, restoreWorld, stepMs, type SavedWorld, type SimulatedWorld, type WorldOptions } from './world.ts';
export { specFromFleet, type SpecOptions } from './spec.ts';
export { parseFleetForWorld, readFleetForWorld, type FleetForWorld } from './fleetForWorld.ts';
export { clusterOptions, workloadOptions, type ClusterOptions, type WorkloadOptions } from './clusterOptions.ts';
export { deploymentForWorld, type DeploymentForWorld } from './deploymentForWorld.ts';
export { quotaOf, skusOf, subnetOf, type OfferedSku, type SubnetUse } from './regionLimits.ts';
export { isReconciler } from './cluster/reconcilers.ts';
export type * from './types.ts';
