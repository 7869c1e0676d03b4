import { describe, expect, it } from 'vitest';
import type { LedgerEvent } from '../../../src/domain/ledgerEvent.ts';
import type { RunRequest } from '../../../src/domain/run.ts';
import { TransientError } from '../../../src/ports/outcome.ts';
import { fleetAssessment, now, samplePlan } from '../../domain/check/fixture.ts';
import { harness, token, type CallInit } from './harness.ts';

const minute = 60_000;
const drain = '/api/regions/eastus2/drain';
const reason = { reason: 'maintenance' };
const drainedEast = [{ stamp: 'eastus2', runId: 'r0', by: 'drain' as const, since: now - minute, expiresAt: now + minute }];
const runs = (change: object) => ({ readAssessment: async () => fleetAssessment(), readRuns: async () => ({ activeRun: null, drained: [], recentRuns: [], ...change }) });
const sees = (assessment: ReturnType<typeof fleetAssessment> | null) => ({ readAssessment: async () => assessment, readRuns: async () => ({ activeRun: null, drained: [], recentRuns: [] }) });
const request: RunRequest = {
  runId: 'r1', kind: 'failover', mode: 'graceful', stamps: ['eastus2'], trigger: { by: 'watch' }, reason: 'errors', requestedAt: now, expiresAt: null, controlRegion: 'westeurope', drill: null, scope: 'full',
};
const opened: LedgerEvent = { type: 'RunOpened', request };

