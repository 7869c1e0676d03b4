import type { Fleet, Stamp } from '../../domain/fleet.ts';
import { known, unknown, type Reading } from '../../domain/reading.ts';
import type { Clock } from '../../ports/clock.ts';
import { readingOf } from '../http/faults.ts';
import { frontDoorMetricNames } from './metricNames.ts';
import type { MetricQuestion, MetricRow, Metrics } from './metrics.ts';
import type { OriginDirectory, OriginOwner } from './originDirectory.ts';

const minuteMs = 60_000;
/** Front Door's metrics come up to 3 minutes late: further back there is nothing newer to hope for. */
const windowMinutes = 8;
/**
 * Milliseconds for which an answer is shared: several readers ask within one look at the fleet, and a run that verifies its shift asks
 * between two. Azure Monitor has a new point once a minute; each look asks anew.
 */
const sharedMsOf = ({ signals }: Fleet): number => Math.min(20, (signals.watchIntervalSeconds * 2) / 3) * 1000;
/** A rate of fewer requests than this is taken over more minutes, up to three. */
const enoughRequests = 50;

export interface RequestRate {
  readonly requestsPerSecond: number;
  readonly requests: number;
  /** Fraction 0..1 of them that failed at the origin or never reached it. */
  readonly errorRate: number;
  /** Requests per second. The metric does not say through which group a request came: an origin in several counts evenly. */
  readonly byOriginGroup: Readonly<Record<string, number>>;
}

export interface CountryLoad {
  readonly country: string;
  readonly requestsPerSecond: number;
}

/** What Azure Monitor says of the fleet: the newest complete minutes that have arrived, each with its own age. */
export interface FleetMetrics {
  /** Percent 0..100 of Front Door's probes that pass, the worst of the stamp's origins. */
  originHealth(stamp: Stamp): Promise<Reading<number>>;
  originRequests(stamp: Stamp): Promise<Reading<RequestRate>>;
  /** Milliseconds, mean over the stamp's origins. */
  originLatency(stamp: Stamp): Promise<Reading<number>>;
  /** Percent 0..100 of the hosts behind the stamp's Application Gateway. */
  gatewayHealthyHosts(stamp: Stamp): Promise<Reading<number>>;
  /** Fraction 0..1 of the fleet's requests by stamp; 0 for one whose origins have had no point for longer than a point can be late. */
  shares(): Promise<Reading<Readonly<Record<string, number>>>>;
  requestsByCountry(): Promise<Reading<readonly CountryLoad[]>>;
  /** Requests per second by origin group, all stamps. */
  requestsByOriginGroup(): Promise<Reading<Readonly<Record<string, number>>>>;
  /** Highest requests per second of a stamp in [fromMs, toMs) of each of the `days` days before; null without history. */
  highestOnFormerDays(stamp: Stamp, fromMs: number, toMs: number, days: number): Promise<number | null>;
  /** Newest value of any resource's metric, for a check. */
  newest(resourceId: string, metric: string): Promise<Reading<number>>;
}

