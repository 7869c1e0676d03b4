import type { Reading } from '../../domain/reading.ts';
import type { Clock } from '../../ports/clock.ts';

/**
 * Keeps a reading for a while, with the age it has. When the source does not answer later on, the old one is given again:
 * it says itself how old it is, and whoever plans decides whether that is too old. A source that did not answer is left alone for
 * `quietMs`, so that nobody waits for it again and again. Who wants it younger than it is kept says so by `maxAgeMs`.
 */
export function agedCache<T>(clock: Clock, keptMs: number, quietMs = 0): (key: string, read: () => Promise<Reading<T>>, maxAgeMs?: number) => Promise<Reading<T>> {
  const kept = new Map<string, Reading<T>>();
  const running = new Map<string, Promise<Reading<T>>>();
  const askAgainAt = new Map<string, number>();

  async function refresh(key: string, read: () => Promise<Reading<T>>): Promise<Reading<T>> {
    const reading = await read();
    const old = kept.get(key);
    if (reading.kind === 'unknown') askAgainAt.set(key, clock.now() + quietMs);
    if (reading.kind === 'unknown' && old?.kind === 'known') return old;
    kept.set(key, reading);
    return reading;
  }

  return (key, read, maxAgeMs = keptMs) => {
    const found = kept.get(key);
    if (found?.kind === 'known' && clock.now() - found.observedAt < Math.min(keptMs, maxAgeMs)) return Promise.resolve(found);
    if (found !== undefined && clock.now() < (askAgainAt.get(key) ?? Number.NEGATIVE_INFINITY)) return Promise.resolve(found);
    const started = running.get(key) ?? refresh(key, read).finally(() => running.delete(key));
    running.set(key, started);
    return started;
  };
}