describe('POST /api/regions/{region}/drain', () => {
  it('opens a run: 202 with Location and Retry-After; the operator on record is the token\'s', async () => {
    const { call, opened } = harness();
    const answered = await call('POST', drain, { body: { ...reason, expiresInMinutes: 90 }, roles: ['Operator'] });
    const runId = 'westeurope-20261122T190000Z-drain-eastus2-00000001';
    expect(answered).toMatchObject({ status: 202, headers: { Location: `/api/runs/${runId}`, 'Retry-After': '5', 'Cache-Control': 'no-store' }, body: { runId, status: 'accepted', self: `/api/runs/${runId}` } });
    expect(opened).toEqual([{
      runId, kind: 'drain', mode: 'graceful', stamps: ['eastus2'], trigger: { by: 'operator', subject: 'oid-ada', name: 'ada@example.test' }, reason: 'maintenance',
      requestedAt: now, expiresAt: now + 90 * minute, controlRegion: 'westeurope', drill: null, scope: 'full',
    }]);
  });

  it('takes ungraceful, an instant of expiry, and a region in any letter case', async () => {
    const { call, opened } = harness();
    expect(await call('POST', '/api/regions/EastUS2/drain', { body: { ...reason, mode: 'ungraceful', expiresAt: '2026-11-22T22:00:00+01:00' } })).toMatchObject({ status: 202 });
    expect(opened).toMatchObject([{ stamps: ['eastus2'], mode: 'ungraceful', expiresAt: now + 120 * minute }]);
  });

  it.each<[string, CallInit, number, string, string | undefined]>([
    ['no reason', { body: {} }, 400, 'invalidRequest', 'reason'],
    ['no body at all', {}, 400, 'invalidRequest', 'reason'],
    ['an empty reason', { body: { reason: '   ' } }, 400, 'invalidRequest', 'reason'],
    ['a long reason', { body: { reason: 'x'.repeat(501) } }, 400, 'invalidRequest', 'reason'],
    ['an unknown mode', { body: { ...reason, mode: 'fast' } }, 400, 'invalidRequest', 'mode'],
    ['an unknown field', { body: { ...reason, operator: 'mallory' } }, 400, 'invalidRequest', 'operator'],
    ['expiry 0', { body: { ...reason, expiresInMinutes: 0 } }, 400, 'invalidRequest', 'expiresInMinutes'],
    ['an expiry that is past', { body: { ...reason, expiresAt: '2026-11-22T18:59:00Z' } }, 400, 'invalidRequest', 'expiresAt'],
    ['an expiry next year', { body: { ...reason, expiresAt: '2027-11-22T18:59:00Z' } }, 400, 'invalidRequest', 'expiresAt'],
    ['an expiry that is no instant', { body: { ...reason, expiresAt: 'tomorrow' } }, 400, 'invalidRequest', 'expiresAt'],
    ['both expiries', { body: { ...reason, expiresAt: '2026-11-22T20:00:00Z', expiresInMinutes: 5 } }, 400, 'invalidRequest', 'expiresAt'],
    ['an array', { body: [] }, 400, 'invalidRequest', 'body'],
    ['text that is not JSON', { rawBody: '{"reason":' }, 400, 'notJson', undefined],
    ['another media type', { body: reason, headers: { 'content-type': 'text/plain' } }, 415, 'unsupportedMediaType', undefined],
    ['a body over the limit', { rawBody: `{"reason":"${'x'.repeat(17 * 1024)}"}` }, 413, 'bodyTooLarge', undefined],
    ['a declared length over the limit', { body: reason, headers: { 'content-length': '999999' } }, 413, 'bodyTooLarge', undefined],
    ['a bad Idempotency-Key', { body: reason, headers: { 'Idempotency-Key': 'a b' } }, 400, 'invalidRequest', 'header.Idempotency-Key'],
  ])('refuses %s', async (_, init, status, code, field) => {
    const { call, opened, logged } = harness();
    const answered = await call('POST', drain, init);
    expect(answered).toMatchObject({ status, headers: { 'Content-Type': 'application/problem+json' }, body: { type: `urn:spillway:problem:${code}`, code, status } });
    expect(answered.body.field).toBe(field);
    expect([opened, logged]).toEqual([[], []]);
  });

  it('an unknown region is its own answer', async () => {
    expect(await harness().call('POST', '/api/regions/mars/drain', { body: reason })).toMatchObject({
      status: 404, body: { code: 'unknownRegion', field: 'path.region', detail: 'the fleet has no region "mars"; it has eastus2, centralus, westus3' },
    });
  });

  it('so is a second drain', async () => {
    const { call, opened } = harness({ view: runs({ drained: drainedEast }) });
    expect(await call('POST', drain, { body: reason })).toMatchObject({ status: 409, body: { code: 'alreadyDrained', runId: 'r0' } });
    expect(opened).toEqual([]);
  });

  it('so is a drain while another run is active, seen before or at the opening', async () => {
    const active = { activeRun: { runId: 'r7', kind: 'failover', scope: 'full', stamps: ['westus3'] } };
    expect(await harness({ view: runs(active) }).call('POST', drain, { body: reason })).toMatchObject({ status: 409, body: { code: 'fleetBusy', runId: 'r7', run: '/api/runs/r7', detail: 'failover of westus3 is active; abort it or wait for its end' } });
    const raced = harness({ open: () => ({ kind: 'busy', runId: 'r8', what: 'drill of centralus' }) });
    expect(await raced.call('POST', drain, { body: reason })).toMatchObject({ status: 409, body: { code: 'fleetBusy', runId: 'r8' } });
  });

  it('I1: so is a drain of the last healthy region', async () => {
    for (const verdict of ['unhealthy', 'unknown'] as const) {
      const { call, opened } = harness({ view: sees(fleetAssessment({ centralus: verdict, westus3: verdict })) });
      expect(await call('POST', drain, { body: reason })).toMatchObject({ status: 409, body: { code: 'lastHealthyRegion', originGroup: 'web' } });
      expect(opened).toEqual([]);
    }
    const others = runs({ drained: ['centralus', 'westus3'].map((stamp) => ({ ...drainedEast[0], stamp })) });
    expect(await harness({ view: others }).call('POST', drain, { body: reason })).toMatchObject({ status: 409, body: { code: 'lastHealthyRegion' } });
  });

  it('so is one before the fleet was ever looked at', async () => {
    expect(await harness({ view: sees(null) }).call('POST', drain, { body: reason })).toMatchObject({ status: 503, body: { code: 'notAssessed' }, headers: { 'Retry-After': '30' } });
  });

  it('I8: the kill switch stops it; mode observe does not stop a person', async () => {
    const { call, set } = harness();
    set.controls = { ...set.controls, killSwitch: 'on' };
    expect(await call('POST', drain, { body: reason })).toMatchObject({ status: 409, body: { code: 'killSwitchOn', detail: 'it was set by grace' } });
    set.controls = { ...set.controls, killSwitch: 'off', mode: 'observe' };
    expect(await call('POST', drain, { body: reason })).toMatchObject({ status: 202 });
  });

  it('a dry run answers the plan and does nothing, also with the kill switch on', async () => {
    const asked: RunRequest[] = [];
    const { call, opened, set, state } = harness({ planDryRun: async (run) => { asked.push(run); return { kind: 'planned', plan: samplePlan({ kind: 'drain' }), findings: [{ severity: 'warning', invariant: 'I10', message: 'westus3 is degraded' }] }; } });
    set.controls = { ...set.controls, killSwitch: 'on' };
    const { status, body } = await call('POST', drain, { body: { ...reason, dryRun: true }, headers: { 'Idempotency-Key': 'k' } });
    expect([status, body.kind, body.plan.at, body.findings.length]).toEqual([200, 'planned', '2026-11-22T19:00:00.000Z', 1]);
    expect(body.rendering).toContain('Drain of eastus2, graceful');
    expect([opened.length, state.documents.size, asked.length]).toEqual([0, 0, 1]);
  });

  it('a dry run that is blocked says why', async () => {
    const { call } = harness({ planDryRun: async () => ({ kind: 'blocked', reasons: [{ code: 'weightsInert', originGroup: 'web', message: 'weights do nothing' }] }) });
    expect(await call('POST', drain, { body: { ...reason, dryRun: true } })).toMatchObject({ status: 200, body: { kind: 'blocked', reasons: [{ code: 'weightsInert' }], rendering: 'Blocked\n  weightsInert: weights do nothing' } });
  });

  it('a store that does not answer is a 503 with Retry-After; a bug is a 500 that tells nothing', async () => {
    const down = harness({ view: { ...runs({}), readRuns: () => Promise.reject(new TransientError('cosmos 10.0.0.4 throttled', 7000)) } });
    const unavailable = await down.call('POST', drain, { body: reason });
    expect(unavailable).toMatchObject({ status: 503, body: { code: 'storeUnavailable' }, headers: { 'Retry-After': '7' } });
    const broken = harness({ view: { ...runs({}), readRuns: () => Promise.reject(new Error('secret thing at line 5')) } });
    const failed = await broken.call('POST', drain, { body: reason });
    expect(failed).toMatchObject({ status: 500, body: { code: 'internalError' } });
    for (const one of [unavailable, failed]) expect(JSON.stringify(one.body)).not.toMatch(/secret|10\.0\.0\.4/);
    expect(broken.logged).toEqual(['drainRegion failed']);
  });
});

