import { createHash } from 'node:crypto';
import type { ChainedEntry, LedgerEntry } from '../ledgerEvent.ts';
import { canonicalJson } from './canonicalJson.ts';

/** `previousHash` of the first entry of a run. */
export const chainStart = '0'.repeat(64);

/** Sequence number of the first entry of a run. */
export const firstSeq = 0;

/** SHA-256, hex, of previousHash + "\n" + canonical JSON of the entry + "\n" + seq. */
export function hashEntry(entry: LedgerEntry, seq: number, previousHash: string): string {
  return createHash('sha256').update(`${previousHash}\n${canonicalJson(bareEntry(entry))}\n${seq}`).digest('hex');
}

/** The entry that follows `last` in its run; `last` null = the first. */
export function chainEntry(entry: LedgerEntry, last: Pick<ChainedEntry, 'seq' | 'hash'> | null): ChainedEntry {
  const seq = last === null ? firstSeq : last.seq + 1;
  const previousHash = last?.hash ?? chainStart;
  return { ...bareEntry(entry), seq, previousHash, hash: hashEntry(entry, seq, previousHash) };
}

/** Only the members of a LedgerEntry: what a store adds (such as Cosmos' _etag) and the chain's own are left out. */
export function bareEntry(entry: LedgerEntry): LedgerEntry {
  const { id, runId, at, controlRegion, epoch, stamps, event } = entry;
  return { id, runId, at, controlRegion, epoch, stamps, event };
}
