/** Ends a timer that has not fired; harmless afterwards. */
export type CancelTimer = () => void;

/** The sandbox's only source of time: instants are epoch milliseconds. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls `fn` once at the instant `atMs` (at once, but never synchronously, when that is past). Timers of one instant fire in the order in which they were set. */
  setTimer(atMs: number, fn: () => void): CancelTimer;
}
