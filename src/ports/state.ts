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
  readonly kind: 'controls' | 'alert' | 'idempotency' | 'assessment' | 'run' | 'runControl' | 'region' | 'drill' | 'heartbeat' | 'certificate';
  readonly id: string;
}

export interface Versioned<T> {
  readonly id: string;
  readonly value: T;
  readonly etag: string;
}
