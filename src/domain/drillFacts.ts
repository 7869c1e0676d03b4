import type { DrillFacts } from './facts.ts';
import type { LedgerEntry } from './ledgerEvent.ts';

/** What a run's entries say of where a drained stamp's users went. Records of versions that did not measure it say nothing. */
export function drillFacts(entries: readonly LedgerEntry[]): DrillFacts[] {
  return entries.flatMap(({ runId, at, event }) => (event.type === 'DrainMeasured' ? [{ runId, stamp: event.stamp, at, groups: event.groups }] : []));
}

/** Of each stamp the newest, by stamp. */
export function newestDrills(drills: readonly DrillFacts[]): DrillFacts[] {
  const newest = new Map<string, DrillFacts>();
  for (const drill of drills) if (drill.at >= (newest.get(drill.stamp)?.at ?? 0)) newest.set(drill.stamp, drill);
  return [...newest.values()].toSorted((a, b) => (a.stamp < b.stamp ? -1 : 1));
}
