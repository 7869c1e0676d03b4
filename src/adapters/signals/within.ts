import type { Clock } from '../../ports/clock.ts';

/** The promise's answer, or `late` once the time is up; the slow one is left to end by itself. */
export async function within<T>(clock: Clock, limitMs: number, work: Promise<T>, late: () => T): Promise<T> {
  const done = new AbortController();
  try {
    return await Promise.race([work, clock.sleep(limitMs, done.signal).then(late)]);
  } finally {
    done.abort();
  }
}
