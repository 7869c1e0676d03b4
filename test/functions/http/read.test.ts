import { describe, expect, it } from 'vitest';
import type { LedgerEvent } from '../../../src/domain/ledgerEvent.ts';
import type { RunRequest } from '../../../src/domain/run.ts';
import { routes } from '../../../src/functions/http/routes/index.ts';
import { assessmentOf, fleetAssessment, now, sampleFleet, samplePlan } from '../../domain/check/fixture.ts';
import { harness, type Answered } from './harness.ts';

const requestOf = (runId: string): RunRequest => ({
  runId, kind: 'failover', mode: 'graceful', stamps: ['eastus2'], trigger: { by: 'watch' }, reason: 'errors', requestedAt: now, expiresAt: null, controlRegion: 'westeurope', drill: null, scope: 'full',
});
const write = { target: 'pool', stamp: 'westus3', pool: 'user1', set: { minCount: 9, maxCount: 20 } } as const;
const undo = { ...write, set: { minCount: 3, maxCount: 12 } } as const;
const story = (runId: string): readonly LedgerEvent[] => [
  { type: 'RunOpened', request: requestOf(runId) },
  { type: 'PlanMade', plan: samplePlan(), findings: [], rendering: 'as text' },
  { type: 'WriteIntended', write, undo, expiresAt: now + 60_000 },
  { type: 'WriteSucceeded', write, alreadyThere: 'applied' },
  { type: 'NodesSeen', stamp: 'westus3', pool: 'user1', wanted: 9, ready: 4 },
];

/** What a route answers is what its schema, and so the OpenAPI document, says. */
function conforms(name: string, answered: Answered): void {
  const schema = routes.find((route) => route.name === name)?.answers[answered.status === 202 ? 202 : 200]?.schema;
  if (schema === undefined) throw new Error(`route ${name} has no schema for ${answered.status}`);
  const parsed = schema.safeParse(JSON.parse(JSON.stringify(answered.body)));
  expect(parsed.error?.issues ?? []).toEqual([]);
}

describe('GET /api/health and /api/ready', () => {
  it('liveness is open, and says nothing else', async () => {
    const answered = await harness().call('GET', '/api/health', { token: null });
    expect(answered).toMatchObject({ status: 200, body: { status: 'alive' }, headers: { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } });
    conforms('getHealth', answered);
  });

  it('ready when stores answer, controls are fresh and the watch has looked lately', async () => {
    const answered = await harness().call('GET', '/api/ready');
    expect(answered).toMatchObject({ status: 200, body: { status: 'ready' } });
    conforms('getReady', answered);
  });

  it('not ready, and which part is not', async () => {
    const base = harness();
    const { call, set } = harness({
      view: { readAssessment: async () => ({ ...fleetAssessment(), at: now - 200_000 }), readRuns: () => Promise.reject(new Error('secret')) },
      ledger: { ...base.deps.ledger, listRuns: () => Promise.reject(new Error('down')) },
    });
    set.freshness = 'lastKnown';
    const { status, body } = await call('GET', '/api/ready');
    expect([status, body.code, body.detail]).toEqual([503, 'notReady', 'state: does not answer; ledger: does not answer; controls: only the last known reading; watch: the last look was 200 s ago']);
  });
});

describe('GET /api/regions', () => {
  const signals = [{ stamp: 'eastus2', source: 'frontDoorOriginErrors', vantage: 'outside', verdict: 'unhealthy', detail: '31 % of 1,000 requests failed', observedAt: now - 60_000, measure: { unit: 'rate', value: 0.31, requests: 1000 } }] as const;
  const assessment = { ...fleetAssessment(), stamps: [assessmentOf('eastus2', 'unhealthy', { signals }), assessmentOf('centralus', 'healthy'), assessmentOf('westus3', 'healthy')] };
  const view = {
    readAssessment: async () => assessment,
    readRuns: async () => ({ activeRun: { runId: 'r1', kind: 'failover' as const, scope: 'full' as const, stamps: ['eastus2'] }, drained: [{ stamp: 'westus3', runId: 'r0', by: 'drain' as const, since: now - 1000, expiresAt: now + 1000 }], recentRuns: [] }),
  };

  it('tells health with its signals, drains and the active run, instants as ISO 8601', async () => {
    const answered = await harness({ view }).call('GET', '/api/regions', { roles: ['Reader'] });
    conforms('listRegions', answered);
    expect(answered.body.at).toBe('2026-11-22T19:00:00.000Z');
    expect(answered.body.regions).toMatchObject([
      { name: 'eastus2', state: 'serving', activeRun: 'r1', health: { verdict: 'unhealthy', signals: [{ source: 'frontDoorOriginErrors', observedAt: '2026-11-22T18:59:00.000Z' }] } },
      { name: 'centralus', state: 'serving', activeRun: null, drain: null },
      { name: 'westus3', state: 'drained', drain: { runId: 'r0', by: 'drain', expiresAt: '2026-11-22T19:00:01.000Z' } },
    ]);
  });

  it('one region, an unknown one, and a fleet that was not looked at yet', async () => {
    const { call } = harness({ view });
    const one = await call('GET', '/api/regions/eastus2');
    conforms('getRegion', one);
    expect(one.body.name).toBe('eastus2');
    expect(await call('GET', '/api/regions/mars')).toMatchObject({ status: 404, body: { code: 'unknownRegion' } });
    const fresh = await harness({ view: { ...view, readAssessment: async () => null } }).call('GET', '/api/regions');
    conforms('listRegions', fresh);
    expect(fresh.body).toMatchObject({ at: null, observerSuspect: false, regions: [{ health: null }, {}, {}] });
  });
});

