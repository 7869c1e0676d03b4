import { createEmptyPipeline, createPipelineRequest } from '@azure/core-rest-pipeline';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxAttempts, maxDelayMs, readAttemptMs, readBudgetMs, writeAttemptMs, writeBudgetMs } from '../../../src/adapters/http/limits.ts';
import { withDeadline } from '../../../src/adapters/http/deadline.ts';
import { boundedRetryPolicy } from '../../../src/adapters/http/retryPolicy.ts';
import { retryAfterMs } from '../../../src/adapters/http/retryAfter.ts';
import { TransientError } from '../../../src/ports/outcome.ts';
import { sleeplessClock } from '../support/fakeContext.ts';
import { fakeHttp, inTurn, type Answer } from '../support/fakeHttp.ts';

async function send(method: 'GET' | 'PUT' | 'PATCH' | 'POST', answers: readonly Answer[], random: () => number = () => 0.5) {
  const clock = sleeplessClock();
  const http = fakeHttp(inTurn(...answers));
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(boundedRetryPolicy(clock, random), { phase: 'Retry' });
  const outcome = await pipeline.sendRequest(http.client, createPipelineRequest({ url: 'https://arm.test/x', method })).then(
    (response) => ({ status: response.status, error: null }),
    (error: unknown) => ({ status: null, error: error instanceof Error ? error : null }),
  );
  return { ...outcome, asked: http.asked, slept: clock.slept };
}

const ok: Answer = { status: 200 };

describe('reads', () => {
  test.each<[string, Answer]>([
    ['500', { status: 500 }],
    ['502', { status: 502 }],
    ['503', { status: 503 }],
    ['408', { status: 408 }],
    ['429', { status: 429 }],
    ['a refused connection', { fails: 'ECONNREFUSED' }],
    ['a reset connection', { fails: 'ECONNRESET' }],
    ['a time-out', { fails: 'timeout' }],
  ])('are repeated after %s', async (_what, first) => {
    const { status, asked, slept } = await send('GET', [first, ok]);
    expect(status).toBe(200);
    expect(asked).toHaveLength(2);
    expect(slept).toHaveLength(1);
  });

  test.each([400, 401, 403, 404, 409, 412, 501])('are not repeated after %i', async (refusal) => {
    const { status, asked } = await send('GET', [{ status: refusal }, ok]);
    expect(status).toBe(refusal);
    expect(asked).toHaveLength(1);
  });

  test('end after the last attempt with what was met', async () => {
    const { status, asked } = await send('GET', [{ status: 503 }]);
    expect(status).toBe(503);
    expect(asked).toHaveLength(maxAttempts);
  });

  test('end after the last attempt with the error itself', async () => {
    const { error, asked } = await send('GET', [{ fails: 'ECONNREFUSED' }]);
    expect(error?.message).toContain('ECONNREFUSED');
    expect(asked).toHaveLength(maxAttempts);
  });
});

describe('Retry-After', () => {
  test('is slept, not less', async () => {
    const { slept, status } = await send('GET', [{ status: 429, headers: { 'retry-after': '3' } }, ok]);
    expect(status).toBe(200);
    expect(slept[0]).toBeGreaterThanOrEqual(3000);
    expect(slept[0]).toBeLessThanOrEqual(3300);
  });

  test('longer than the budget is not slept: the caller gets the 429 with it', async () => {
    const { slept, status, asked } = await send('GET', [{ status: 429, headers: { 'retry-after': '300' } }, ok]);
    expect(status).toBe(429);
    expect(slept).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  test.each<[Record<string, string>, number | null]>([
    [{ 'retry-after': '5' }, 5000],
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'x-ms-retry-after-ms': '1500', 'retry-after': '9' }, 1500],
    [{ 'retry-after': new Date(Date.UTC(2026, 0, 1, 0, 0, 7)).toUTCString() }, 7000],
    [{ 'retry-after': new Date(Date.UTC(2025, 0, 1)).toUTCString() }, 0],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '-3' }, null],
    [{}, null],
  ])('%j is %s ms', (headers, expected) => {
    const parsed = retryAfterMs((name) => headers[name], Date.UTC(2026, 0, 1));
    expect(parsed).toBe(expected);
  });
});

