/**
 * Small mutable documents: alert records, idempotency keys, the last assessment, run controls.
 * Replace is under If-Match only; there is no blind write.
 */
export interface StateStore {
  read<T>(key: StateKey): Promise<Versioned<T> | null>;
  /** `etag` null = create. `conflict` when somebody was there first. */
  write<T>(key: StateKey, value: T, etag: string | null, ttlSeconds?: number): Promise<{ readonly kind: 'written'; readonly etag: string } | { readonly kind: 'conflict' }>;
  list<T>(kind: StateKey['kind'], limit: number): Promise<readonly Versioned<T>[]>;
}

export interface StateKey {
  readonly kind: 'controls' | 'alert' | 'idempotency' | 'assessment' | 'runIndex' | 'drill' | 'heartbeat' | 'certificate' | 'claim' | 'startTimes' | 'drainFacts';
  readonly id: string;
}

export interface Versioned<T> {
  readonly id: string;
  readonly value: T;
  readonly etag: string;
}

/** What lies under kind `alert`, id = the alert's own id: the newest state of one alert, written by the webhook, read as a signal. */
export interface AlertRecord {
  readonly alertId: string;
  readonly rule: string;
  readonly severity: 0 | 1 | 2 | 3 | 4;
  readonly condition: 'fired' | 'resolved';
  /** Epoch milliseconds at which it was fired or resolved, as the alert says. */
  readonly at: number;
  /** Stamps whose resources the alert names; empty where it names none of ours. */
  readonly stamps: readonly string[];
}
