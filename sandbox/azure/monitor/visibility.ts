import { createHash } from 'node:crypto';

/**
 * Metrics come late and with holes. A minute shows up between 30 and 180 s after its end (published: up to 3 minutes),
 * most of them within a minute and a half, not in order; about one in a hundred never does. Drawn from the world's seed,
 * so that a run repeats.
 */
const earliestMs = 30_000;
const latestMs = 180_000;
const gapsIn = 97;

/** When a minute can be read; null = never. */
const drawn = new Map<string, number | null>();
const rememberedAtMost = 20_000;

/** Whether the minute that starts at `minuteMs` can be read at `nowMs`. */
export function minuteVisibility(seed: number, series: string, minuteMs: number, nowMs: number): 'visible' | 'late' | 'gap' {
  const key = `${seed} ${series} ${minuteMs}`;
  let visibleAt = drawn.get(key);
  if (visibleAt === undefined) {
    visibleAt = drawVisibleAt(key, minuteMs);
    if (drawn.size >= rememberedAtMost) drawn.clear();
    drawn.set(key, visibleAt);
  }
  if (visibleAt === null) return 'gap';
  return nowMs >= visibleAt ? 'visible' : 'late';
}

function drawVisibleAt(key: string, minuteMs: number): number | null {
  const bytes = createHash('md5').update(key).digest();
  if (bytes.readUInt32LE(0) % gapsIn === 0) return null;
  const fraction = bytes.readUInt32LE(4) / 0xffffffff;
  return minuteMs + 60_000 + earliestMs + (latestMs - earliestMs) * fraction * fraction;
}