describe('Idempotency-Key', () => {
  const keyed = (body: object, key = 'k1', more: CallInit = {}): CallInit => ({ body, headers: { 'Idempotency-Key': key }, ...more });

  it('one run comes of a repeated request', async () => {
    const { call, opened, state } = harness();
    const first = await call('POST', drain, keyed(reason));
    const again = await call('POST', drain, keyed(reason));
    expect(again).toEqual(first);
    expect(opened).toHaveLength(1);
    expect([...state.ttl.values()]).toEqual([24 * 3600]);
  });

  it('also when both come at once', async () => {
    const { call, opened } = harness();
    const both = await Promise.all([call('POST', drain, keyed(reason)), call('POST', drain, keyed(reason))]);
    expect(both.map((one) => one.status)).toEqual([202, 202]);
    expect(both[0]?.body).toEqual(both[1]?.body);
    expect(opened).toHaveLength(1);
  });

  it('also when the run is active by then, and when the first attempt died before it opened one', async () => {
    let active: object | null = null;
    const { call, opened } = harness({ view: { readAssessment: async () => fleetAssessment(), readRuns: async () => ({ activeRun: active as never, drained: [], recentRuns: [] }) } });
    const first = await call('POST', drain, keyed(reason));
    active = { runId: first.body.runId, kind: 'drain', scope: 'full', stamps: ['eastus2'] };
    expect(await call('POST', drain, keyed(reason))).toEqual(first);
    expect(opened).toHaveLength(1);

    let dies = true;
    const second = harness({ open: (run) => { if (dies) throw new TransientError('gone', null); return { kind: 'opened', runId: run.runId }; } });
    expect((await second.call('POST', drain, keyed(reason))).status).toBe(503);
    dies = false;
    const [fixed] = [...second.state.documents.values()];
    expect(fixed?.value).toMatchObject({ request: { runId: (await second.call('POST', drain, keyed(reason))).body.runId as string } });
  });

  it('a drain that could not be opened before it would have run out is not opened by a late repetition', async () => {
    let at = now;
    let active: object | null = { runId: 'r9', kind: 'failover', scope: 'full', stamps: ['westus3'] };
    const { call, opened } = harness({ clock: { now: () => at, sleep: () => Promise.resolve() }, view: { readAssessment: async () => fleetAssessment(), readRuns: async () => ({ activeRun: active as never, drained: [], recentRuns: [] }) } });
    const half = keyed({ ...reason, expiresInMinutes: 30 });
    expect(await call('POST', drain, half)).toMatchObject({ status: 409, body: { code: 'fleetBusy' } });
    active = null;
    at += 31 * minute;
    expect(await call('POST', drain, half)).toMatchObject({ status: 422, body: { code: 'idempotencyKeyReused' } });
    expect(opened).toEqual([]);
  });

  it('the same key with another request is refused, and so is one for another route', async () => {
    const { call, opened } = harness();
    await call('POST', drain, keyed(reason));
    for (const other of [call('POST', drain, keyed({ reason: 'something else' })), call('POST', '/api/regions/westus3/drain', keyed(reason))]) {
      expect(await other).toMatchObject({ status: 422, body: { code: 'idempotencyKeyReused', field: 'header.Idempotency-Key' } });
    }
    expect(opened).toHaveLength(1);
  });

  it('keys are each caller\'s own', async () => {
    const { call, opened } = harness();
    await call('POST', drain, keyed(reason));
    await call('POST', drain, keyed(reason, 'k1', { token: await token(['Operator'], { claims: { oid: 'oid-grace' } }) }));
    expect(opened).toHaveLength(2);
  });

  it('a refused request may be tried again under its key', async () => {
    let drained: object[] = drainedEast;
    const { call } = harness({ view: { readAssessment: async () => fleetAssessment(), readRuns: async () => ({ activeRun: null, drained: drained as never, recentRuns: [] }) } });
    expect((await call('POST', drain, keyed(reason))).status).toBe(409);
    drained = [];
    expect((await call('POST', drain, keyed(reason))).status).toBe(202);
  });
});

