import { describe, expect, it } from 'vitest';
import { accessLogEdges, accessLogQuery, usersByEdge, type EdgeRow } from '../../../src/adapters/demand/accessLog.ts';
import { metricsDemand } from '../../../src/adapters/demand/demand.ts';
import { estimateLatencyMs } from '../../../src/domain/traffic/index.ts';
import { azureMonitorLogs } from '../../../src/adapters/monitor/metrics.ts';
import type { FleetMetrics } from '../../../src/adapters/monitor/fleetMetrics.ts';
import { known, unknown } from '../../../src/domain/reading.ts';
import { fakeContext, startMs } from '../support/fakeContext.ts';
import { fakeHttp, inTurn } from '../support/fakeHttp.ts';
import { fleetFromText, sampleFleet, sampleFleetText } from '../support/fleet.ts';
import { openSandbox } from '../support/sandboxPorts.ts';

const workspaceId = '/subscriptions/5b1d0c3e-7a52-4d6f-9c0e-2f6a1e8d4b70/resourceGroups/rg-shop-global/providers/Microsoft.OperationalInsights/workspaces/log-shop';
const withWorkspace = sampleFleetText.replace('frontDoor:\n', `frontDoor:\n  accessLogWorkspaceId: ${workspaceId}\n`);
const fleet = fleetFromText(withWorkspace);
const columns = ['pop', 'country', 'origin', 'requests', 'firstByteSeconds'].map((name, index) => ({ name, type: index < 3 ? 'string' : index === 3 ? 'long' : 'real' }));
const table = (rows: readonly (readonly (string | number | null)[])[]) => ({ status: 200, body: { tables: [{ name: 'PrimaryResult', columns, rows }] } });
const directory = async () => (origin: string) => {
  const [stamp = ''] = origin.split('.');
  return fleet.stamps.some(({ name }) => name === stamp) ? { stamp, originGroups: ['web'] } : null;
};
const row = (pop: string, country: string, stamp: string, requests: number, firstByteMs: number): EdgeRow => ({ pop, country, stamp, originGroups: ['web'], requests, firstByteMs });

describe('the query', () => {
  it('asks the workspace about the profile, the last hour, within six seconds', async () => {
    const { client, asked } = fakeHttp(() => table([['DSA', 'United States', 'eastus2.example.test', 900, 0.031], ['DSA', 'United States', 'elsewhere.example.test', 5, 0.1], ['DSA', 'United States', 'westus3.example.test', 7, 'NaN']]));
    const context = fakeContext(client);
    const read = accessLogEdges(context.clock, fleet, azureMonitorLogs(context), directory);
    expect(await read?.()).toEqual(known([row('DSA', 'United States', 'eastus2', 900, 31)], startMs));
    expect(asked.map(({ method, url, body, timeoutMs }) => [method, decodeURIComponent(url.pathname), body, timeoutMs <= 6000])).toEqual([
      ['POST', `/v1${workspaceId}/query`, { query: accessLogQuery(fleet.frontDoor.resourceId), timespan: '2026-11-22T11:00:00.000Z/2026-11-22T12:00:00.000Z' }, true],
    ]);
  });

  it('is kept for five minutes, and a workspace that does not answer is left alone for two', async () => {
    const { client, asked } = fakeHttp(inTurn({ status: 403, body: { error: { code: 'InsufficientAccessError', message: 'no access' } } }, table([['DSA', 'Canada', 'eastus2.x', 100, 0.03]])));
    const context = fakeContext(client);
    const read = accessLogEdges(context.clock, fleet, azureMonitorLogs(context), directory);
    expect(await read?.()).toMatchObject({ kind: 'unknown', why: expect.stringMatching(/403 InsufficientAccessError/) });
    await read?.();
    expect(asked).toHaveLength(1);
    context.clock.advance(2 * 60_000);
    expect(await read?.()).toMatchObject({ kind: 'known' });
    context.clock.advance(4 * 60_000);
    await read?.();
    expect(asked).toHaveLength(2);
  });

  it('a part of an answer is none', async () => {
    const { client } = fakeHttp(() => ({ status: 200, body: { ...table([]).body, error: { code: 'PartialError', message: 'limits exceeded' } } }));
    const context = fakeContext(client);
    expect(await accessLogEdges(context.clock, fleet, azureMonitorLogs(context), directory)?.()).toMatchObject({ kind: 'unknown', why: expect.stringMatching(/in part/) });
  });

  it('is not made where the fleet file names no workspace', () => {
    const context = fakeContext(fakeHttp(() => table([])).client);
    expect(accessLogEdges(context.clock, sampleFleet(), azureMonitorLogs(context), directory)).toBeNull();
  });
});

