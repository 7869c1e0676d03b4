import type { ChainedEntry, LedgerEntry } from '../domain/ledgerEvent.ts';

/**
 * The append-only record. `record` resolves once the entry is durable: in the store, or in the outbox of this
 * control-plane region; it throws `TransientError` when it is in neither, and then no write may follow (I4).
 */
export interface Ledger {
  record(entry: LedgerEntry): Promise<Recorded>;
  /** Every entry of a run in order; entries that still lie in the outbox come last, unchained (seq -1). */
  readRun(runId: string): Promise<readonly ChainedEntry[]>;
  /** One entry, from the store or the outbox; null when it is in neither. */
  readEntry(runId: string, id: string): Promise<LedgerEntry | null>;
  listRuns(query: RunQuery): Promise<readonly ChainedEntry[]>;
  /** Moves what lies in the outbox to the store under the same ids; answers how many are left. */
  drainOutbox(): Promise<{ readonly moved: number; readonly left: number }>;
}

/**
 * `exists`: an entry of this id with the same event and epoch is there already (`at` may differ: a step was repeated);
 * `different`: one with another event or epoch, which is a bug or a stale run.
 */
export type Recorded =
  | { readonly kind: 'stored' }
  | { readonly kind: 'outbox' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'different'; readonly found: LedgerEntry };

/** Newest first; each bound optional. `RunOpened` entries only. */
export interface RunQuery {
  readonly stamp: string | null;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly limit: number;
}
