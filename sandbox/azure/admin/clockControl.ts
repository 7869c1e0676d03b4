import type { Pace, Pacer, VirtualClock } from '../../clock/index.ts';

/** How a person moves the world's clock; a clock that runs by itself has none. */
export interface ClockControl {
  readonly pace: Pace;
  setPace(pace: Pace): void;
  /** Goes ahead by whole seconds as fast as everything keeps up, then at the pace of before; resolves when it is there. */
  step(seconds: number): Promise<void>;
}

export function createClockControl(clock: VirtualClock, pacer: Pacer): ClockControl {
  let steps = 0;
  let paceBefore: Pace = pacer.pace;
  return {
    get pace() {
      return steps > 0 ? paceBefore : pacer.pace;
    },
    setPace: (pace) => {
      paceBefore = pace;
      if (steps === 0) pacer.setPace(pace);
    },
    step: (seconds) =>
      new Promise((resolve) => {
        if (steps === 0) paceBefore = pacer.pace;
        steps += 1;
        clock.setTimer(clock.now() + seconds * 1000, () => {
          steps -= 1;
          if (steps === 0) pacer.setPace(paceBefore);
          resolve();
        });
        pacer.setPace('max');
      }),
  };
}
