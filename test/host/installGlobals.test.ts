import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { VirtualClock, installGlobals, realTimers, type UninstallGlobals } from '../../sandbox/clock/index.ts';

describe('globals on a clock', () => {
  const startMs = Date.UTC(2030, 5, 1);
  let clock: VirtualClock;
  let uninstall: UninstallGlobals;

  beforeEach(() => {
    clock = new VirtualClock(startMs);
    uninstall = installGlobals(clock);
  });

  afterEach(() => {
    uninstall();
  });

  it('makes dates of the clock, and leaves given ones alone', () => {
    expect([Date.now(), new Date().getTime(), new Date(5).getTime(), new Date(2020, 1, 2).getFullYear()]).toEqual([startMs, startMs, 5, 2020]);
    expect(new Date()).toBeInstanceOf(Date);
    expect(new realTimers.Date()).toBeInstanceOf(Date);
    class Later extends Date {}
    expect([new Later().getTime(), new Later() instanceof Later]).toEqual([startMs, true]);
  });

  it('runs timeouts when the clock gets there, with their arguments', () => {
    const seen: unknown[] = [];
    setTimeout((...args: unknown[]) => seen.push(args), 3000, 'a', 1);
    clock.runUntil(startMs + 2999);
    expect(seen).toEqual([]);
    clock.runUntil(startMs + 3000);
    expect(seen).toEqual([['a', 1]]);
  });

  it('repeats intervals until they are cleared, by handle or by number', () => {
    let ticks = 0;
    const handle = setInterval(() => {
      ticks += 1;
    }, 1000);
    clock.runUntil(startMs + 3500);
    clearInterval(Number(handle));
    clock.runUntil(startMs + 9000);
    expect(ticks).toBe(3);
  });

  it('starts a timeout anew on refresh and ends it on close', () => {
    const seen: number[] = [];
    const handle = setTimeout(() => seen.push(clock.now() - startMs), 1000);
    clock.runUntil(startMs + 800);
    handle.refresh();
    clock.runUntil(startMs + 1500);
    expect(seen).toEqual([]);
    clock.runUntil(startMs + 2000);
    handle.refresh();
    handle.close();
    clock.runUntil(startMs + 9000);
    expect(seen).toEqual([1800]);
  });

  it('serves promisify and AbortSignal.timeout', async () => {
    const slept = promisify(setTimeout)(500, 'value');
    const signal = AbortSignal.timeout(800);
    clock.runUntil(startMs + 800);
    expect(await slept).toBe('value');
    expect([signal.aborted, (signal.reason as DOMException).name]).toEqual([true, 'TimeoutError']);
  });

  it('refuses a second clock, and takes the same one again', () => {
    expect(() => installGlobals(new VirtualClock(0))).toThrow(/another clock/);
    const second = installGlobals(clock);
    second();
    expect(Date.now()).toBe(startMs);
  });

  it('puts everything back', () => {
    uninstall();
    expect([globalThis.Date, globalThis.setTimeout, globalThis.setInterval, new Date().constructor]).toEqual([realTimers.Date, realTimers.setTimeout, realTimers.setInterval, realTimers.Date]);
  });
});
