import { describe, expect, test } from 'vitest';
import { metricsDemand } from '../../../src/adapters/demand/demand.ts';
import { usersByCountry } from '../../../src/adapters/demand/places.ts';
import { fleetMetrics } from '../../../src/adapters/monitor/fleetMetrics.ts';
import { azureMonitorMetrics, type MetricQuestion, type MetricRow } from '../../../src/adapters/monitor/metrics.ts';
import { originDirectory } from '../../../src/adapters/monitor/originDirectory.ts';
import type { TrafficFacts } from '../../../src/domain/facts.ts';
import type { Fleet } from '../../../src/domain/fleet.ts';
import { known, unknown, type Reading } from '../../../src/domain/reading.ts';
import { TransientError } from '../../../src/ports/outcome.ts';
import { fakeContext, sleeplessClock, startMs } from '../support/fakeContext.ts';
import { fakeHttp, inTurn } from '../support/fakeHttp.ts';
import { sampleFleet, stampOf } from '../support/fleet.ts';

const fleet = sampleFleet();
const eastus2 = stampOf(fleet, 'eastus2');
const minute = 60_000;
const host = (stamp: string): string => `${stamp}.shop.example.com`;

const traffic: Reading<TrafficFacts> = known(
  {
    originGroups: [
      {
        name: 'web',
        latencyWindowMs: 30,
        probeDrainSeconds: 60,
        origins: fleet.stamps.map(({ name, origins }) => ({ stamp: name, origin: origins[0]?.origin ?? '', hostName: host(name), weight: 500, priority: 1, enabled: 'Enabled' as const })),
      },
    ],
  },
  startMs,
);

const measured = <T>(value: T, observedAt: number, coversFrom: number): Reading<T> => ({ ...known(value, observedAt), coversFrom });

/** Rows of `metric`, `minutesAgo` counted from the running minute's start: 1 is the last complete one. */
const row = (minutesAgo: number, value: number, dimensions: Record<string, string> = {}): Omit<MetricRow, 'metric'> => ({ at: startMs - minutesAgo * minute, value, dimensions });
const requests = (minutesAgo: number, stamp: string, group: string, value: number): Omit<MetricRow, 'metric'> => row(minutesAgo, value, { origin: `${host(stamp)}:443`, httpstatusgroup: group });

function metricsOf(rows: Readonly<Record<string, readonly Omit<MetricRow, 'metric'>[]>>, of: Fleet = fleet, read: () => Promise<Reading<TrafficFacts>> = () => Promise.resolve(traffic)) {
  const clock = sleeplessClock();
  const asked: MetricQuestion[] = [];
  const metrics = {
    query: (question: MetricQuestion) => {
      asked.push(question);
      const found = question.metrics.flatMap((metric) => (rows[metric] ?? []).map((one) => ({ ...one, metric })));
      return Promise.resolve(found.filter(({ at }) => at >= question.fromMs && at < question.toMs));
    },
  };
  return { metrics: fleetMetrics(clock, of, metrics, originDirectory(clock, of, read)), asked, clock };
}

