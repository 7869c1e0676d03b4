import type { Controls, StopOrder } from '../domain/run.ts';

/** What people and the watch order: kill switch, mode, runs to stop; all in one read. Unreachable: the last value read may stop a run, never start one. */
export interface ControlsStore {
  readControls(): Promise<ControlsReading>;
  setControls(change: Partial<Pick<Controls, 'killSwitch' | 'mode'>>, by: string): Promise<Controls>;
  /** The first order to a run stays; it is kept for a week. */
  stopRun(runId: string, stop: StopOrder): Promise<'ordered' | 'alreadyOrdered'>;
}

export interface ControlsReading {
  readonly controls: Controls;
  /** By run id. */
  readonly stops: Readonly<Record<string, StopOrder>>;
  /** `lastKnown`: the store did not answer. */
  readonly freshness: 'fresh' | 'lastKnown';
}
