import { describe, expect, it } from 'vitest';
import { RealClock, realTimers } from '../../sandbox/clock/index.ts';

describe('the real clock', () => {
  it('shows the machine’s time unless told otherwise', () => {
    expect(Math.abs(new RealClock().now() - realTimers.Date.now())).toBeLessThan(50);
  });

  it('starts where it is told and runs at its factor', async () => {
    const clock = new RealClock({ startMs: 1_000_000, factor: 1000 });
    const startedMs = realTimers.Date.now();
    const firedAtMs = await new Promise<number>((resolve) => {
      clock.setTimer(1_060_000, () => {
        resolve(clock.now());
      });
    });
    const realMs = realTimers.Date.now() - startedMs;
    expect(firedAtMs).toBeGreaterThanOrEqual(1_060_000);
    expect(realMs).toBeGreaterThanOrEqual(59);
    expect(realMs).toBeLessThan(5000);
  });

  it('does not fire what was cancelled, and refuses to stand still', async () => {
    const clock = new RealClock({ factor: 1000 });
    let fired = false;
    clock.setTimer(clock.now() + 1000, () => {
      fired = true;
    })();
    await new Promise((resolve) => {
      realTimers.setTimeout(resolve, 20);
    });
    expect(fired).toBe(false);
    expect(() => new RealClock({ factor: 0 })).toThrow(RangeError);
  });
});