describe('error rate of a stamp\'s origins', () => {
  test('is of the newest minute that has arrived, as old as that minute\'s end', async () => {
    const { metrics } = metricsOf({ OriginRequestCount: [requests(3, 'eastus2', '2XX', 900), requests(3, 'eastus2', '5XX', 100), requests(4, 'eastus2', '2XX', 1000)] });
    expect(await metrics.originRequests(eastus2)).toEqual(measured({ requests: 1000, requestsPerSecond: 1000 / 60, errorRate: 0.1, byOriginGroup: { web: 1000 / 60 } }, startMs - 2 * minute, startMs - 3 * minute));
  });

  test('counts what never got an answer, and not the client\'s own mistakes', async () => {
    const { metrics } = metricsOf({ OriginRequestCount: [requests(1, 'eastus2', '0XX', 50), requests(1, 'eastus2', '4XX', 50), requests(1, 'eastus2', '2XX', 100)] });
    expect(await metrics.originRequests(eastus2)).toMatchObject({ value: { errorRate: 0.25 } });
  });

  test('of few requests is taken over up to three minutes', async () => {
    const { metrics } = metricsOf({ OriginRequestCount: [1, 2, 3, 4].map((ago) => requests(ago, 'eastus2', ago === 2 ? '5XX' : '2XX', 10)) });
    expect(await metrics.originRequests(eastus2)).toMatchObject({ value: { requests: 30, errorRate: 1 / 3, requestsPerSecond: 30 / 180 }, observedAt: startMs, coversFrom: startMs - 3 * minute });
  });

  test('without a single point is unknown, never zero (I6)', async () => {
    const { metrics } = metricsOf({ OriginRequestCount: [requests(1, 'westus3', '2XX', 100)] });
    expect(await metrics.originRequests(eastus2)).toMatchObject({ kind: 'unknown', why: expect.stringContaining('no data') });
  });

  test('is read without the running minute: the question ends at its start', async () => {
    const { metrics, asked } = metricsOf({});
    await metrics.originRequests(eastus2);
    expect(asked[0]).toMatchObject({ toMs: startMs, fromMs: startMs - 8 * minute, dimensions: ['Origin', 'HttpStatusGroup'], aggregation: 'Total' });
  });

  test('is asked for once, although every stamp asks', async () => {
    const { metrics, asked } = metricsOf({});
    await Promise.all(fleet.stamps.map((stamp) => metrics.originRequests(stamp)));
    expect(asked).toHaveLength(1);
  });
});

test('a question that failed is asked anew by the next one, and once by all who wait', async () => {
  const clock = sleeplessClock();
  let asked = 0;
  const query = (): Promise<readonly MetricRow[]> => {
    asked += 1;
    return asked === 1 ? Promise.reject(new TransientError('a blip', null)) : Promise.resolve([{ ...requests(1, 'eastus2', '2XX', 600), metric: 'OriginRequestCount' }]);
  };
  const metrics = fleetMetrics(clock, fleet, { query }, originDirectory(clock, fleet, () => Promise.resolve(traffic)));
  expect(await Promise.all([metrics.originRequests(eastus2), metrics.shares()])).toMatchObject([{ kind: 'unknown' }, { kind: 'unknown' }]);
  expect(asked).toBe(1);
  expect(await metrics.originRequests(eastus2)).toMatchObject({ kind: 'known', value: { requestsPerSecond: 10 } });
});

test('origin health is that of the worst of a stamp\'s origins', async () => {
  const health = (value: number, group: string) => row(1, value, { origin: `${host('eastus2')}:443`, origingroup: group });
  const { metrics } = metricsOf({ OriginHealthPercentage: [health(100, 'web'), health(40, 'api')] });
  expect(await metrics.originHealth(eastus2)).toMatchObject({ value: 40 });
});

describe('healthy hosts', () => {
  test('are of the newest minute for which both counts have come', async () => {
    const { metrics } = metricsOf({ HealthyHostCount: [row(1, 9), row(2, 3)], UnhealthyHostCount: [row(2, 1)] });
    expect(await metrics.gatewayHealthyHosts(eastus2)).toEqual(measured(75, startMs - minute, startMs - 2 * minute));
  });

  test('with no host at all are unknown', async () => {
    const { metrics } = metricsOf({ HealthyHostCount: [row(1, 0)], UnhealthyHostCount: [row(1, 0)] });
    expect(await metrics.gatewayHealthyHosts(eastus2)).toMatchObject({ kind: 'unknown' });
  });
});

test('shares are of all origins that are ours, and a stamp without requests has none', async () => {
  const stranger = row(1, 5000, { origin: 'blog.example.com', httpstatusgroup: '2XX' });
  const { metrics } = metricsOf({ OriginRequestCount: [requests(1, 'eastus2', '2XX', 300), requests(1, 'westus3', '2XX', 90), requests(1, 'westus3', '5XX', 10), stranger] });
  expect(await metrics.shares()).toMatchObject({ value: { eastus2: 0.75, centralus: 0, westus3: 0.25 } });
});

