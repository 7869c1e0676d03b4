import { createClock, type Clock as FakeTimers } from '@sinonjs/fake-timers';
import { describe, expect, it } from 'vitest';
import { RealClock, realTimers } from '../../sandbox/clock/index.ts';

/** Timers of a machine whose clock stands until told; `earlyMs`: how much too soon it runs them, as Node does. */
function machine(earlyMs = 0): { readonly fake: FakeTimers; readonly timers: typeof realTimers } {
  const fake = createClock(5_000);
  const setTimeout = (fn: () => void, ms: number): unknown => fake.setTimeout(fn, Math.max(0, ms - earlyMs));
  return { fake, timers: { ...realTimers, Date: fake.Date, setTimeout, clearTimeout: fake.clearTimeout } as unknown as typeof realTimers };
}

describe('the real clock', () => {
  it('shows the machine’s time unless told otherwise', () => {
    const { fake, timers } = machine();
    const clock = new RealClock({ timers });
    fake.tick(750);
    expect(clock.now()).toBe(5_750);
  });

  it.each([0, 1, 10])('starts where it is told, runs at its factor and never fires early, though the machine’s timers run %i ms too soon', (earlyMs) => {
    const { fake, timers } = machine(earlyMs);
    const clock = new RealClock({ startMs: 1_000_000, factor: 1000, timers });
    const firedAtMs: number[] = [];
    clock.setTimer(1_060_000, () => firedAtMs.push(clock.now()));
    fake.tick(59);
    expect(firedAtMs).toEqual([]);
    fake.tick(2);
    expect(firedAtMs).toEqual([1_060_000]);
  });

  it('waits longer than the longest timeout of Node', () => {
    const { fake, timers } = machine();
    const clock = new RealClock({ startMs: 0, timers });
    const fortyDaysMs = 40 * 86_400_000;
    const firedAtMs: number[] = [];
    clock.setTimer(fortyDaysMs, () => firedAtMs.push(clock.now()));
    fake.tick(fortyDaysMs - 1);
    expect(firedAtMs).toEqual([]);
    fake.tick(1);
    expect(firedAtMs).toEqual([fortyDaysMs]);
  });

  it('does not fire what was cancelled, and refuses to stand still', () => {
    const { fake, timers } = machine();
    const clock = new RealClock({ factor: 1000, timers });
    let fired = false;
    clock.setTimer(clock.now() + 1000, () => {
      fired = true;
    })();
    fake.tick(20);
    expect(fired).toBe(false);
    expect(() => new RealClock({ factor: 0 })).toThrow(RangeError);
  });
});
