import type { HttpClient } from '@azure/core-rest-pipeline';
import type { SdkContext } from '../../../src/adapters/http/sdkContext.ts';
import type { Clock } from '../../../src/ports/clock.ts';

export const startMs = Date.UTC(2026, 10, 22, 12);

/** Time that stands still, but for sleeps: they pass at once and are kept. */
export interface SleeplessClock extends Clock {
  readonly slept: readonly number[];
  advance(ms: number): void;
}

export function sleeplessClock(): SleeplessClock {
  let now = startMs;
  const slept: number[] = [];
  return {
    now: () => now,
    slept,
    advance: (ms) => {
      now += ms;
    },
    // A race against a time limit must not win by a sleep that takes no time.
    sleep: (ms, signal) => {
      if (signal !== undefined) return new Promise(() => undefined);
      slept.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
}

export interface FakeContext extends SdkContext {
  readonly clock: SleeplessClock;
}

export function fakeContext(httpClient: HttpClient, random: () => number = () => 0.5): FakeContext {
  return {
    credential: { getToken: () => Promise.resolve({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }) },
    httpClient,
    armEndpoint: 'https://arm.test',
    metricsEndpoint: 'https://arm.test',
    logsEndpoint: 'https://logs.test',
    clock: sleeplessClock(),
    random,
  };
}
