import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock/index.ts';

describe('the virtual clock', () => {
  it('stands still until it is advanced, then stands at the timer that fired', () => {
    const clock = new VirtualClock(1000);
    const fired: string[] = [];
    clock.setTimer(5000, () => fired.push('a'));
    expect([clock.now(), fired]).toEqual([1000, []]);
    expect(clock.advanceToNext()).toBe(true);
    expect([clock.now(), fired, clock.advanceToNext()]).toEqual([5000, ['a'], false]);
  });

  it('fires by instant, and ties in the order in which they were set', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 60 }), (delays) => {
        const clock = new VirtualClock(0);
        const fired: { at: number; order: number }[] = [];
        delays.forEach((at, order) => clock.setTimer(at, () => fired.push({ at, order })));
        clock.runUntil(100);
        const expected = delays.map((at, order) => ({ at, order })).toSorted((a, b) => a.at - b.at || a.order - b.order);
        expect(fired).toEqual(expected);
        expect(clock.now()).toBe(100);
      }),
    );
  });

  it('does not fire what was cancelled', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ at: fc.integer({ min: 0, max: 20 }), isCancelled: fc.boolean() })), (timers) => {
        const clock = new VirtualClock(0);
        let fired = 0;
        for (const { at, isCancelled } of timers) {
          const cancel = clock.setTimer(at, () => {
            fired += 1;
          });
          if (isCancelled) cancel();
        }
        clock.runUntil(100);
        expect(fired).toBe(timers.filter((timer) => !timer.isCancelled).length);
        expect(clock.nextAtMs()).toBeUndefined();
      }),
    );
  });

  it('gives a timer set in the past or for this very instant a turn of its own', () => {
    const clock = new VirtualClock(1000);
    const fired: string[] = [];
    clock.setTimer(2000, () => {
      fired.push('first');
      clock.setTimer(10, () => fired.push('second'));
    });
    clock.advanceToNext();
    expect(fired).toEqual(['first']);
    clock.advanceToNext();
    expect([fired, clock.now()]).toEqual([['first', 'second'], 2000]);
  });

  it('never moves over a timer without firing it', () => {
    const clock = new VirtualClock(0);
    clock.setTimer(500, () => undefined);
    clock.moveTo(2000);
    expect(clock.now()).toBe(500);
  });
});
