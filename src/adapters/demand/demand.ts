import type { DemandFacts, LoadFacts, UserGroup } from '../../domain/facts.ts';
import type { Fleet, Stamp } from '../../domain/fleet.ts';
import { known, type Reading } from '../../domain/reading.ts';
import { workloadsOf } from '../../domain/workloadsOf.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Demand } from '../../ports/demand.ts';
import type { CountryLoad, FleetMetrics, RequestRate } from '../monitor/fleetMetrics.ts';
import { usersByEdge, type ReadEdges } from './accessLog.ts';
import { estimateLatencyMs } from '../../domain/traffic/index.ts';
import { usersByCountry } from './places.ts';

const forecastDays = 7;
const forecastKeptMs = 3_600_000;
/** Former days that do not answer are asked again after this long; until then, and for another hour, what they said last counts. */
const forecastAgainMs = 120_000;

/**
 * Where users are: by edge, from Front Door's access log where the fleet file names its workspace; else by country from Front
 * Door's metrics, which know no point of presence, with a table's latency estimates. Without countries all users are one group of
 * unknown latency: the planner then takes the worst case. Each step down is said, with the reason.
 */
export function metricsDemand(clock: Clock, fleet: Fleet, metrics: FleetMetrics, readEdges: ReadEdges | null = null): Demand {
  const forecasts = new Map<string, Forecast & { readonly at: number; readonly askAgainAt: number }>();

  /** None without history, which a new fleet has not; history that does not answer is told as such. */
  async function forecast(stamp: Stamp): Promise<Forecast> {
    const before = forecasts.get(stamp.name);
    const fromMs = clock.now();
    if (before !== undefined && fromMs < before.askAgainAt) return before;
    try {
      const value = await metrics.highestOnFormerDays(stamp, fromMs, fromMs + fleet.policy.surgeExpiryMinutes * 60_000, forecastDays);
      forecasts.set(stamp.name, { value, why: null, at: fromMs, askAgainAt: fromMs + forecastKeptMs });
      return { value, why: null };
    } catch (error) {
      const last = before?.why === null && fromMs - before.at < 2 * forecastKeptMs ? before : { value: null, why: error instanceof Error ? error.message : String(error), at: fromMs };
      forecasts.set(stamp.name, { ...last, askAgainAt: fromMs + forecastAgainMs });
      return last;
    }
  }

  async function readLoad(stamp: Stamp): Promise<Reading<LoadFacts>> {
    const [requests, latency, highest] = await Promise.all([metrics.originRequests(stamp), metrics.originLatency(stamp), forecast(stamp)]);
    if (requests.kind === 'unknown') return requests;
    if (latency.kind === 'unknown') return latency;
    const { requestsPerSecond, errorRate } = requests.value;
    const value: LoadFacts = {
      requestsPerSecond,
      byWorkload: byWorkload(fleet, stamp, requests.value),
      forecastRequestsPerSecond: highest.value,
      ...(highest.why === null ? {} : { forecastUnknown: highest.why }),
      errorRate,
      latencyMs: latency.value,
    };
    const { coversFrom } = requests;
    return { ...known(value, Math.min(requests.observedAt, latency.observedAt)), ...(coversFrom === undefined ? {} : { coversFrom }) };
  }

  return {
    async readDemand(): Promise<Reading<DemandFacts>> {
      const [groups, countries, edges] = await Promise.all([metrics.requestsByOriginGroup(), metrics.requestsByCountry(), readEdges === null ? null : readEdges()]);
      if (groups.kind === 'unknown') return groups;
      const rates = Object.entries(groups.value);
      if (edges?.kind === 'known') {
        const byEdge = rates.map(([originGroup, rate]) => usersByEdge(fleet, originGroup, rate, edges.value));
        if (byEdge.every((users) => users.length > 0)) return known({ source: 'accessLog', groups: byEdge.flat() }, groups.observedAt);
      }
      const insteadOf = edges === null ? {} : { insteadOf: edges.kind === 'unknown' ? edges.why : 'access log: an origin group has no row in the last hour' };
      const total = countries.kind === 'known' ? countries.value.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0) : 0;
      if (countries.kind === 'unknown' || total === 0) {
        return known({ source: 'allToNearest', ...insteadOf, groups: rates.map(([originGroup, requestsPerSecond]) => ({ name: 'all users', originGroup, requestsPerSecond, latencyMsByStamp: {} })) }, groups.observedAt);
      }
      // Countries are counted at the edge, cache hits included; what reaches origins is shared out in their proportions.
      const users = rates.flatMap(([originGroup, rate]) =>
        countries.value.flatMap((country) => usersFrom(fleet, originGroup, country, (rate * country.requestsPerSecond) / total)),
      );
      return known({ source: 'countryTable', ...insteadOf, groups: users }, Math.min(groups.observedAt, countries.observedAt));
    },

    async readLoad(stamps) {
      const readings = await Promise.all(stamps.map(async (stamp) => [stamp.name, await readLoad(stamp)] as const));
      return Object.fromEntries(readings);
    },
  };
}

interface Forecast {
  /** Requests per second; null where no former day has any, or `why` says why nobody knows. */
  readonly value: number | null;
  readonly why: string | null;
}

function byWorkload(fleet: Fleet, stamp: Stamp, { byOriginGroup }: RequestRate): Readonly<Record<string, number>> {
  return Object.fromEntries(workloadsOf(fleet, stamp).map((workload) => [workload.name, (byOriginGroup[workload.originGroup] ?? 0) * workload.trafficShare]));
}

/** A country that the table does not know is one group of unknown latency. */
function usersFrom(fleet: Fleet, originGroup: string, { country }: CountryLoad, requestsPerSecond: number): readonly UserGroup[] {
  const places = usersByCountry[country];
  if (places === undefined) return [{ name: country, originGroup, requestsPerSecond, latencyMsByStamp: {} }];
  return places.map((place) => ({
    name: place.part === null ? country : `${country}, ${place.part}`,
    originGroup,
    requestsPerSecond: requestsPerSecond * place.weight,
    latencyMsByStamp: Object.fromEntries(
      fleet.stamps.flatMap((stamp) => {
        const estimated = estimateLatencyMs(place, stamp.region);
        return estimated === null ? [] : [[stamp.name, estimated] as const];
      }),
    ),
  }));
}
