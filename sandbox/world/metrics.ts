import type { Faults } from './faults.ts';
import type { MetricPoint, MetricsHistory, WorldSpec } from './types.ts';

export interface MetricsState {
  /** Complete minutes, oldest first. */
  minutes: Minute[];
  current: Minute | null;
}

interface Minute {
  readonly at: number;
  readonly countries: Record<string, Flow>;
  /** By origin name. */
  readonly origins: Record<string, OriginFlow>;
  /** By stamp; a stamp that emitted nothing is not there. */
  readonly gateways: Record<string, GatewayFlow>;
}

interface Flow {
  requests: number;
  failed: number;
  latencySum: number;
  latencyLow: number;
  latencyHigh: number;
}

interface OriginFlow extends Flow {
  readonly originGroup: string;
  probes: number;
  passed: number;
}

interface GatewayFlow {
  requests: number;
  failed: number;
  samples: number;
  healthySum: number;
  healthyLow: number;
  healthyHigh: number;
  unhealthySum: number;
  unhealthyLow: number;
  unhealthyHigh: number;
}

const minuteMs = 60_000;
/** Two days at one minute: more than any reader asks for. */
const minutesKept = 2880;

const regionOfCountry: Readonly<Record<string, string>> = {
  'United States': 'North America',
  Canada: 'North America',
  Brazil: 'South America',
  'United Kingdom': 'Europe',
  Japan: 'Asia',
};

/** The minute series that Azure Monitor would have. A dead region's gateway emits nothing; an idle origin has no points. */
export class Metrics implements MetricsHistory {
  readonly state: MetricsState;
  readonly #hosts: ReadonlyMap<string, string>;
  readonly #faults: Faults;
  readonly #settle: () => void;

  constructor(state: MetricsState, spec: WorldSpec, faults: Faults, settle: () => void) {
    this.state = state;
    this.#hosts = new Map(spec.frontDoor.originGroups.flatMap((group) => group.origins.map((origin) => [origin.name, origin.hostName] as const)));
    this.#faults = faults;
    this.#settle = settle;
  }

  query(resource: string, metric: string, fromMs: number, toMs: number): readonly MetricPoint[] {
    this.#settle();
    if (this.#faults.active('signalsBlind', resource.startsWith('gateway:') ? resource.slice('gateway:'.length) : undefined) !== null) return [];
    return this.#between(fromMs, toMs).flatMap((minute) => (resource === 'frontDoor' ? this.#frontDoor(minute, metric) : this.#gateway(minute, metric, resource.slice('gateway:'.length))));
  }

  /** A step belongs to the minute in which it started. */
  startStep(atMs: number): void {
    this.state.current ??= { at: Math.floor(atMs / minuteMs) * minuteMs, countries: {}, origins: {}, gateways: {} };
  }

  /** A minute is complete, and can be read, when a step ends where it does. */
  endStep(atMs: number): void {
    const { current } = this.state;
    if (current === null || atMs < current.at + minuteMs) return;
    this.state.minutes.push(current);
    if (this.state.minutes.length > minutesKept) this.state.minutes.shift();
    this.state.current = null;
  }

  noteClient(country: string, requests: number, failed: number, latencyMs: number): void {
    const { current } = this.state;
    if (current === null) return;
    addFlow((current.countries[country] ??= emptyFlow()), requests, failed, latencyMs);
  }

  noteOrigin(originGroup: string, origin: string, requests: number, failed: number, latencyMs: number): void {
    addFlow(this.#origin(originGroup, origin), requests, failed, latencyMs);
  }

  noteProbe(originGroup: string, origin: string, passed: boolean): void {
    const flow = this.#origin(originGroup, origin);
    flow.probes++;
    if (passed) flow.passed++;
  }

  noteGateway(stamp: string, requests: number, failed: number, healthyHosts: number, unhealthyHosts: number): void {
    const { current } = this.state;
    if (current === null) return;
    const flow = (current.gateways[stamp] ??= { requests: 0, failed: 0, samples: 0, healthySum: 0, healthyLow: Number.MAX_SAFE_INTEGER, healthyHigh: 0, unhealthySum: 0, unhealthyLow: Number.MAX_SAFE_INTEGER, unhealthyHigh: 0 });
    flow.requests += requests;
    flow.failed += failed;
    flow.samples++;
    flow.healthySum += healthyHosts;
    flow.healthyLow = Math.min(flow.healthyLow, healthyHosts);
    flow.healthyHigh = Math.max(flow.healthyHigh, healthyHosts);
    flow.unhealthySum += unhealthyHosts;
    flow.unhealthyLow = Math.min(flow.unhealthyLow, unhealthyHosts);
    flow.unhealthyHigh = Math.max(flow.unhealthyHigh, unhealthyHosts);
  }

  /** Minutes are in order and readers ask for the last ones. */
  #between(fromMs: number, toMs: number): readonly Minute[] {
    const { minutes } = this.state;
    let end = minutes.length;
    while (end > 0 && (minutes[end - 1]?.at ?? 0) + minuteMs >= toMs) end--;
    let start = end;
    while (start > 0 && (minutes[start - 1]?.at ?? 0) + minuteMs >= fromMs) start--;
    return minutes.slice(start, end);
  }

  #origin(originGroup: string, origin: string): OriginFlow {
    const { current } = this.state;
    if (current === null) return { ...emptyFlow(), originGroup, probes: 0, passed: 0 };
    return (current.origins[origin] ??= { ...emptyFlow(), originGroup, probes: 0, passed: 0 });
  }