export function fleetMetrics(clock: Clock, fleet: Fleet, metrics: Metrics, directory: OriginDirectory): FleetMetrics {
  const names = frontDoorMetricNames[fleet.frontDoor.kind];
  const now = (): number => clock.now();
  const sharedMs = sharedMsOf(fleet);
  const shared = new Map<string, { readonly at: number; readonly rows: Promise<readonly MetricRow[]> }>();

  function ask(question: MetricQuestion): Promise<readonly MetricRow[]> {
    for (const [key, { at }] of shared) if (now() - at >= sharedMs) shared.delete(key);
    const key = JSON.stringify(question);
    const before = shared.get(key);
    if (before !== undefined) return before.rows;
    const asked = { at: now(), rows: metrics.query(question) };
    shared.set(key, asked);
    asked.rows.catch(() => {
      // Told to those who wait for it already: the next one asks anew.
      if (shared.get(key) === asked) shared.delete(key);
    });
    return asked.rows;
  }

  function recent(question: Omit<MetricQuestion, 'fromMs' | 'toMs'>): Promise<readonly MetricRow[]> {
    const toMs = Math.floor(now() / minuteMs) * minuteMs;
    return ask({ ...question, fromMs: toMs - windowMinutes * minuteMs, toMs });
  }

  const ofOrigins = (metric: string, aggregation: MetricQuestion['aggregation'], dimensions: readonly string[]): Promise<readonly MetricRow[]> =>
    recent({ resourceId: fleet.frontDoor.resourceId, metrics: [metric], aggregation, dimensions });

  /** Rows with the stamp that each belongs to; what belongs to none is left out. */
  async function owned(rows: Promise<readonly MetricRow[]>): Promise<readonly OwnedRow[]> {
    const [found, ownerOf] = await Promise.all([rows, directory()]);
    return found.flatMap((row) => {
      const owner = ownerOf(originOf(row));
      return owner === null ? [] : [{ ...row, owner }];
    });
  }

  const originOf = (row: MetricRow): string => row.dimensions[names.origin.toLowerCase()] ?? '';
  const originRequestRows = (): Promise<readonly OwnedRow[]> => owned(ofOrigins(names.originRequests, 'Total', [names.origin, 'HttpStatusGroup']));

  return {
    originHealth: (stamp) =>
      aged('origin health', now, async () => {
        const rows = await owned(ofOrigins(names.originHealth, 'Average', [names.origin, names.originGroup]));
        return newestOf(rows.filter(({ owner }) => owner.stamp === stamp.name), (values) => Math.min(...values));
      }),

    originLatency: (stamp) =>
      aged('origin latency', now, async () => {
        const rows = await owned(ofOrigins(names.originLatency, 'Average', [names.origin]));
        return newestOf(rows.filter(({ owner }) => owner.stamp === stamp.name), mean);
      }),

    originRequests: (stamp) =>
      aged('origin requests', now, async () => rateOf((await originRequestRows()).filter(({ owner }) => owner.stamp === stamp.name))),

    gatewayHealthyHosts: (stamp) =>
      aged('gateway hosts', now, async () => {
        const resourceId = stamp.gateway.resourceId;
        const rows = await recent({ resourceId, metrics: ['HealthyHostCount', 'UnhealthyHostCount'], aggregation: 'Average', dimensions: [] });
        return percentHealthy(rows.filter(({ metric }) => metric === 'HealthyHostCount'), rows.filter(({ metric }) => metric === 'UnhealthyHostCount'));
      }),

    shares: () =>
      aged('traffic shares', now, async () => {
        const rows = await originRequestRows();
        const at = newestAt(rows);
        if (at === null) return null;
        const counted = newestOfEach(rows, originOf);
        const byStamp = Object.fromEntries(fleet.stamps.map(({ name }) => [name, sum(counted.filter((row) => row.owner.stamp === name))]));
        const total = Object.values(byStamp).reduce((all, value) => all + value, 0);
        return total === 0 ? null : { at, from: oldestAt(counted), value: Object.fromEntries(Object.entries(byStamp).map(([name, value]) => [name, value / total])) };
      }),

    requestsByCountry: () =>
      aged('requests by country', now, async () => {
        const rows = await ofOrigins(names.requests, 'Total', ['ClientCountry']);
        const at = newestAt(rows);
        if (at === null) return null;
        const counted = newestOfEach(rows, (row) => row.dimensions['clientcountry'] ?? '');
        return { at, from: oldestAt(counted), value: counted.map((row) => ({ country: row.dimensions['clientcountry'] ?? '', requestsPerSecond: row.value / 60 })) };
      }),

    requestsByOriginGroup: () =>
      aged('requests by origin group', now, async () => {
        const rows = await originRequestRows();
        const at = newestAt(rows);
        if (at === null) return null;
        const counted = newestOfEach(rows, originOf);
        return { at, from: oldestAt(counted), value: perGroup(counted, 60) };
      }),

    async highestOnFormerDays(stamp, fromMs, toMs, days) {
      const grainMs = 15 * minuteMs;
      const dayMs = 1440 * minuteMs;
      const ownerOf = await directory();
      const perDay = await Promise.all(
        Array.from({ length: days }, (_, index) => (index + 1) * dayMs).map((backMs) =>
          ask({
            resourceId: fleet.frontDoor.resourceId,
            metrics: [names.originRequests],
            aggregation: 'Total',
            dimensions: [names.origin],
            fromMs: Math.floor((fromMs - backMs) / grainMs) * grainMs,
            toMs: Math.ceil((toMs - backMs) / grainMs) * grainMs,
            grain: 'PT15M',
          }),
        ),
      );
      const byGrain = new Map<number, number>();
      for (const row of perDay.flat()) {
        if (ownerOf(originOf(row))?.stamp === stamp.name) byGrain.set(row.at, (byGrain.get(row.at) ?? 0) + row.value);
      }
      return byGrain.size === 0 ? null : Math.max(...byGrain.values()) / (grainMs / 1000);
    },

    newest: (resourceId, metric) =>
      aged(metric, now, async () => newestOf(await recent({ resourceId, metrics: [metric], aggregation: 'Average', dimensions: [] }), (values) => Math.max(...values))),
  };
}