test('shares count a stamp that is late as it was last seen, and one that has ended as none (I6)', async () => {
  const lastSeen = (minutesAgo: number) => metricsOf({ OriginRequestCount: [requests(1, 'eastus2', '2XX', 300), requests(minutesAgo, 'westus3', '2XX', 90), requests(minutesAgo, 'westus3', '5XX', 10), requests(minutesAgo + 1, 'westus3', '2XX', 700)] }).metrics.shares();
  for (const late of [2, 3, 4]) expect(await lastSeen(late)).toEqual(measured({ eastus2: 0.75, centralus: 0, westus3: 0.25 }, startMs, startMs - late * minute));
  expect(await lastSeen(5)).toMatchObject({ value: { eastus2: 1, westus3: 0 } });
});

test('classic Front Door spells its metrics its own way', async () => {
  const classic: Fleet = { ...fleet, frontDoor: { ...fleet.frontDoor, kind: 'classic' } };
  const { metrics, asked } = metricsOf({ BackendHealthPercentage: [row(1, 80, { backend: host('eastus2'), backendpool: 'web' })] }, classic);
  expect(await metrics.originHealth(eastus2)).toMatchObject({ value: 80 });
  expect(asked[0]).toMatchObject({ dimensions: ['Backend', 'BackendPool'] });
});

describe('whose origin a host is', () => {
  test('is still known while Front Door does not answer: by the probe\'s host', async () => {
    const owner = (await originDirectory(sleeplessClock(), fleet, () => Promise.resolve(unknown('down', 0)))())(`${new URL(eastus2.probe.url).host}:443`);
    expect(owner).toEqual({ stamp: 'eastus2', originGroups: ['web'] });
  });

  test('is asked for once by all who want to know, and not again at once where there was no answer', async () => {
    const clock = sleeplessClock();
    let asked = 0;
    const directory = originDirectory(clock, fleet, () => {
      asked += 1;
      return Promise.resolve(unknown('down', 0));
    });
    await Promise.all([directory(), directory(), directory()]);
    await directory();
    expect(asked).toBe(1);
    clock.advance(31_000);
    await directory();
    expect(asked).toBe(2);
  });

  test('is kept from the last answer', async () => {
    const clock = sleeplessClock();
    let answers: Reading<TrafficFacts> = traffic;
    const directory = originDirectory(clock, fleet, () => Promise.resolve(answers));
    await directory();
    answers = unknown('down', 0);
    clock.advance(3_600_000);
    expect((await directory())(`${host('westus3').toUpperCase()}:443`)).toMatchObject({ stamp: 'westus3' });
    expect((await directory())('blog.example.com')).toBeNull();
  });
});

test('what a stamp had at this hour on former days', async () => {
  const dayMs = 1440 * minute;
  const history = [1, 2].map((day): Omit<MetricRow, 'metric'> => ({ at: startMs - day * dayMs + 15 * minute, value: day * 90_000, dimensions: { origin: host('eastus2') } }));
  const { metrics } = metricsOf({ OriginRequestCount: history });
  expect(await metrics.highestOnFormerDays(eastus2, startMs, startMs + 60 * minute, 7)).toBe(200);
  expect(await metrics.highestOnFormerDays(stampOf(fleet, 'westus3'), startMs, startMs + 60 * minute, 7)).toBeNull();
});

