import type { Clock } from '../../ports/clock.ts';

/** The time that a round of looks may take, one timer for all of them. */
export interface RoundLimit {
  /** The promise's answer, or `late` once the time is up; the slow one is left to end by itself. */
  within<T>(work: Promise<T>, late: () => T): Promise<T>;
  /** To be called when the round is over. */
  end(): void;
}

export function roundLimit(clock: Clock, limitMs: number): RoundLimit {
  const done = new AbortController();
  const timeUp = clock.sleep(limitMs, done.signal);
  return {
    within: (work, late) => Promise.race([work, timeUp.then(late)]),
    end: () => done.abort(),
  };
}
