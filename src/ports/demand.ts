import type { DemandFacts, LoadFacts } from '../domain/facts.ts';
import type { Stamp } from '../domain/fleet.ts';
import type { Reading } from '../domain/reading.ts';

/** Where users are and what they ask for. */
export interface Demand {
  readDemand(): Promise<Reading<DemandFacts>>;
  readLoad(stamps: readonly Stamp[]): Promise<Readonly<Record<string, Reading<LoadFacts>>>>;
}
