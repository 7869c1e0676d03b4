import { hash } from 'node:crypto';

/**
 * Metrics come late and with holes. A minute shows up between 30 and 180 s after its end (published: up to 3 minutes),
 * most of them within a minute and a half, not in order; about one in a hundred never does. Drawn from the world's seed,
 * so that a run repeats.
 */
const earliestMs = 30_000;
const latestMs = 180_000;
const gapsIn = 97;

/** By series: when each of its minutes can be read; null = never. Drawn once, since clients ask for the same minutes at every look. */
const drawn = new Map<string, Map<number, number | null>>();
const seriesKept = 200;
const minutesKept = 2000;

export type Visibility = 'visible' | 'late' | 'gap';

/** Of one series of a world: whether the minute that starts at `minuteMs` can be read at `nowMs`. */
export function visibilityOf(seed: number, series: string): (minuteMs: number, nowMs: number) => Visibility {
  const name = `${seed} ${series}`;
  if (drawn.size >= seriesKept && !drawn.has(name)) drawn.clear();
  const minutes = drawn.get(name) ?? new Map<number, number | null>();
  drawn.set(name, minutes);
  return (minuteMs, nowMs) => {
    let visibleAt = minutes.get(minuteMs);
    if (visibleAt === undefined) {
      visibleAt = drawVisibleAt(`${name} ${minuteMs}`, minuteMs);
      if (minutes.size >= minutesKept) minutes.clear();
      minutes.set(minuteMs, visibleAt);
    }
    if (visibleAt === null) return 'gap';
    return nowMs >= visibleAt ? 'visible' : 'late';
  };
}

function drawVisibleAt(key: string, minuteMs: number): number | null {
  const bytes = hash('md5', key, 'buffer');
  if (bytes.readUInt32LE(0) % gapsIn === 0) return null;
  const fraction = bytes.readUInt32LE(4) / 0xffffffff;
  return minuteMs + 60_000 + earliestMs + (latestMs - earliestMs) * fraction * fraction;
}
