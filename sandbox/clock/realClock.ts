import type { CancelTimer, Clock } from './clock.ts';
import { realTimers } from './realTimers.ts';

/** Where a real clock stands and how fast it runs; left out: the machine's time at its own speed. */
export interface RealClockOptions {
  /** Clock seconds per real second, above 0. */
  readonly factor?: number;
  /** The instant that the clock shows when it is made, epoch milliseconds. */
  readonly startMs?: number;
  /** Whose wall clock and timers; left out: the machine's. */
  readonly timers?: Pick<typeof realTimers, 'Date' | 'setTimeout' | 'clearTimeout'>;
}

const longestTimeoutMs = 2_147_483_647;

/** A clock that runs by itself, scaled where asked; its timers are Node's. */
export class RealClock implements Clock {
  readonly #factor: number;
  readonly #startMs: number;
  readonly #timers: NonNullable<RealClockOptions['timers']>;
  readonly #realStartMs: number;

  constructor(options: RealClockOptions = {}) {
    this.#timers = options.timers ?? realTimers;
    this.#realStartMs = this.#timers.Date.now();
    this.#factor = options.factor ?? 1;
    if (!(this.#factor > 0)) throw new RangeError(`factor must be above 0, got ${this.#factor}`);
    this.#startMs = options.startMs ?? this.#realStartMs;
  }

  now(): number {
    return Math.floor(this.#startMs + (this.#timers.Date.now() - this.#realStartMs) * this.#factor);
  }

  /** Node may run a timer a millisecond before its time by the wall clock, and takes no wait over 2^31 - 1 ms: what is early is armed again. */
  setTimer(atMs: number, fn: () => void): CancelTimer {
    let handle: NodeJS.Timeout;
    const arm = (): void => {
      const waitMs = Math.max(0, Math.ceil((atMs - this.now()) / this.#factor));
      handle = this.#timers.setTimeout(fireOrArm, Math.min(waitMs, longestTimeoutMs));
    };
    const fireOrArm = (): void => {
      if (this.now() >= atMs) fn();
      else arm();
    };
    arm();
    return () => {
      this.#timers.clearTimeout(handle);
    };
  }
}
