import type { Reading } from '../../domain/reading.ts';

/** Of the last minutes, from metrics: fraction 0..1 of requests that each stamp's origins served. */
export type ReadShares = () => Promise<Reading<Readonly<Record<string, number>>>>;