describe('users by edge', () => {
  it('are dealt in the log\'s proportions, measured where the edge has used every origin', () => {
    const users = usersByEdge(fleet, 'web', 1000, [row('DSA', 'Germany', 'eastus2', 300, 90), row('DSA', 'Germany', 'centralus', 300, 110), row('DSA', 'Germany', 'westus3', 200, 150), row('PRA', 'Brazil', 'eastus2', 200, 130)]);
    expect(users[0]).toEqual({ name: 'DSA, Germany', originGroup: 'web', requestsPerSecond: 800, latencies: 'measured', latencyMsByStamp: { eastus2: 90, centralus: 110, westus3: 150 } });
    expect(users.slice(1).reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0)).toBeCloseTo(200, 9);
    expect(users.slice(1).every(({ latencies }) => latencies === 'estimated')).toBe(true);
  });

  it('an origin that was not used is estimated, moved by what the used ones take longer than estimated', () => {
    const germany = { latitude: 50.5, longitude: 9.5 };
    const estimate = (region: string): number => estimateLatencyMs(germany, region) ?? Number.NaN;
    const [users] = usersByEdge(fleet, 'web', 100, [row('DSA', 'Germany', 'eastus2', 300, estimate('eastus2') + 25)]);
    expect(users).toMatchObject({ latencies: 'estimated', latencyMsByStamp: { eastus2: estimate('eastus2') + 25, centralus: estimate('centralus') + 25, westus3: estimate('westus3') + 25 } });
  });

  it('a handful of requests measures nothing, and a country that the table lacks is estimated from nowhere', () => {
    const [users] = usersByEdge(fleet, 'web', 100, [row('XYZ', 'Atlantis', 'eastus2', 500, 40), row('XYZ', 'Atlantis', 'westus3', 19, 10)]);
    expect(users).toEqual({ name: 'XYZ, Atlantis', originGroup: 'web', requestsPerSecond: 100, latencies: 'estimated', latencyMsByStamp: { eastus2: 40 } });
  });
});

describe('the source of demand', () => {
  const metrics = (countries: 'known' | 'unknown'): FleetMetrics => ({
    requestsByOriginGroup: async () => known({ web: 600 }, startMs),
    requestsByCountry: async () => (countries === 'known' ? known([{ country: 'Germany', requestsPerSecond: 10 }], startMs) : unknown('no data', startMs)),
  }) as Partial<FleetMetrics> as FleetMetrics; // all that readDemand asks for
  const clock = fakeContext(fakeHttp(() => table([])).client).clock;

  it.each([
    ['accessLog', 'known', known([row('DSA', 'Germany', 'eastus2', 300, 90)], startMs), undefined],
    ['countryTable', 'known', unknown('access log: 403', startMs), 'access log: 403'],
    ['countryTable', 'known', known([], startMs), 'access log: an origin group has no row in the last hour'],
    ['allToNearest', 'unknown', unknown('access log: 403', startMs), 'access log: 403'],
    ['countryTable', 'known', null, undefined],
  ] as const)('is %s where countries are %s and the log is as given, and says why it is no better', async (source, countries, edges, insteadOf) => {
    const demand = await metricsDemand(clock, fleet, metrics(countries), edges === null ? null : () => Promise.resolve(edges)).readDemand();
    if (demand.kind === 'unknown') throw new Error(demand.why);
    expect([demand.value.source, demand.value.insteadOf]).toEqual([source, insteadOf]);
    expect(demand.value.groups.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0)).toBeCloseTo(600, 6);
  });
});

describe('against the sandbox', () => {
  it('users by edge, with the control plane\'s own role', async () => {
    const sandbox = openSandbox(withWorkspace);
    sandbox.advance(10 * 60_000);
    const demand = await sandbox.ports.demand.readDemand();
    expect(demand).toMatchObject({ kind: 'known', value: { source: 'accessLog' } });
  });

  it('falls back to countries when Log Analytics knows nothing, and names it', async () => {
    const sandbox = openSandbox(withWorkspace.replace('5b1d0c3e-7a52-4d6f-9c0e-2f6a1e8d4b70/resourceGroups/rg-shop-global/providers/Microsoft.OperationalInsights', '00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.OperationalInsights'));
    sandbox.advance(10 * 60_000);
    expect(await sandbox.ports.demand.readDemand()).toMatchObject({ kind: 'known', value: { source: 'countryTable', insteadOf: expect.stringMatching(/access log: 403 InsufficientAccessError/) } });
  });

  it('refuses every other query by name', async () => {
    const { azure } = openSandbox(withWorkspace);
    const ask = async (query: string) => {
      const body = Buffer.from(JSON.stringify({ query, timespan: 'PT1H' }));
      const answer = await azure.handle({ method: 'POST', url: new URL(`https://logs.sandbox.test/v1${workspaceId}/query`), headers: { authorization: `Bearer ${azure.issueToken({ as: 'controlPlane', audience: 'https://api.loganalytics.io' })}` }, body, signal: null });
      return [answer.status, answer.body];
    };
    const asked = accessLogQuery(fleet.frontDoor.resourceId);
    expect((await ask(asked))[0]).toBe(200);
    expect(await ask(asked.replace('pop_s', 'pop_d'))).toEqual([400, expect.stringMatching(/understands one query.*not: \| summarize .*pop_d/)]);
    expect(await ask(`${asked}\n| take 5`)).toEqual([400, expect.stringMatching(/not: \| take 5/)]);
    expect(await ask('Heartbeat')).toEqual([400, expect.stringMatching(/not: Heartbeat/)]);
  });
});
