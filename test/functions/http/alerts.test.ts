import { describe, expect, it } from 'vitest';
import { TransientError } from '../../../src/ports/outcome.ts';
import type { AlertRecord } from '../../../src/ports/state.ts';
import { now } from '../../domain/check/fixture.ts';
import { alertBody, alertId, alertKinds } from './alertBodies.ts';
import { harness, memoryState } from './harness.ts';

const route = '/api/alerts/azure-monitor';
const firedAt = Date.parse('2026-11-22T18:59:30.123Z');
const fired = alertBody({});
const resolved = (at: string, fields: object = {}) => alertBody({}, { monitorCondition: 'Resolved', resolvedDateTime: at, ...fields });
const stored = (state: ReturnType<typeof memoryState>): AlertRecord[] => [...state.documents.values()].map((document) => document.value as AlertRecord);

describe('POST /api/alerts/azure-monitor', () => {
  it.each(alertKinds)('takes an alert: %s', async (_, body, stamps) => {
    const { call, state, looks, recorded } = harness();
    const answered = await call('POST', route, { body });
    expect(answered).toMatchObject({ status: 202, body: { alertId: alertId(1), result: 'stored', stamps } });
    expect(stored(state)).toMatchObject([{ alertId: alertId(1), rule: 'origin-errors', condition: 'fired', at: firedAt, stamps }]);
    expect(looks).toEqual(['alert origin-errors']);
    expect(recorded).toMatchObject([{ runId: 'watch-westeurope-2026-11-22', at: now, epoch: 0, stamps, event: { type: 'AlertReceived', condition: 'fired' } }]);
  });

  it('I6: an alert is a signal: it opens no run, whatever it says', async () => {
    const { call, opened, decisions } = harness();
    for (const [, body] of alertKinds) await call('POST', route, { body });
    expect([opened, decisions]).toEqual([[], []]);
  });

  it.each([['Sev0', 0], ['Sev3', 3], ['Sev9', 4], [null, 4], [undefined, 4], [7, 4]])('severity %s is %i', async (severity, expected) => {
    const { call, state } = harness();
    await call('POST', route, { body: alertBody({}, { severity }) });
    expect(stored(state)).toMatchObject([{ severity: expected }]);
  });

  it('lets extra fields through, at every level', async () => {
    const { call } = harness();
    const body = alertBody({ conditionType: 'Future', extra: { deep: true } }, { brandNew: { x: 1 } }, { more: [1] });
    expect(await call('POST', route, { body: { ...body, andHere: 'x' } })).toMatchObject({ status: 202 });
  });

  it('takes the least that identifies an alert, without context, properties or targets', async () => {
    const { call, state } = harness();
    const least = { schemaId: 'azureMonitorCommonAlertSchema', data: { essentials: { alertId: 'a1', monitorCondition: 'Fired', firedDateTime: '2026-11-22T18:59:30Z' } } };
    expect(await call('POST', route, { body: least })).toMatchObject({ status: 202, body: { result: 'stored', stamps: [] } });
    expect(stored(state)).toEqual([{ alertId: 'a1', rule: 'unnamed rule', severity: 4, condition: 'fired', at: Date.parse('2026-11-22T18:59:30Z'), stamps: [] }]);
  });

  it('an alert that resolves without saying when ends resolved', async () => {
    const { call, state } = harness();
    for (const condition of ['Fired', 'Resolved', 'Fired']) expect((await call('POST', route, { body: alertBody({}, { monitorCondition: condition, resolvedDateTime: null }) })).status).toBe(202);
    expect(stored(state)).toMatchObject([{ condition: 'resolved', at: firedAt }]);
  });

  it('the same alert again changes nothing and asks for no second look', async () => {
    const { call, state, looks, recorded } = harness();
    const results = [];
    for (let delivery = 0; delivery < 4; delivery += 1) results.push((await call('POST', route, { body: fired })).body.result);
    expect(results).toEqual(['stored', 'duplicate', 'duplicate', 'duplicate']);
    expect([state.documents.size, looks.length, recorded.length]).toEqual([1, 1, 1]);
  });

  it('also when all deliveries come at once', async () => {
    const { call, looks } = harness();
    const answers = await Promise.all(Array.from({ length: 8 }, () => call('POST', route, { body: fired })));
    expect(answers.map((one) => one.status)).toEqual(Array.from({ length: 8 }, () => 202));
    expect(answers.filter((one) => one.body.result === 'stored')).toHaveLength(1);
    expect(looks).toHaveLength(1);
  });

  it('fired and resolved share an id: each order of delivery ends resolved', async () => {
    const later = resolved('2026-11-22T19:05:00Z');
    for (const bodies of [[fired, later, fired], [later, fired, later]]) {
      const { call, state } = harness();
      for (const body of bodies) expect((await call('POST', route, { body })).status).toBe(202);
      expect(stored(state)).toMatchObject([{ condition: 'resolved', at: Date.parse('2026-11-22T19:05:00Z') }]);
    }
  });

  it('an alert that fires again later is new; one of the same instant stays resolved', async () => {
    const { call, state } = harness();
    await call('POST', route, { body: resolved('2026-11-22T18:59:30.1234567Z') });
    expect((await call('POST', route, { body: fired })).body.result).toBe('outdated');
    expect((await call('POST', route, { body: alertBody({}, { firedDateTime: '2026-11-22T19:30:00Z' }) })).body.result).toBe('stored');
    expect(stored(state)).toMatchObject([{ condition: 'fired' }]);
  });

  it('is stored before it is answered, and never answered when it is not', async () => {
    const down = memoryState();
    const { call, looks } = harness({ state: { ...down, write: () => Promise.reject(new TransientError('down', null)) } });
    expect(await call('POST', route, { body: fired })).toMatchObject({ status: 503, body: { code: 'storeUnavailable' }, headers: { 'Retry-After': '5' } });
    expect(looks).toEqual([]);
  });

  it('what is not needed for the answer does not fail it: Azure Monitor would turn away for 15 minutes', async () => {
    const base = harness();
    const { call, logged, state } = harness({
      ledger: { ...base.deps.ledger, record: () => Promise.reject(new TransientError('down', null)) },
      starterOf: () => ({ ...base.deps.starterOf(undefined as never), requestAssessment: () => Promise.reject(new Error('durable is down')) }),
    });
    expect(await call('POST', route, { body: fired })).toMatchObject({ status: 202, body: { result: 'stored' } });
    expect([logged.length, state.documents.size]).toEqual([2, 1]);
  });

  it.each<[string, unknown, string]>([
    ['another schema', { ...fired, schemaId: 'AzureMonitorMetricAlert' }, 'schemaId'],
    ['no data', { schemaId: 'azureMonitorCommonAlertSchema' }, 'data'],
    ['no alert id', alertBody({}, { alertId: undefined }), 'data.essentials.alertId'],
    ['a condition that is neither fired nor resolved', alertBody({}, { monitorCondition: 'Acknowledged' }), 'data.essentials.monitorCondition'],
    ['no time', alertBody({}, { firedDateTime: undefined }), 'data.essentials.firedDateTime'],
    ['a time that is none', alertBody({}, { firedDateTime: 'yesterday' }), 'data.essentials.firedDateTime'],
    ['an array', [], 'body'],
  ])('refuses %s', async (_, body, field) => {
    const { call, state, looks } = harness();
    expect(await call('POST', route, { body })).toMatchObject({ status: 400, body: { code: 'notCommonAlertSchema', field } });
    expect([state.documents.size, looks.length]).toEqual([0, 0]);
  });

  it('takes 256 KB and not more', async () => {
    const { call } = harness();
    const ofSize = (bytes: number) => {
      const bare = JSON.stringify(alertBody({ filler: '' })).length;
      return JSON.stringify(alertBody({ filler: 'x'.repeat(bytes - bare) }));
    };
    expect(await call('POST', route, { rawBody: ofSize(256 * 1024) })).toMatchObject({ status: 202 });
    expect(await call('POST', route, { rawBody: ofSize(256 * 1024 + 1) })).toMatchObject({ status: 413, body: { code: 'bodyTooLarge' } });
  });
});
