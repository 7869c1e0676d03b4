import type { Stamp } from '../domain/fleet.ts';
import type { GateState } from '../domain/facts.ts';
import type { Reading } from '../domain/reading.ts';
import type { WriteOutcome } from './outcome.ts';

/** The probe gate of a stamp: closing it makes Front Door's own probes drain the stamp within their interval. */
export interface Gate {
  readGate(stamp: Stamp): Promise<Reading<{ readonly state: GateState; readonly expiresAt: number | null }>>;
  applyGate(stamp: Stamp, state: GateState, expiresAt: number, runId: string): Promise<WriteOutcome>;
}
