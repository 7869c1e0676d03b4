import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../sandbox/host/index.ts';

const from = Date.UTC(2026, 0, 1, 0, 0, 0);

function nextRuns(expression: string, count: number): string[] {
  const schedule = parseSchedule(expression);
  const runs: string[] = [];
  let atMs: number | undefined = from;
  for (let index = 0; index < count && atMs !== undefined; index += 1) {
    atMs = schedule.next(atMs);
    if (atMs !== undefined) runs.push(new Date(atMs).toISOString());
  }
  return runs;
}

describe('schedules of timer triggers', () => {
  it.each([
    ['*/15 * * * * *', ['2026-01-01T00:00:15.000Z', '2026-01-01T00:00:30.000Z']],
    ['0 */5 * * * *', ['2026-01-01T00:05:00.000Z', '2026-01-01T00:10:00.000Z']],
    ['*/5 * * * *', ['2026-01-01T00:05:00.000Z', '2026-01-01T00:10:00.000Z']],
    ['30 15 9-10 * * *', ['2026-01-01T09:15:30.000Z', '2026-01-01T10:15:30.000Z']],
    ['0 0 0 * * 1', ['2026-01-05T00:00:00.000Z', '2026-01-12T00:00:00.000Z']],
    ['0 0 0 * Feb Mon-Wed', ['2026-02-02T00:00:00.000Z', '2026-02-03T00:00:00.000Z']],
    ['0 0 12 1,15 * *', ['2026-01-01T12:00:00.000Z', '2026-01-15T12:00:00.000Z']],
    ['00:00:30', ['2026-01-01T00:00:30.000Z', '2026-01-01T00:01:00.000Z']],
  ])('%s', (expression, expected) => {
    expect(nextRuns(expression, 2)).toEqual(expected);
  });

  it('answers the same whatever was asked before', () => {
    const schedule = parseSchedule('0 */5 * * * *');
    const asked = [0, 299_999, 300_000, 899_999, 1, 3_600_000, 0].map((afterMs) => schedule.next(from + afterMs));
    expect(asked.map((nextMs) => (nextMs ?? 0) - from)).toEqual([300_000, 300_000, 600_000, 900_000, 300_000, 3_900_000, 300_000]);
  });

  it('wants a day that fits both day fields', () => {
    // the 13th of a month that is a Friday
    expect(nextRuns('0 0 0 13 * 5', 1)).toEqual(['2026-02-13T00:00:00.000Z']);
  });

  it.each(['* * * *', '0 0 0 0 * *', '60 * * * * *', '0 0 24 * * *', '0 0 0 * * 7', '0 0 0 L * *', '@daily', '0 0 0 ? * *', '*/0 * * * * *', '5-1 * * * * *', '0 0 0 * * Fre', '0 0 0 1W * *', '0 0 0 * * 5#2', ''])(
    'refuses "%s", as the Functions host does',
    (expression) => {
      expect(() => parseSchedule(expression)).toThrow(RangeError);
    },
  );
});
