/** A fact with its age. What could not be read is unknown, with the reason; it is never a zero (I6). */
export type Reading<T> = Known<T> | Unknown;

export interface Known<T> {
  readonly kind: 'known';
  readonly value: T;
  /** Epoch milliseconds at which the value was true at its source. */
  readonly observedAt: number;
  /** Epoch milliseconds since when it was measured, for what is measured over a while and was so until `observedAt`. */
  readonly coversFrom?: number;
}

export interface Unknown {
  readonly kind: 'unknown';
  readonly why: string;
  readonly observedAt: number;
}

export const known = <T>(value: T, observedAt: number): Known<T> => ({ kind: 'known', value, observedAt });

export const unknown = (why: string, observedAt: number): Unknown => ({ kind: 'unknown', why, observedAt });

/** A value over its age limit is unknown: nothing is certified on it. */
export function freshOrUnknown<T>(reading: Reading<T>, now: number, maxAgeMs: number): Reading<T> {
  if (reading.kind === 'unknown' || now - reading.observedAt <= maxAgeMs) return reading;
  const ageSeconds = Math.round((now - reading.observedAt) / 1000);
  return unknown(`last read ${ageSeconds} s ago, limit ${Math.round(maxAgeMs / 1000)} s`, reading.observedAt);
}
