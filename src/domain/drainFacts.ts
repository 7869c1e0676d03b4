import type { DrainFacts } from './facts.ts';
import type { LedgerEntry } from './ledgerEvent.ts';

/** What a run's entries say of where a drained stamp's users went. Most runs have measured nothing. */
export function drainFacts(entries: readonly LedgerEntry[]): DrainFacts[] {
  return entries.flatMap(({ runId, at, event }) => (event.type === 'DrainMeasured' ? [{ runId, stamp: event.stamp, at, groups: event.groups }] : []));
}

/** Of each stamp the newest, by stamp. */
export function newestDrains(drains: readonly DrainFacts[]): DrainFacts[] {
  const newest = new Map<string, DrainFacts>();
  for (const drain of drains) if (drain.at >= (newest.get(drain.stamp)?.at ?? 0)) newest.set(drain.stamp, drain);
  return [...newest.values()].toSorted((a, b) => (a.stamp < b.stamp ? -1 : 1));
}
