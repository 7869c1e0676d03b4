import type { StampName } from '../fleet.ts';
import type { LedgerEntry } from '../ledgerEvent.ts';

/** Epoch milliseconds at which a run opened a stamp's gate, by stamp: there its own part in what probes and users met has ended. */
export function gatesOpened(entries: readonly LedgerEntry[]): Readonly<Record<StampName, number>> {
  return Object.fromEntries(
    entries.flatMap(({ at, event }) => (event.type === 'WriteSucceeded' && event.write.target === 'gate' && event.write.set === 'open' ? [[event.write.stamp, at] as const] : [])),
  );
}