describe('POST /api/regions/{region}/restore', () => {
  const restore = '/api/regions/eastus2/restore';

  it('opens a failback', async () => {
    const { call, opened } = harness({ view: runs({ drained: drainedEast }) });
    expect(await call('POST', restore, { body: reason, roles: ['Operator'] })).toMatchObject({ status: 202 });
    expect(opened).toMatchObject([{ kind: 'failback', mode: 'graceful', stamps: ['eastus2'], expiresAt: null }]);
  });

  it('refuses what is not drained, what is busy, what is unhealthy (I10), what is unknown, and with the kill switch on', async () => {
    expect(await harness().call('POST', restore, { body: reason })).toMatchObject({ status: 409, body: { code: 'notDrained' } });
    expect(await harness().call('POST', '/api/regions/mars/restore', { body: reason })).toMatchObject({ status: 404, body: { code: 'unknownRegion' } });
    expect(await harness({ view: runs({ drained: drainedEast, activeRun: { runId: 'r7', kind: 'drill', scope: 'full', stamps: ['westus3'] } }) }).call('POST', restore, { body: reason })).toMatchObject({ status: 409, body: { code: 'fleetBusy' } });
    const sick = { ...runs({ drained: drainedEast }), readAssessment: async () => fleetAssessment({ eastus2: 'unhealthy' }) };
    expect(await harness({ view: sick }).call('POST', restore, { body: reason })).toMatchObject({ status: 409, body: { code: 'regionUnhealthy', detail: 'eastus2 is unhealthy: eastus2 is unhealthy' } });
    const held = harness({ view: runs({ drained: drainedEast }) });
    held.set.controls = { ...held.set.controls, killSwitch: 'on' };
    expect(await held.call('POST', restore, { body: reason })).toMatchObject({ status: 409, body: { code: 'killSwitchOn' } });
    expect(await held.call('POST', restore, { body: { ...reason, mode: 'graceful' } })).toMatchObject({ status: 400, body: { field: 'mode' } });
    expect(held.opened).toEqual([]);
  });

  it('has a dry run', async () => {
    const { call, opened } = harness({ view: runs({ drained: drainedEast }) });
    expect(await call('POST', restore, { body: { ...reason, dryRun: true } })).toMatchObject({ status: 200, body: { kind: 'planned' } });
    expect(opened).toEqual([]);
  });
});

