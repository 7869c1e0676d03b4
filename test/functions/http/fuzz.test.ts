import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problems } from '../../../src/functions/http/problem.ts';
import { routes } from '../../../src/functions/http/routes/index.ts';
import { fleetAssessment, now } from '../../domain/check/fixture.ts';
import { alertBody, alertKinds } from './alertBodies.ts';
import { actionGroupToken, harness, token } from './harness.ts';

/**
 * A thousand requests from a fixed seed (SPILLWAY_FUZZ_SEED changes it): bodies near the right ones and far from them, any token, any
 * text in path, query and headers. Whatever comes, the answer is one that the route's description names, and never a fault of our own.
 */
const seed = Number(process.env['SPILLWAY_FUZZ_SEED'] ?? 20_261_122);
const requests = 1000;

const right = { api: await token(['Approver']), alerts: await actionGroupToken() };
const bearers = await Promise.all([
  token(['Reader']), token(['Operator']), token(['Approver']), token([]), token(['Approver'], { key: 'strangers' }), actionGroupToken(), token(['Approver'], { expiresAt: now - 3_600_000 }),
]);

const near = fc.record({
  reason: fc.oneof(fc.constant('maintenance'), fc.string(), fc.anything()), mode: fc.oneof(fc.constantFrom('graceful', 'ungraceful', 'observe', 'approve', 'auto'), fc.string()),
  expiresInMinutes: fc.oneof(fc.integer(), fc.double(), fc.constant(30)), expiresAt: fc.oneof(fc.constant('2026-11-22T21:00:00Z'), fc.string(), fc.integer()), dryRun: fc.oneof(fc.boolean(), fc.string()),
  killSwitch: fc.constantFrom('on', 'off', true, 'ON'), lose: fc.oneof(fc.array(fc.constantFrom('eastus2', 'westus3', 'mars', '', 7)), fc.string()), demandFactor: fc.double(), policy: fc.oneof(fc.record({ utilisationCeiling: fc.double() }), fc.anything()),
}, { requiredKeys: [] });
const alertLike = fc.tuple(fc.constantFrom(...alertKinds.map(([, body]) => body)), fc.dictionary(fc.constantFrom('alertId', 'severity', 'monitorCondition', 'firedDateTime', 'alertTargetIDs', 'configurationItems', 'alertRule'), fc.anything()), fc.anything())
  .map(([body, change, context]) => alertBody((body['data'] as { alertContext: unknown }).alertContext ?? context, change));
/** What each route would take; the rest is chance. */
const goodBodies: Readonly<Record<string, readonly unknown[]>> = {
  drainRegion: [{ reason: 'maintenance' }, { reason: 'maintenance', mode: 'ungraceful', expiresInMinutes: 30 }, { reason: 'maintenance', dryRun: true }],
  restoreRegion: [{ reason: 'maintenance' }], abortRun: [{ reason: 'wrong region' }], approveRun: [{}], setControls: [{ killSwitch: 'on' }, { killSwitch: 'off' }, { mode: 'observe' }],
  simulate: [{ lose: ['eastus2'] }, { lose: ['westus3'], demandFactor: 1.3, policy: { utilisationCeiling: 0.8 } }], receiveAlert: alertKinds.map(([, body]) => body),
};
const body = fc.oneof({ weight: 8, arbitrary: fc.nat().map((index) => ({ good: index })) }, { weight: 4, arbitrary: near }, { weight: 3, arbitrary: alertLike }, { weight: 2, arbitrary: fc.jsonValue() });
const segment = fc.oneof({ weight: 3, arbitrary: fc.constant('eastus2') }, fc.constantFrom('eastus2', 'WESTUS3', 'mars', 'r1', 'a..b', '%2e%2e', 'a b', 'x'.repeat(300), '__proto__', 'constructor'), fc.string({ minLength: 1 })).filter((text) => !/^\.{1,2}$/.test(text));
const call = fc.record({
  at: fc.nat({ max: routes.length - 1 }), segment, body,
  raw: fc.option(fc.oneof(fc.string(), fc.constant('{"a":'), fc.constant('\u0000')), { freq: 8 }),
  bearer: fc.oneof<fc.WeightedArbitrary<string | null>[]>({ weight: 3, arbitrary: fc.constant('right') }, { weight: 1, arbitrary: fc.option(fc.constantFrom(...bearers), { freq: 10 }) }),
  query: fc.dictionary(fc.constantFrom('limit', 'from', 'to', 'after', 'region', 'losses', 'x'), fc.string(), { maxKeys: 3 }),
  key: fc.option(fc.oneof(fc.constantFrom('k1', 'k2'), fc.string({ unit: fc.constantFrom('a', '!', ' ', '\t', '"'), minLength: 1, maxLength: 140 })), { freq: 3 }),
  contentType: fc.constantFrom('application/json', 'application/json', 'application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON', 'text/plain', 'application/problem+json', ''),
});

function goodBody(route: string, given: unknown): unknown {
  const index = typeof given === 'object' && given !== null && 'good' in given && typeof given.good === 'number' ? given.good : null;
  const bodies = goodBodies[route] ?? [{}];
  return index === null ? undefined : bodies[index % bodies.length];
}

describe('any request', () => {
  it(`gets an answer that its route describes: ${requests} requests, seed ${seed}`, async () => {
    const h = harness({
      view: { readAssessment: async () => fleetAssessment(), readRuns: async () => ({ activeRun: null, drained: [], recentRuns: [] }) },
      capacity: { certificate: async () => null, simulate: async () => ({ survives: false, binding: null, stamps: [], surgeCostPerHour: { amount: null, currency: 'USD', covers: { nodes: 0, of: 1 } }, usersAffected: { requestsPerSecond: null, share: null, source: '', latencyMs: null, groups: [] }, readyInSeconds: null, unknown: [], standsOn: [] }) },
    });
    h.addRun('r1', [{ type: 'ApprovalMissed' }]);
    const statuses = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(call, async ({ at, segment: part, body: given, raw, bearer, query, key, contentType }) => {
        const route = routes[at];
        if (route === undefined) throw new Error('the number is a route\'s');
        const path = `/api/${route.path.replaceAll(/{\w+}/g, () => encodeURIComponent(part))}`;
        const before = h.state.documents.size + h.opened.length + h.decisions.length + h.recorded.length;
        const answered = await h.call(route.method, `${path}?${new URLSearchParams(query).toString()}`, {
          token: bearer === 'right' ? (route.access === 'actionGroup' ? right.alerts : right.api) : bearer, rawBody: raw ?? JSON.stringify(goodBody(route.name, given) ?? given), headers: { 'content-type': contentType, ...(key === null ? {} : { 'idempotency-key': key.trim() || 'k' }) },
        });
        statuses.set(answered.status, (statuses.get(answered.status) ?? 0) + 1);
        if (answered.status < 300) {
          const schema = route.answers[answered.status === 202 ? 202 : 200]?.schema;
          expect(schema?.safeParse(JSON.parse(JSON.stringify(answered.body))).success).toBe(true);
        } else {
          expect(answered.body.code).not.toBe('internalError');
          expect(problems[answered.body.code as keyof typeof problems].status).toBe(answered.status);
        }
        if (answered.status === 401 || answered.status === 403) expect(h.state.documents.size + h.opened.length + h.decisions.length + h.recorded.length).toBe(before);
      }),
      { seed, numRuns: requests },
    );
    expect(h.logged).toEqual([]);
    expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 202, 400, 401, 403, 404, 415]));
  });
});
