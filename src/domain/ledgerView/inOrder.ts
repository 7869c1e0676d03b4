import type { ChainedEntry } from '../ledgerEvent.ts';

/** Whether an entry lies in the outbox still and has no place in the chain yet. */
export const isUnchained = (entry: ChainedEntry): boolean => entry.seq < 0;

/** Chained entries by number, then those that lie in the outbox still, as they came. */
export function inOrder(entries: readonly ChainedEntry[]): readonly ChainedEntry[] {
  const chained = entries.filter((entry) => !isUnchained(entry)).toSorted((a, b) => a.seq - b.seq);
  return [...chained, ...entries.filter(isUnchained)];
}
