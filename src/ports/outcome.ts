import type { Reaction } from '../domain/ledgerEvent.ts';

/**
 * What an adapter's write answers. Expected refusals are values; `TransientError` is thrown for what a retry may mend,
 * after the adapter's own bounded retries; anything else thrown is a bug.
 */
export type WriteOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly reaction: Exclude<Reaction, 'retryLater'>; readonly why: string };

/** A fault that may pass. `retryAfterMs` is what the service asked for, null if it did not say. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  readonly retryAfterMs: number | null;
  constructor(message: string, retryAfterMs: number | null, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterMs = retryAfterMs;
  }
}

/**
 * No write of a port takes longer, its own reads and retries included: after it nothing more goes out (I3). The fence's
 * lease is 60 s, so a write that starts while the lease still lives this long ends under it.
 */
export const writeTimeLimitMs = 40_000;