describe('demand', () => {
  const countries = [row(1, 600, { clientcountry: 'Japan' }), row(1, 1800, { clientcountry: 'United States' }), row(1, 600, { clientcountry: 'Atlantis' })];

  test('shares out what reaches origins by where clients are, cache hits or not', async () => {
    const { metrics, clock } = metricsOf({ RequestCount: countries, OriginRequestCount: [requests(1, 'eastus2', '2XX', 1500)] });
    const reading = await metricsDemand(clock, fleet, metrics).readDemand();
    if (reading.kind === 'unknown') throw new Error(reading.why);
    expect(reading.value.source).toBe('countryTable');
    expect(reading.value.groups.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0)).toBeCloseTo(25, 9);
    const of = (name: string) => reading.value.groups.filter((group) => group.name.startsWith(name));
    expect(of('United States').reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0)).toBeCloseTo(15, 9);
    expect(of('Japan')[0]?.latencyMsByStamp['westus3']).toBeLessThan(of('Japan')[0]?.latencyMsByStamp['eastus2'] ?? 0);
    expect(of('Atlantis')[0]).toMatchObject({ requestsPerSecond: 5, latencyMsByStamp: {} });
  });

  test('a series whose newest minute is late counts with the one before, and one that has ended does not count', async () => {
    const late = [requests(1, 'eastus2', '2XX', 600), requests(2, 'eastus2', '2XX', 6000), requests(3, 'centralus', '2XX', 1200), requests(3, 'centralus', '5XX', 60), requests(5, 'westus3', '2XX', 6000)];
    const { metrics } = metricsOf({ OriginRequestCount: late, RequestCount: [row(1, 600, { clientcountry: 'Japan' }), row(2, 300, { clientcountry: 'Kenya' }), row(5, 900, { clientcountry: 'Peru' })] });
    expect(await metrics.requestsByOriginGroup()).toEqual(measured({ web: (600 + 1260) / 60 }, startMs, startMs - 3 * minute));
    expect(await metrics.requestsByCountry()).toEqual(measured([{ country: 'Japan', requestsPerSecond: 10 }, { country: 'Kenya', requestsPerSecond: 5 }], startMs, startMs - 2 * minute));
  });

  test('without countries is one group of unknown latency, and says so', async () => {
    const { metrics, clock } = metricsOf({ OriginRequestCount: [requests(1, 'eastus2', '2XX', 600)] });
    expect(await metricsDemand(clock, fleet, metrics).readDemand()).toMatchObject({ value: { source: 'allToNearest', groups: [{ originGroup: 'web', requestsPerSecond: 10, latencyMsByStamp: {} }] } });
  });

  test('without any request is unknown', async () => {
    const { metrics, clock } = metricsOf({ RequestCount: countries });
    expect(await metricsDemand(clock, fleet, metrics).readDemand()).toMatchObject({ kind: 'unknown' });
  });

  test('load of a stamp goes to its workloads by their shares', async () => {
    const { metrics, clock } = metricsOf({ OriginRequestCount: [requests(1, 'eastus2', '2XX', 6000)], OriginLatency: [row(1, 80, { origin: host('eastus2') })] });
    const loads = await metricsDemand(clock, fleet, metrics).readLoad(fleet.stamps);
    expect(loads['eastus2']).toMatchObject({ value: { requestsPerSecond: 100, byWorkload: { web: 100, recommendations: 40 }, latencyMs: 80, errorRate: 0 } });
    expect(loads['westus3']).toMatchObject({ kind: 'unknown' });
  });

  test('load carries the highest of the same hours of a week, as far ahead as a surge lasts, asked once an hour', async () => {
    const day = 1440 * minute;
    const history = (daysAgo: number, minutesAhead: number, perSecond: number): Omit<MetricRow, 'metric'> => ({ at: startMs - daysAgo * day + minutesAhead * minute, value: perSecond * 900, dimensions: { origin: host('eastus2') } });
    const now = [requests(1, 'eastus2', '2XX', 6000)];
    // 150 an hour ahead six days ago; 300 lies beyond the 240 minutes of a surge, and 400 eight days back
    const { metrics, asked, clock } = metricsOf({ OriginRequestCount: [...now, history(1, 0, 120), history(6, 60, 150), history(2, 300, 300), history(8, 60, 400)], OriginLatency: [row(1, 80, { origin: host('eastus2') })] });
    const demand = metricsDemand(clock, fleet, metrics);
    expect((await demand.readLoad([eastus2]))['eastus2']).toMatchObject({ value: { requestsPerSecond: 100, forecastRequestsPerSecond: 150 }, coversFrom: startMs - minute });
    const ofHistory = () => asked.filter(({ grain }) => grain === 'PT15M').length;
    expect(ofHistory()).toBe(7);
    clock.advance(59 * minute);
    await demand.readLoad([eastus2]);
    expect(ofHistory()).toBe(7);
  });

  test('a history that does not answer takes nothing from what is measured now, is told, and asked again after two minutes', async () => {
    const { metrics, clock } = metricsOf({ OriginRequestCount: [requests(1, 'eastus2', '2XX', 6000)], OriginLatency: [row(1, 80, { origin: host('eastus2') })] });
    const answers: (number | Error)[] = [new Error('no history'), 150, new Error('throttled'), new Error('throttled')];
    const without = { ...metrics, highestOnFormerDays: () => { const next = answers.shift(); return next instanceof Error ? Promise.reject(next) : Promise.resolve(next ?? null); } };
    const demand = metricsDemand(clock, fleet, without);
    // Only the history is looked at: the load itself is too old after an hour.
    const read = async () => { const load = (await demand.readLoad([eastus2]))['eastus2']; return load?.kind === 'known' ? [load.value.requestsPerSecond, load.value.forecastRequestsPerSecond, load.value.forecastUnknown] : null; };
    expect(await read()).toEqual([100, null, 'no history']);
    clock.advance(minute);
    expect(await read()).toEqual([100, null, 'no history']);
    clock.advance(minute);
    expect(await read()).toEqual([100, 150, undefined]);
    expect(answers).toHaveLength(2);
  });

  test('what former days said last counts for another hour', async () => {
    const { metrics, clock } = metricsOf({});
    let broken = false;
    const load = { requests: 6000, requestsPerSecond: 100, errorRate: 0, byOriginGroup: { web: 100 } };
    const demand = metricsDemand(clock, fleet, {
      ...metrics, originRequests: () => Promise.resolve(known(load, clock.now())), originLatency: () => Promise.resolve(known(80, clock.now())), highestOnFormerDays: () => (broken ? Promise.reject(new Error('throttled')) : Promise.resolve(150)),
    });
    const forecast = async () => { const read = (await demand.readLoad([eastus2]))['eastus2']; return read?.kind === 'known' ? [read.value.forecastRequestsPerSecond, read.value.forecastUnknown] : null; };
    await forecast();
    broken = true;
    clock.advance(119 * minute);
    expect(await forecast()).toEqual([150, undefined]);
    clock.advance(2 * minute);
    expect(await forecast()).toEqual([null, 'throttled']);
  });
});