type OwnedRow = MetricRow & { readonly owner: OriginOwner };

interface Aged<T> {
  /** Start of the newest minute in it. */
  readonly at: number;
  /** Start of the oldest one. */
  readonly from: number;
  readonly value: T;
}

/** As old as the end of its newest minute, and measured since the start of its oldest; null = no minute has data, which is unknown. */
async function aged<T>(what: string, now: () => number, read: () => Promise<Aged<T> | null>): Promise<Reading<T>> {
  const reading = await readingOf(what, now, read);
  if (reading.kind === 'unknown') return reading;
  if (reading.value === null) return unknown(`${what}: no data in the last ${windowMinutes} minutes`, now());
  const { value, at, from } = reading.value;
  return { ...known(value, Math.min(now(), at + minuteMs)), coversFrom: from };
}

/** Of rows that there are. */
const oldestAt = (rows: readonly MetricRow[]): number => Math.min(...rows.map((row) => row.at));

const newestAt = (rows: readonly MetricRow[]): number | null => (rows.length === 0 ? null : Math.max(...rows.map((row) => row.at)));

/** Front Door publishes a minute at most three minutes after its end. */
const latenessMs = 3 * minuteMs;

/**
 * The rows of each series' own newest minute. Minutes arrive late, each series in its own way: one that lacks the newest
 * counts as it was last seen, because a missing point is unknown, never zero. Only one that lacks a minute that must have
 * arrived by the time the newest did is over: so a drained origin's series ends. Its settings are no evidence: Front Door
 * takes minutes to follow them.
 */
function newestOfEach<Row extends MetricRow>(rows: readonly Row[], seriesOf: (row: Row) => string): readonly Row[] {
  const newest = newestAt(rows) ?? 0;
  const atOf = new Map<string, number>();
  for (const row of rows) if (row.at >= newest - latenessMs) atOf.set(seriesOf(row), Math.max(row.at, atOf.get(seriesOf(row)) ?? 0));
  return rows.filter((row) => row.at === atOf.get(seriesOf(row)));
}

function newestOf(rows: readonly MetricRow[], merge: (values: readonly number[]) => number): Aged<number> | null {
  const at = newestAt(rows);
  return at === null ? null : { at, from: at, value: merge(rows.filter((row) => row.at === at).map((row) => row.value)) };
}

/** Newest minute backwards until there are enough requests to speak of a rate, three minutes at most. */
function rateOf(rows: readonly OwnedRow[]): Aged<RequestRate> | null {
  const at = newestAt(rows);
  if (at === null) return null;
  const used: OwnedRow[] = [];
  let minutes = 0;
  for (let minute = at; minutes < 3 && (minutes === 0 || sum(used) < enoughRequests); minute -= minuteMs) {
    used.push(...rows.filter((row) => row.at === minute));
    minutes += 1;
  }
  const requests = sum(used);
  const failed = sum(used.filter((row) => isFailure(row.dimensions['httpstatusgroup'] ?? '')));
  const seconds = minutes * 60;
  return { at, from: at - (minutes - 1) * minuteMs, value: { requests, requestsPerSecond: requests / seconds, errorRate: requests === 0 ? 0 : failed / requests, byOriginGroup: perGroup(used, seconds) } };
}

function perGroup(rows: readonly OwnedRow[], seconds: number): Readonly<Record<string, number>> {
  const groups: Record<string, number> = {};
  for (const { value, owner } of rows) {
    for (const group of owner.originGroups) groups[group] = (groups[group] ?? 0) + value / seconds / owner.originGroups.length;
  }
  return groups;
}

/** 5XX, and what Front Door groups under 0 because no answer came. */
const isFailure = (group: string): boolean => /^[05]/.test(group);

/** Two metrics, each late in its own way: the newest minute of which both have arrived. */
function percentHealthy(healthy: readonly MetricRow[], unhealthy: readonly MetricRow[]): Aged<number> | null {
  const arrived = new Set(unhealthy.map((row) => row.at));
  const at = newestAt(healthy.filter((row) => arrived.has(row.at)));
  if (at === null) return null;
  const up = sum(healthy.filter((row) => row.at === at));
  const down = sum(unhealthy.filter((row) => row.at === at));
  return up + down === 0 ? null : { at, from: at, value: (100 * up) / (up + down) };
}

const sum = (rows: readonly MetricRow[]): number => rows.reduce((total, row) => total + row.value, 0);
const mean = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0) / values.length;
