export { calibrateUsers, tellingDifference, type ObservedLoads } from './calibrateUsers.ts';
export { azureRegions } from './azureRegions.ts';
export { estimateLatencyMs, regionLatencies } from './estimateRegionLatency.ts';
export type { Place } from './greatCircle.ts';
export { currentState, routeDemand, sharesOfUsers, type UsersShares, type OriginState, type RoutedLoads, type RoutingState } from './routeDemand.ts';
export { buildTrafficModel, type GroupModel, type TrafficModel, type UsersModel } from './trafficModel.ts';