describe('writes', () => {
  test('that were throttled are repeated after what the service asked for', async () => {
    const { status, asked, slept } = await send('PATCH', [{ status: 429, headers: { 'retry-after': '2' } }, { status: 202 }]);
    expect(status).toBe(202);
    expect(asked).toHaveLength(2);
    expect(slept[0]).toBeGreaterThanOrEqual(2000);
  });

  test('are repeated after 503 only when it carries Retry-After', async () => {
    expect((await send('PUT', [{ status: 503, headers: { 'retry-after': '1' } }, ok])).asked).toHaveLength(2);
    expect((await send('PUT', [{ status: 503 }, ok])).asked).toHaveLength(1);
  });

  test.each<[string, Answer]>([
    ['500', { status: 500 }],
    ['504', { status: 504 }],
    ['a time-out', { fails: 'timeout' }],
    ['a reset connection', { fails: 'ECONNRESET' }],
    ['a refused connection', { fails: 'ECONNREFUSED' }],
  ])('are never repeated after %s: they may have landed', async (_what, first) => {
    const { asked } = await send('PUT', [first, ok]);
    expect(asked).toHaveLength(1);
  });
});

test('an attempt has a time limit, and no attempt outlives the budget', async () => {
  const reads = await send('GET', [{ status: 500, headers: { 'retry-after': '18' } }, ok]);
  expect(reads.asked.map(({ timeoutMs }) => timeoutMs)).toEqual([readAttemptMs, readBudgetMs - (reads.slept[0] ?? 0)]);
  const writes = await send('PUT', [ok]);
  expect(writes.asked[0]?.timeoutMs).toBe(Math.min(writeAttemptMs, writeBudgetMs));
});

describe('a deadline around several requests', () => {
  const limitMs = 5_000;

  async function sendTwo(first: Answer, second: Answer) {
    const clock = sleeplessClock();
    const http = fakeHttp((_asked, index) => {
      if (index === 0) clock.advance(3_000);
      return index === 0 ? first : second;
    });
    const pipeline = createEmptyPipeline();
    pipeline.addPolicy(boundedRetryPolicy(clock, () => 0.5), { phase: 'Retry' });
    const get = (method: 'GET' | 'PUT') => pipeline.sendRequest(http.client, createPipelineRequest({ url: 'https://arm.test/x', method }));
    const outcome = await withDeadline(clock, limitMs, async () => {
      await get('GET');
      clock.advance(second === late ? limitMs : 0);
      return (await get('PUT')).status;
    }).catch((error: unknown) => error);
    return { outcome, asked: http.asked };
  }
  const late: Answer = { status: 299 };

  test('leaves the later ones what the earlier ones did not use', async () => {
    const { outcome, asked } = await sendTwo(ok, { status: 202 });
    expect(outcome).toBe(202);
    expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([limitMs, limitMs - 3_000]);
  });

  test('that has passed sends nothing more: the fence may be gone (I3)', async () => {
    const { outcome, asked } = await sendTwo(ok, late);
    expect(outcome).toBeInstanceOf(TransientError);
    expect(asked.map(({ method }) => method)).toEqual(['GET']);
  });

  test('does not reach calls outside it', async () => {
    const { asked } = await send('GET', [ok]);
    expect(asked[0]?.timeoutMs).toBe(readAttemptMs);
  });
});

test('whatever a service answers, a call waits within its budget and tries no more than the limit', async () => {
  const answer = fc.oneof(
    fc.record({ status: fc.constantFrom(200, 408, 429, 500, 503), headers: fc.oneof(fc.constant({}), fc.nat(60).map((seconds) => ({ 'retry-after': String(seconds) }))) }),
    fc.constantFrom<Answer>({ fails: 'ECONNRESET' }, { fails: 'timeout' }),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('GET' as const, 'PUT' as const), fc.array(answer, { minLength: 1, maxLength: 6 }), fc.double({ min: 0, max: 0.999, noNaN: true }), async (method, answers, draw) => {
      const { asked, slept } = await send(method, answers, () => draw);
      expect(asked.length).toBeLessThanOrEqual(maxAttempts);
      expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(method === 'GET' ? readBudgetMs : writeBudgetMs);
      for (const { timeoutMs } of asked) expect(timeoutMs).toBeGreaterThan(0);
    }),
  );
});

test('delays without Retry-After grow, are spread by chance and have a ceiling', async () => {
  const least = await send('GET', [{ status: 500 }], () => 0);
  const most = await send('GET', [{ status: 500 }], () => 0.999);
  expect(least.slept).toEqual([200, 400, 800]);
  most.slept.forEach((ms, index) => {
    expect(ms).toBeGreaterThan(least.slept[index] ?? 0);
    expect(ms).toBeLessThanOrEqual(maxDelayMs);
  });
});