describe('GET /api/runs', () => {
  it('lists runs with their outcome: active, from the projection, from the ledger', async () => {
    const h = harness({ view: { readAssessment: async () => null, readRuns: async () => ({ activeRun: { runId: 'r1', kind: 'failover', scope: 'full', stamps: ['eastus2'] }, drained: [], recentRuns: [{ runId: 'r2', kind: 'failover', stamps: ['eastus2'], outcome: 'undone', closedAt: now }] }) } });
    for (const runId of ['r1', 'r2']) h.addRun(runId, story(runId));
    h.addRun('r3', [...story('r3'), { type: 'RunClosed', outcome: 'completed', why: 'done' }]);
    const answered = await h.call('GET', '/api/runs?region=EastUS2&from=2026-11-22T00:00:00Z&limit=50');
    conforms('listRuns', answered);
    expect(answered.body.runs.map((run: { runId: string; outcome: string | null; self: string }) => [run.runId, run.outcome, run.self])).toEqual([['r1', null, '/api/runs/r1'], ['r2', 'undone', '/api/runs/r2'], ['r3', 'completed', '/api/runs/r3']]);
  });

  it.each([['limit=0', 'query.limit'], ['limit=101', 'query.limit'], ['limit=x', 'query.limit'], ['from=yesterday', 'query.from'], ['to=22', 'query.to']])('refuses ?%s', async (query, field) => {
    expect(await harness().call('GET', `/api/runs?${query}`)).toMatchObject({ status: 400, body: { code: 'invalidRequest', field } });
  });

  it('passes bounds on to the ledger', async () => {
    const asked: unknown[] = [];
    const base = harness();
    await harness({ ledger: { ...base.deps.ledger, listRuns: async (query) => { asked.push(query); return []; } } }).call('GET', '/api/runs?region=westus3&from=2026-11-22T00:00:00Z&to=2026-11-22T01:00:00%2B01:00&limit=7');
    expect(asked).toEqual([{ stamp: 'westus3', fromMs: Date.parse('2026-11-22T00:00:00Z'), toMs: Date.parse('2026-11-22T00:00:00Z'), limit: 7 }]);
  });
});

describe('GET /api/runs/{id} and its events', () => {
  it('tells where a run stands, from its ledger', async () => {
    const { call, addRun } = harness();
    addRun('r1', story('r1'));
    const answered = await call('GET', '/api/runs/r1');
    conforms('getRun', answered);
    expect(answered).toMatchObject({
      headers: { 'Retry-After': '5' },
      body: {
        runId: 'r1', outcome: null, openedAt: '2026-11-22T19:00:00.000Z', plan: { rendering: 'as text' }, surges: [{ stamp: 'westus3', subject: 'user1', wanted: 9, ready: 4 }],
        writes: [{ state: 'succeeded' }], undo: [{ key: 'pool/westus3/user1', restore: { set: { minCount: 3, maxCount: 12 } } }], ledger: { kind: 'intact', entries: 5 },
      },
    });
    addRun('r2', [...story('r2'), { type: 'RunClosed', outcome: 'completed', why: 'done' }]);
    const closed = await call('GET', '/api/runs/r2');
    expect(closed.body).toMatchObject({ phase: 'closed', outcome: 'completed', closedBecause: 'done' });
    expect(closed.headers).not.toHaveProperty('Retry-After');
  });

  it('an unknown run is a 404, on both', async () => {
    for (const path of ['/api/runs/nowhere', '/api/runs/nowhere/events']) expect(await harness().call('GET', path)).toMatchObject({ status: 404, body: { code: 'unknownRun', field: 'path.id' } });
  });

  it('events come in order with their hashes, in pages', async () => {
    const { call, addRun } = harness();
    addRun('r1', story('r1'));
    const first = await call('GET', '/api/runs/r1/events?limit=2');
    conforms('listRunEvents', first);
    expect(first.body.events.map((one: { seq: number; type: string }) => [one.seq, one.type])).toEqual([[0, 'RunOpened'], [1, 'PlanMade']]);
    const second = await call('GET', first.body.next);
    const third = await call('GET', second.body.next);
    expect(third.body.events.map((one: { text: string }) => one.text)).toEqual(['westus3: pool user1 has 4 of 9 nodes ready']);
    expect(third.body.next).toBeNull();
    expect(second.body.events[0].previousHash).toBe(first.body.events[1].hash);
  });

  it('a changed ledger is told', async () => {
    const { call, addRun, deps } = harness();
    addRun('r1', story('r1'));
    const entries = await deps.ledger.readRun('r1');
    const forged = harness({ ledger: { ...deps.ledger, readRun: async () => entries.map((entry) => (entry.seq === 4 ? { ...entry, at: entry.at + 1 } : entry)) } });
    expect((await forged.call('GET', '/api/runs/r1')).body.ledger).toMatchObject({ kind: 'broken', breaks: [{ seq: 4, what: 'changed' }] });
    expect((await call('GET', '/api/runs/r1')).body.ledger.kind).toBe('intact');
  });
});