  #frontDoor(minute: Minute, metric: string): readonly MetricPoint[] {
    switch (metric) {
      case 'RequestCount':
        return Object.entries(minute.countries).flatMap(([country, flow]) => byStatus(minute.at, flow, { ClientCountry: country, ClientRegion: regionOfCountry[country] ?? country }));
      case 'TotalLatency':
        return Object.entries(minute.countries).flatMap(([country, flow]) => latencyPoint(minute.at, flow, { ClientCountry: country, ClientRegion: regionOfCountry[country] ?? country }));
      case 'Percentage5XX':
        return Object.entries(minute.countries).flatMap(([country, flow]) =>
          flow.requests === 0 ? [] : [gauge(minute.at, { ClientCountry: country, ClientRegion: regionOfCountry[country] ?? country }, (100 * flow.failed) / flow.requests, Math.round(flow.requests))],
        );
      case 'OriginRequestCount':
        return this.#origins(minute).flatMap(([origin, flow]) => byStatus(minute.at, flow, { Origin: origin }));
      case 'OriginLatency':
        return this.#origins(minute).flatMap(([origin, flow]) => latencyPoint(minute.at, flow, { Origin: origin }));
      case 'OriginHealthPercentage':
        return this.#origins(minute).flatMap(([origin, flow]) => (flow.probes === 0 ? [] : [gauge(minute.at, { Origin: origin, OriginGroup: flow.originGroup }, (100 * flow.passed) / flow.probes, flow.probes)]));
      default:
        return [];
    }
  }

  /** With the host name that Front Door's Origin dimension carries. */
  #origins(minute: Minute): readonly (readonly [string, OriginFlow])[] {
    return Object.entries(minute.origins).map(([origin, flow]) => [this.#hosts.get(origin) ?? origin, flow] as const);
  }

  #gateway(minute: Minute, metric: string, stamp: string): readonly MetricPoint[] {
    const flow = minute.gateways[stamp];
    if (flow === undefined) return [];
    const pool = { BackendSettingsPool: 'pods~http' };
    switch (metric) {
      case 'HealthyHostCount':
        return [{ at: minute.at, dimensions: pool, total: flow.healthySum, average: flow.healthySum / flow.samples, minimum: flow.healthyLow, maximum: flow.healthyHigh, count: flow.samples }];
      case 'UnhealthyHostCount':
        return [{ at: minute.at, dimensions: pool, total: flow.unhealthySum, average: flow.unhealthySum / flow.samples, minimum: flow.unhealthyLow, maximum: flow.unhealthyHigh, count: flow.samples }];
      case 'BackendResponseStatus':
        return byStatus(minute.at, flow, {}).map((point) => ({ ...point, dimensions: { HttpStatusGroup: point.dimensions['HttpStatusGroup'] === '2XX' ? '2xx' : '5xx' } }));
      default:
        return [];
    }
  }

  save(): MetricsState {
    return { minutes: this.state.minutes.slice(), current: this.state.current };
  }
}

function emptyFlow(): Flow {
  return { requests: 0, failed: 0, latencySum: 0, latencyLow: Number.MAX_SAFE_INTEGER, latencyHigh: 0 };
}

function addFlow(flow: Flow, requests: number, failed: number, latencyMs: number): void {
  if (requests <= 0) return;
  flow.requests += requests;
  flow.failed += failed;
  flow.latencySum += requests * latencyMs;
  flow.latencyLow = Math.min(flow.latencyLow, latencyMs);
  flow.latencyHigh = Math.max(flow.latencyHigh, latencyMs);
}

/** Flows are fractional; what a service counts is whole. */
function byStatus(at: number, flow: { readonly requests: number; readonly failed: number }, dimensions: Readonly<Record<string, string>>): readonly MetricPoint[] {
  const requests = Math.round(flow.requests);
  const failed = Math.min(requests, Math.round(flow.failed));
  return [
    { status: '200', group: '2XX', total: requests - failed },
    { status: '503', group: '5XX', total: failed },
  ]
    .filter(({ total }) => total > 0)
    .map(({ status, group, total }) => ({ at, dimensions: { ...dimensions, HttpStatus: status, HttpStatusGroup: group }, total, average: 1, minimum: 1, maximum: 1, count: total }));
}

function latencyPoint(at: number, flow: Flow, dimensions: Readonly<Record<string, string>>): readonly MetricPoint[] {
  if (flow.requests <= 0) return [];
  const count = Math.max(1, Math.round(flow.requests));
  return [{ at, dimensions, total: Math.round(flow.latencySum), average: flow.latencySum / flow.requests, minimum: flow.latencyLow, maximum: flow.latencyHigh, count }];
}

function gauge(at: number, dimensions: Readonly<Record<string, string>>, value: number, count: number): MetricPoint {
  return { at, dimensions, total: value * count, average: value, minimum: value, maximum: value, count };
}
