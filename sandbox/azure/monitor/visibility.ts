import { createHash } from 'node:crypto';

/**
 * Metrics come late and with holes. A minute shows up between 30 and 180 s after its end (published: up to 3 minutes),
 * most of them within a minute and a half, not in order; about one in a hundred never does. Drawn from the world's seed,
 * so that a run repeats.
 */
const earliestMs = 30_000;
const latestMs = 180_000;
const gapsIn = 97;

/** Whether the minute that starts at `minuteMs` can be read at `nowMs`. */
export function minuteVisibility(seed: number, series: string, minuteMs: number, nowMs: number): 'visible' | 'late' | 'gap' {
  const drawn = createHash('md5').update(`${seed} ${series} ${minuteMs}`).digest();
  if (drawn.readUInt32LE(0) % gapsIn === 0) return 'gap';
  const fraction = drawn.readUInt32LE(4) / 0xffffffff;
  const lateMs = earliestMs + (latestMs - earliestMs) * fraction * fraction;
  return nowMs >= minuteMs + 60_000 + lateMs ? 'visible' : 'late';
}