describe('the table of places', () => {
  test('shares of a country\'s parts add up to all of its users', () => {
    for (const [country, parts] of Object.entries(usersByCountry)) expect(parts.reduce((sum, { weight }) => sum + weight, 0), country).toBeCloseTo(1, 9);
  });

  test('every place is on the globe', () => {
    for (const [country, parts] of Object.entries(usersByCountry)) {
      for (const { latitude, longitude } of parts) {
        expect(Math.abs(latitude), country).toBeLessThanOrEqual(90);
        expect(Math.abs(longitude), country).toBeLessThanOrEqual(180);
      }
    }
  });
});

describe('the query on the wire', () => {
  test('asks for every series, with one slash before the resource, at the metrics endpoint', async () => {
    const http = fakeHttp(
      inTurn({
        status: 200,
        body: {
          timespan: 'a/b',
          interval: 'PT1M',
          value: [
            {
              id: 'x', type: 'Microsoft.Insights/metrics', name: { value: 'OriginRequestCount' }, unit: 'Count', errorCode: 'Success',
              timeseries: [{ metadatavalues: [{ name: { value: 'origin' }, value: 'h:443' }], data: [{ timeStamp: '2026-11-22T11:58:00Z', total: 7 }, { timeStamp: '2026-11-22T11:59:00Z' }] }],
            },
          ],
        },
      }),
    );
    const rows = await azureMonitorMetrics(fakeContext(http.client)).query({ resourceId: '/subscriptions/s/x', metrics: ['OriginRequestCount'], aggregation: 'Total', dimensions: ['Origin', 'HttpStatusGroup'], fromMs: startMs - 5 * minute, toMs: startMs });
    expect(rows).toEqual([{ metric: 'OriginRequestCount', at: startMs - 2 * minute, dimensions: { origin: 'h:443' }, value: 7 }]);
    const [asked] = http.asked;
    expect(asked?.url.href).toMatch(/^https:\/\/arm\.test\/subscriptions\/s\/x\/providers\/Microsoft\.Insights\/metrics\?/);
    expect(Object.fromEntries(asked?.url.searchParams ?? [])).toMatchObject({ $filter: "Origin eq '*' and HttpStatusGroup eq '*'", top: '2000', interval: 'PT1M', aggregation: 'Total' });
  });
});