describe('POST /api/runs/{id}/abort and /approve', () => {
  const asked: LedgerEvent = { type: 'ApprovalAsked', until: now + 5 * minute };

  it('an abort is raised under the token\'s name', async () => {
    const { call, addRun, decisions } = harness();
    addRun('r1', [opened]);
    expect(await call('POST', '/api/runs/r1/abort', { body: { reason: 'wrong region' }, roles: ['Operator'] })).toMatchObject({ status: 202, headers: { Location: '/api/runs/r1' }, body: { decision: 'abort', by: 'ada@example.test' } });
    expect(decisions).toEqual([{ runId: 'r1', decision: { decision: 'abort', by: 'ada@example.test', reason: 'wrong region' } }]);
  });

  it('an approval too, by an Approver, while it is asked', async () => {
    const { call, addRun, decisions } = harness();
    addRun('r1', [opened, asked]);
    expect(await call('POST', '/api/runs/r1/approve', { roles: ['Operator'], body: {} })).toMatchObject({ status: 403 });
    expect(await call('POST', '/api/runs/r1/approve', { roles: ['Approver'] })).toMatchObject({ status: 202, body: { decision: 'approve' } });
    expect(decisions).toEqual([{ runId: 'r1', decision: { decision: 'approve', by: 'ada@example.test', reason: '' } }]);
  });

  it.each<[string, readonly LedgerEvent[], string]>([
    ['not asked', [opened], 'approvalNotAsked'],
    ['given already', [opened, asked, { type: 'ApprovalGiven', by: 'grace' }], 'alreadyApproved'],
    ['missed', [opened, asked, { type: 'ApprovalMissed' }], 'approvalOver'],
    ['past its deadline', [opened, { type: 'ApprovalAsked', until: now }], 'approvalOver'],
    ['closed', [opened, asked, { type: 'RunClosed', outcome: 'declined', why: 'no' }], 'runClosed'],
  ])('an approval is refused when it is %s', async (_, events, code) => {
    const { call, addRun, decisions } = harness();
    addRun('r1', events);
    expect(await call('POST', '/api/runs/r1/approve', { body: {} })).toMatchObject({ status: 409, body: { code } });
    expect(decisions).toEqual([]);
  });

  it('I8: not with the kill switch on', async () => {
    const { call, addRun, set, decisions } = harness();
    addRun('r1', [opened, asked]);
    set.controls = { ...set.controls, killSwitch: 'on' };
    expect(await call('POST', '/api/runs/r1/approve', { body: {} })).toMatchObject({ status: 409, body: { code: 'killSwitchOn' } });
    expect(await call('POST', '/api/runs/r1/abort', { body: reason })).toMatchObject({ status: 202 });
    expect(decisions).toHaveLength(1);
  });

  it('an unknown run, a closed one, and an abort without reason are refused', async () => {
    const { call, addRun, decisions } = harness();
    addRun('r1', [opened, { type: 'RunClosed', outcome: 'completed', why: 'done' }]);
    addRun('watch-westeurope-2026-11-22', [{ type: 'ApprovalMissed' }]);
    for (const id of ['nowhere', 'watch-westeurope-2026-11-22']) {
      for (const verb of ['abort', 'approve']) expect(await call('POST', `/api/runs/${id}/${verb}`, { body: reason })).toMatchObject({ status: 404, body: { code: 'unknownRun', field: 'path.id' } });
    }
    expect(await call('POST', '/api/runs/r1/abort', { body: reason })).toMatchObject({ status: 409, body: { code: 'runClosed', outcome: 'completed' } });
    expect(await call('POST', '/api/runs/r1/abort', { body: {} })).toMatchObject({ status: 400, body: { field: 'reason' } });
    expect(decisions).toEqual([]);
  });
});

