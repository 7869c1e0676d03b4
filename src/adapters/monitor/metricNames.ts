import type { FrontDoorRef } from '../../domain/fleet.ts';

/** What the two generations of Front Door call the same thing (Azure Monitor, supported metrics). */
export interface FrontDoorMetricNames {
  readonly originHealth: string;
  readonly originRequests: string;
  readonly originLatency: string;
  readonly requests: string;
  readonly origin: string;
  readonly originGroup: string;
}

export const frontDoorMetricNames: Readonly<Record<FrontDoorRef['kind'], FrontDoorMetricNames>> = {
  standardPremium: {
    originHealth: 'OriginHealthPercentage',
    originRequests: 'OriginRequestCount',
    originLatency: 'OriginLatency',
    requests: 'RequestCount',
    origin: 'Origin',
    originGroup: 'OriginGroup',
  },
  classic: {
    originHealth: 'BackendHealthPercentage',
    originRequests: 'BackendRequestCount',
    originLatency: 'BackendRequestLatency',
    requests: 'RequestCount',
    origin: 'Backend',
    originGroup: 'BackendPool',
  },
};
