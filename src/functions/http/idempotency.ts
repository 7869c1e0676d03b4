import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '../../domain/ledgerView/canonicalJson.ts';
import type { RunRequest } from '../../domain/run.ts';
import type { StateStore } from '../../ports/state.ts';

/**
 * Idempotency-Key (draft-ietf-httpapi-idempotency-key-header): the first request under a key fixes the run's request, id
 * included, before anything starts. A repetition opens the very same run, which the ledger makes harmless, however far
 * the first one came. Keys are the caller's own: another caller's never match.
 */
export const idempotencyHeaders = z.object({
  'Idempotency-Key': z.string().regex(/^[\x21-\x7e]{1,128}$/, '1 to 128 printable characters without spaces').optional()
    .describe('Send the same key when you repeat a request whose answer did not arrive: one run comes of it.'),
});

export type RequestFixed =
  | { readonly kind: 'new' | 'repeated'; readonly request: RunRequest }
  | { readonly kind: 'reused' };

interface Fixed {
  readonly fingerprint: string;
  readonly request: RunRequest;
}

const ttlSeconds = 24 * 3600;

export interface IdempotentCall {
  readonly key: string;
  readonly subject: string;
  /** What was asked: path and body. */
  readonly asked: unknown;
}

/** The request to open: `proposed`, or the one that was fixed under this key before. */
export async function fixRequest(state: StateStore, call: IdempotentCall, proposed: RunRequest): Promise<RequestFixed> {
  const id = sha256(canonicalJson([call.subject, call.key]));
  const fingerprint = sha256(canonicalJson(call.asked));
  const key = { kind: 'idempotency', id } as const;
  const before = await state.read<Fixed>(key);
  if (before === null) {
    const written = await state.write<Fixed>(key, { fingerprint, request: proposed }, null, ttlSeconds);
    if (written.kind === 'written') return { kind: 'new', request: proposed };
  }
  const fixed = before ?? (await state.read<Fixed>(key));
  if (fixed === null || fixed.value.fingerprint !== fingerprint) return { kind: 'reused' };
  return { kind: 'repeated', request: fixed.value.request };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