describe('GET /api/fleet', () => {
  it('shows the fleet, and no address that may hold a secret', async () => {
    const fleet = { ...sampleFleet(), notify: { webhookUrl: 'https://hooks.example.test/T0/s3cret?sig=abc' }, postShiftHooks: [{ name: 'h', url: 'https://h.example.test/s3cret' }], preShiftChecks: [{ name: 'c', kind: 'http' as const, url: 'https://c.example.test/?key=s3cret', expectStatus: 200 }] };
    const answered = await harness({ fleet }).call('GET', '/api/fleet');
    conforms('getFleet', answered);
    expect(answered.body).toMatchObject({ name: 'contoso-shop', notify: { webhookUrl: 'https://hooks.example.test' }, postShiftHooks: [{ url: 'https://h.example.test' }] });
    expect(JSON.stringify(answered.body)).not.toMatch(/s3cret|sig=/);
  });
});

describe('GET /api/certificate and POST /api/simulate', () => {
  const answerOf = (lose: readonly string[]) => ({ survives: true, binding: null, stamps: [], surgeCostPerHour: { amount: 0, currency: 'USD' as const, covers: { nodes: 0, of: 0 } }, usersAffected: { requestsPerSecond: null, share: null, source: 'nothing', latencyMs: null, groups: [] }, readyInSeconds: 0, unknown: [{ input: 'asked', why: lose.join(',') }], standsOn: [] });
  const capacity = {
    certificate: async (losses: 'singles' | 'pairs') => ({ at: now, standsOn: [], losses: [{ lose: [losses], survives: 'unknown' as const, binding: null, readyInSeconds: null, unknown: [] }] }),
    simulate: async (request: { lose: string[]; demandFactor: number }) => ({ ...answerOf(request.lose), surgeCostPerHour: { amount: request.demandFactor, currency: 'USD' as const, covers: { nodes: 1, of: 1 } } }),
  };

  it('gives the certificate, for singles or pairs', async () => {
    const { call } = harness({ capacity });
    const singles = await call('GET', '/api/certificate');
    conforms('getCertificate', singles);
    expect([singles.body.losses[0].lose, (await call('GET', '/api/certificate?losses=pairs')).body.losses[0].lose]).toEqual([['singles'], ['pairs']]);
    expect(await call('GET', '/api/certificate?losses=triples')).toMatchObject({ status: 400, body: { field: 'query.losses' } });
    expect(await harness().call('GET', '/api/certificate')).toMatchObject({ status: 503, body: { code: 'capacityUnknown' } });
  });

  it('simulates with defaults, for a Reader; names in any letter case, each once', async () => {
    const answered = await harness({ capacity }).call('POST', '/api/simulate', { body: { lose: ['EastUS2', 'eastus2'] }, roles: ['Reader'] });
    conforms('simulate', answered);
    expect(answered).toMatchObject({ status: 200, body: { unknown: [{ why: 'eastus2' }], surgeCostPerHour: { amount: 1 } } });
  });

  it.each<[unknown, number, string, string]>([
    [{}, 400, 'invalidRequest', 'lose'], [{ lose: [] }, 400, 'invalidRequest', 'lose'], [{ lose: 'eastus2' }, 400, 'invalidRequest', 'lose'], [{ lose: ['eastus2', 'mars'] }, 404, 'unknownRegion', 'lose[1]'],
    [{ lose: ['eastus2'], demandFactor: 0 }, 400, 'invalidRequest', 'demandFactor'], [{ lose: ['eastus2'], demandFactor: '2' }, 400, 'invalidRequest', 'demandFactor'],
    [{ lose: ['eastus2'], policy: { utilisationCeiling: 1.1 } }, 400, 'invalidRequest', 'policy.utilisationCeiling'], [{ lose: ['eastus2'], policy: { x: 1 } }, 400, 'invalidRequest', 'policy.x'], [{ lose: ['eastus2'], x: 1 }, 400, 'invalidRequest', 'x'],
  ])('refuses %j', async (body, status, code, field) => {
    expect(await harness({ capacity }).call('POST', '/api/simulate', { body })).toMatchObject({ status, body: { code, field } });
  });
});
