import type { MeasuredStart } from './facts.ts';
import type { LedgerEntry } from './ledgerEvent.ts';

/** How long nodes took in one run, seconds from the pool's accepted PUT to the look at which all that were wanted were ready. */
export interface NodeStartSample {
  readonly stamp: string;
  readonly pool: string;
  readonly seconds: number;
}

/** Of one run's entries, in their order. Pools whose nodes were all there at the first look, or never, say nothing. */
export function nodeStartSamples(entries: readonly LedgerEntry[]): NodeStartSample[] {
  const asked = new Map<string, { readonly at: number; waited: 'no' | 'yes' }>();
  const samples: NodeStartSample[] = [];
  for (const { at, event } of entries) {
    if (event.type === 'WriteSucceeded' && event.write.target === 'pool' && event.alreadyThere === 'applied') {
      asked.set(keyOf(event.write.stamp, event.write.pool), { at, waited: 'no' });
    } else if (event.type === 'NodesSeen') {
      const key = keyOf(event.stamp, event.pool);
      const request = asked.get(key);
      if (request === undefined) continue;
      if (event.ready < event.wanted) request.waited = 'yes';
      else {
        if (request.waited === 'yes') samples.push({ stamp: event.stamp, pool: event.pool, seconds: (at - request.at) / 1000 });
        asked.delete(key);
      }
    }
  }
  return samples;
}

export const keyOf = (stamp: string, pool: string): string => `${stamp}/${pool}`;

/** By stamp and pool; nine runs in ten were as quick or quicker. */
export function measuredStarts(samples: readonly NodeStartSample[]): Readonly<Record<string, MeasuredStart>> {
  const byKey = new Map<string, number[]>();
  for (const { stamp, pool, seconds } of samples) byKey.set(keyOf(stamp, pool), [...(byKey.get(keyOf(stamp, pool)) ?? []), seconds]);
  return Object.fromEntries([...byKey].flatMap(([key, seconds]) => {
    const measured = ninetiethPercentile(seconds);
    return measured === null ? [] : [[key, measured] as const];
  }));
}

/** The smallest value that nine in ten do not exceed; null without one. */
export function ninetiethPercentile(seconds: readonly number[]): MeasuredStart | null {
  const sorted = seconds.toSorted((left, right) => left - right);
  const value = sorted[Math.ceil(sorted.length * 0.9) - 1];
  return value === undefined ? null : { seconds: value, samples: sorted.length };
}
