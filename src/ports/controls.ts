import type { Controls } from '../domain/run.ts';

/** Kill switch and mode. Unreachable: the last value read may stop a run, never start one. */
export interface ControlsStore {
  readControls(): Promise<ControlsReading>;
  setControls(change: Partial<Pick<Controls, 'killSwitch' | 'mode'>>, by: string): Promise<Controls>;
}

export interface ControlsReading {
  readonly controls: Controls;
  /** `lastKnown`: the store did not answer. */
  readonly freshness: 'fresh' | 'lastKnown';
}
