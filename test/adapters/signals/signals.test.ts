import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meet, httpAttempt, type Met } from '../../../src/adapters/signals/httpProbe.ts';
import { reachMeasure, tryTwice } from '../../../src/adapters/signals/probeRound.ts';
import { roundLimit } from '../../../src/adapters/signals/roundLimit.ts';
import { systemClock } from '../../../src/adapters/clock/system.ts';
import { fakeContext } from '../support/fakeContext.ts';
import { fakeHttp, inTurn, type Answer } from '../support/fakeHttp.ts';

const judge = (status: number): 'ok' | 'httpError' => (status === 200 ? 'ok' : 'httpError');

const probe = (...answers: readonly Answer[]) => {
  const http = fakeHttp(inTurn(...answers));
  const context = fakeContext(http.client);
  return { tried: tryTwice(() => meet(context, httpAttempt(context, 'https://origin.test/healthz', 5000), judge)), asked: http.asked };
};

describe('one target', () => {
  test('that answers 200 is asked once', async () => {
    const { tried, asked } = probe({ status: 200 });
    expect(reachMeasure(await tried, 'shownGood')).toMatchObject({ result: 'ok', vantagePoints: 1 });
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ timeoutMs: 5000 });
    expect(asked[0]?.headers['authorization']).toBeUndefined();
  });

  test.each<[string, Answer[], string, number]>([
    ['an error status twice', [{ status: 503 }], 'httpError', 1],
    ['a redirect, which Front Door takes for unhealthy too', [{ status: 302 }], 'httpError', 1],
    ['refused twice', [{ fails: 'ECONNREFUSED' }], 'refused', 2],
    ['broken off twice', [{ fails: 'ECONNRESET' }], 'refused', 2],
    ['timed out twice', [{ fails: 'timeout' }], 'timedOut', 2],
    ['refused, then timed out', [{ fails: 'ECONNREFUSED' }, { fails: 'timeout' }], 'timedOut', 2],
    ['refused, then well', [{ fails: 'ECONNREFUSED' }, { status: 200 }], 'ok', 1],
    ['timed out, then an error status', [{ fails: 'timeout' }, { status: 500 }], 'httpError', 1],
    ['no name resolution', [{ fails: 'ENOTFOUND' }], 'observerFailed', 1],
    ['refused, then no name resolution', [{ fails: 'ECONNREFUSED' }, { fails: 'ENOTFOUND' }], 'observerFailed', 1],
  ])('%s', async (_name, answers, result, vantagePoints) => {
    expect(reachMeasure(await probe(...answers).tried, 'shownGood')).toMatchObject({ result, vantagePoints });
  });

  test('silence counts as one vantage point only while our own path is not shown to work (I6)', async () => {
    const tried = await probe({ fails: 'timeout' }).tried;
    expect(reachMeasure(tried, 'notShown')).toMatchObject({ result: 'timedOut', vantagePoints: 1 });
  });
});

test('two vantage points are claimed for silence alone, met twice, with our own path shown good', () => {
  const met = fc.record({ result: fc.constantFrom('ok', 'httpError', 'refused', 'timedOut', 'observerFailed'), latencyMs: fc.nat(5000), status: fc.constant(null) }) as fc.Arbitrary<Met>;
  fc.assert(
    fc.property(met, fc.option(met, { nil: null }), fc.constantFrom('shownGood' as const, 'notShown' as const), (first, second, ownPath) => {
      const measure = reachMeasure({ first, second }, ownPath);
      if (measure.unit !== 'reach') throw new Error('a probe measures reach');
      const silent = [first, second].every((one) => one !== null && (one.result === 'refused' || one.result === 'timedOut'));
      expect(measure.vantagePoints).toBe(silent && ownPath === 'shownGood' ? 2 : 1);
    }),
  );
});

test('a bug in an attempt is not taken for silence', async () => {
  const context = fakeContext(fakeHttp(inTurn({ status: 200 })).client);
  await expect(meet(context, () => Promise.reject(new TypeError('bug')), judge)).rejects.toThrow('bug');
});

describe('a time limit', () => {
  test('passes on what comes in time, and errors', async () => {
    const limit = roundLimit(systemClock, 60_000);
    expect(await limit.within(Promise.resolve(1), () => 2)).toBe(1);
    await expect(limit.within(Promise.reject(new Error('x')), () => 2)).rejects.toThrow('x');
    limit.end();
  });

  test('answers in the place of what is late', async () => {
    const limit = roundLimit(systemClock, 0);
    const silent = (): Promise<number> => new Promise(() => undefined);
    expect(await Promise.all([limit.within(silent(), () => 2), limit.within(silent(), () => 3)])).toEqual([2, 3]);
  });
});
