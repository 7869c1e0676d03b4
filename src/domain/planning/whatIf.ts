/** What the certificate and the simulation share with the planner: the same arithmetic, without a run. */
export { drillShares, type DrillUse } from './drillShares.ts';
export { findRoom, isEnough, type Room } from './findRoom.ts';
export { buildFleetContext, type FleetContext } from './fleetContext.ts';
export { loadsBefore, type FleetLoads } from './fleetLoads.ts';
export { stateWith, stateWithout } from './routingStates.ts';
export { buildStampModels, sizeStamps, type SizedStamp, type StampModels } from './sizeStamps.ts';
export { demandSource, drillSources } from './planNotes.ts';
export { isFit } from './survivors.ts';
