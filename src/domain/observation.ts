import type { StampName } from './fleet.ts';
import type { Reading } from './reading.ts';

/**
 * Raw observations of one stamp, as adapters read them; `classifyObservation` turns each into a signal.
 * `outside` sources see the region from elsewhere: a quorum must hold one of them (I6).
 */
export const signalSources = {
  frontDoorOriginHealth: 'outside',
  frontDoorOriginErrors: 'outside',
  frontDoorOriginLatency: 'outside',
  originProbe: 'outside',
  gatewayHealthyHosts: 'inside',
  kubernetesApi: 'inside',
  nodeReadiness: 'inside',
  alert: 'inside',
} as const;

export type SignalSource = keyof typeof signalSources;
export type Vantage = (typeof signalSources)[SignalSource];

export interface Observation {
  readonly stamp: StampName;
  readonly source: SignalSource;
  readonly reading: Reading<Measure>;
}

/**
 * percent: 0..100. rate: 0..1 with the count of requests it was computed from. reach: what a request met;
 * `refused` and `timedOut` are observations of unhealthy only when two vantage points saw them (I6);
 * `observerFailed` is a fault of our own path and is unknown.
 */
export type Measure =
  | { readonly unit: 'percent'; readonly value: number }
  | { readonly unit: 'rate'; readonly value: number; readonly requests: number }
  | { readonly unit: 'milliseconds'; readonly value: number }
  | { readonly unit: 'reach'; readonly result: Reach; readonly latencyMs: number; readonly vantagePoints: number }
  | { readonly unit: 'alert'; readonly rule: string; readonly severity: 0 | 1 | 2 | 3 | 4; readonly condition: 'fired' | 'resolved' };

export type Reach = 'ok' | 'httpError' | 'refused' | 'timedOut' | 'observerFailed';
