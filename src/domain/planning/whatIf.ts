/** What the certificate and the simulation share with the planner: the same arithmetic, without a run. */
export { drainShares, type DrainUse } from './drainShares.ts';
export { findRoom, otherWeightsWouldDo } from './findRoom.ts';
export { isEnough, type Room } from './room.ts';
export { buildFleetContext, type FleetContext } from './fleetContext.ts';
export { gainsOver } from './gainsOver.ts';
export { loadsBefore, type FleetLoads } from './fleetLoads.ts';
export { notRunThere } from './notRunThere.ts';
export { stateWith, stateWithout } from './routingStates.ts';
export { buildStampModels, sizeStamps, type SizedStamp, type StampModels } from './sizeStamps.ts';
export { demandSource, drainSources } from './planNotes.ts';
export { isFit } from './survivors.ts';
