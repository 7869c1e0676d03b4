import type { ChainedEntry } from '../ledgerEvent.ts';
import { inOrder, isUnchained } from './inOrder.ts';
import { chainStart, firstSeq, hashEntry } from './hashEntry.ts';

export type ChainVerified =
  | { readonly kind: 'intact'; readonly entries: number; readonly unchained: number; readonly lastHash: string }
  | { readonly kind: 'broken'; readonly breaks: readonly ChainBreak[] };

export interface ChainBreak {
  readonly seq: number;
  readonly id: string;
  readonly what: 'gap' | 'duplicate' | 'wrongPrevious' | 'changed' | 'otherRun';
  readonly message: string;
}

/**
 * Whether the entries of ONE run are complete from the first on, in order and unchanged. They may come in any order.
 * Entries that lie in the outbox still (seq -1) are counted apart. An entry removed at the end cannot be seen from the chain alone: compare `lastHash` with one kept elsewhere.
 */
export function verifyChain(entries: readonly ChainedEntry[]): ChainVerified {
  const sorted = inOrder(entries).filter((entry) => !isUnchained(entry));
  const breaks: ChainBreak[] = [];
  let expectedSeq = firstSeq;
  let previousHash = chainStart;
  for (const entry of sorted) {
    const report = (what: ChainBreak['what'], message: string) => breaks.push({ seq: entry.seq, id: entry.id, what, message });
    if (entry.runId !== sorted[0]?.runId) report('otherRun', `belongs to run ${entry.runId}`);
    if (entry.seq < expectedSeq) report('duplicate', `number ${entry.seq} is there twice`);
    else if (entry.seq > expectedSeq) report('gap', `numbers ${expectedSeq} to ${entry.seq - 1} are missing`);
    else if (entry.previousHash !== previousHash) report('wrongPrevious', 'does not follow the entry before it');
    if (entry.hash !== hashEntry(entry, entry.seq, entry.previousHash)) report('changed', 'was changed after it was written');
    expectedSeq = entry.seq + 1;
    previousHash = entry.hash;
  }
  return breaks.length === 0 ? { kind: 'intact', entries: sorted.length, unchained: entries.length - sorted.length, lastHash: previousHash } : { kind: 'broken', breaks };
}