describe('GET and PUT /api/controls', () => {
  it('reads them with their freshness', async () => {
    const { call, set } = harness();
    set.freshness = 'lastKnown';
    expect(await call('GET', '/api/controls', { roles: ['Reader'] })).toMatchObject({ status: 200, body: { killSwitch: 'off', mode: 'auto', setBy: 'grace', setAt: '2026-11-22T18:59:59.000Z', freshness: 'lastKnown' } });
  });

  it('I9: sets them under the token\'s name, and puts it on record', async () => {
    const { call, recorded } = harness();
    expect(await call('PUT', '/api/controls', { body: { killSwitch: 'on' }, roles: ['Operator'] })).toMatchObject({ status: 200, body: { killSwitch: 'on', setBy: 'ada@example.test' } });
    expect(recorded).toMatchObject([{ runId: 'watch-westeurope-2026-11-22', event: { type: 'ControlsSet', controls: { killSwitch: 'on', mode: 'auto' } } }]);
  });

  it.each([
    [{ killSwitch: 'on' }, 'auto', 'off', 200], [{ killSwitch: 'off' }, 'auto', 'on', 403], [{ mode: 'observe' }, 'auto', 'off', 200], [{ mode: 'approve' }, 'auto', 'off', 200],
    [{ mode: 'auto' }, 'approve', 'off', 403], [{ mode: 'approve' }, 'observe', 'off', 403], [{ mode: 'auto' }, 'auto', 'off', 200], [{ mode: 'observe', killSwitch: 'off' }, 'auto', 'on', 403],
  ] as const)('an Operator may only hold back: %j over mode %s, kill switch %s: %i', async (body, mode, killSwitch, status) => {
    const { call, set } = harness();
    set.controls = { ...set.controls, mode, killSwitch };
    expect((await call('PUT', '/api/controls', { body, roles: ['Operator'] })).status).toBe(status);
    expect(set.controls).toMatchObject(status === 200 ? body : { mode, killSwitch });
    expect((await call('PUT', '/api/controls', { body, roles: ['Approver'] })).status).toBe(200);
  });

  it('the switch is thrown although the ledger is down', async () => {
    const base = harness();
    const { call, set, logged } = harness({ ledger: { ...base.deps.ledger, record: () => Promise.reject(new TransientError('down', null)) } });
    expect(await call('PUT', '/api/controls', { body: { killSwitch: 'on' } })).toMatchObject({ status: 200 });
    expect([set.controls.killSwitch, logged.length]).toEqual(['on', 1]);
  });

  it('refuses nothing, and what it does not know', async () => {
    const { call, set } = harness();
    const before = set.controls;
    for (const [body, field] of [[{}, 'body'], [{ mode: 'manual' }, 'mode'], [{ killSwitch: true }, 'killSwitch'], [{ mode: 'observe', setBy: 'mallory' }, 'setBy']] as const) {
      expect(await call('PUT', '/api/controls', { body })).toMatchObject({ status: 400, body: { code: 'invalidRequest', field } });
    }
    expect(set.controls).toBe(before);
  });
});
