export { calibrateUsers, type LatencyBetweenStamps, type ObservedLoads } from './calibrateUsers.ts';
export { computeShares, type Shares, type SharesInput, type StampShare } from './computeShares.ts';
export { azureRegions } from './azureRegions.ts';
export { estimateLatencyMs, estimateRegionLatencyMs, regionLatencies } from './estimateRegionLatency.ts';
export type { Place } from './greatCircle.ts';
export { currentState, routeDemand, type OriginState, type RoutedLoads, type RoutingState } from './routeDemand.ts';
export { buildTrafficModel, type GroupModel, type TrafficModel } from './trafficModel.ts';
