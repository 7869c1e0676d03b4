import type { Stamp } from '../domain/fleet.ts';
import type { Observation } from '../domain/observation.ts';

/** Observations of every stamp, read side by side. Never throws: what could not be read is an unknown reading. */
export interface Signals {
  observe(stamps: readonly Stamp[]): Promise<readonly Observation[]>;
}
