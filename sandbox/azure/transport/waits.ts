import type { BusyTracker } from '../../clock/index.ts';
import type { WorldClock } from '../../world/types.ts';

/** Waiting for the world's time inside a request: parked meanwhile, so that virtual time moves on. */
export interface Waits {
  /** Resolves after `ms` of the world's time, or at once when `signal` is aborted. */
  pass(ms: number, signal: AbortSignal | null): Promise<void>;
}

export function createWaits(clock: WorldClock, tracker: BusyTracker): Waits {
  return {
    pass: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted === true) {
          resolve();
          return;
        }
        const unpark = tracker.park();
        const finish = (): void => {
          cancel();
          signal?.removeEventListener('abort', finish);
          unpark();
          resolve();
        };
        const cancel = clock.setTimer(clock.now() + ms, finish);
        signal?.addEventListener('abort', finish, { once: true });
      }),
  };
}
