import type { CancelTimer, Clock } from './clock.ts';
import { realTimers } from './realTimers.ts';

/** Puts the machine's own time back. */
export type UninstallGlobals = () => void;

let installed: { readonly clock: Clock; uses: number } | undefined;

/**
 * Lets unmodified code of this process live on `clock`: replaces globalThis.Date, setTimeout, setInterval, clearTimeout,
 * clearInterval and AbortSignal.timeout. Left alone, on purpose: setImmediate, queueMicrotask, process.nextTick, performance.now,
 * node:timers and node:timers/promises, and Node's own timers (sockets, keep-alive, TLS), which stay on machine time.
 *
 * Process-wide: a second call with the same clock counts up, one with another clock throws.
 */
export function installGlobals(clock: Clock): UninstallGlobals {
  if (installed !== undefined && installed.clock !== clock) throw new Error('another clock has replaced the globals of this process already');
  if (installed === undefined) {
    installed = { clock, uses: 0 };
    replaceGlobals(clock);
  }
  const own = installed;
  own.uses += 1;
  let done = false;
  return () => {
    if (done) return;
    done = true;
    own.uses -= 1;
    if (own.uses > 0) return;
    installed = undefined;
    globalThis.Date = realTimers.Date;
    Object.defineProperty(realTimers.Date.prototype, 'constructor', { ...constructorDescriptor, value: realTimers.Date });
    globalThis.setTimeout = realTimers.setTimeout;
    globalThis.clearTimeout = realTimers.clearTimeout;
    globalThis.setInterval = realTimers.setInterval;
    globalThis.clearInterval = realTimers.clearInterval;
    AbortSignal.timeout = realTimers.abortSignalTimeout;
  };
}

const constructorDescriptor = { writable: true, enumerable: false, configurable: true } as const;

const promisifyCustom = Symbol.for('nodejs.util.promisify.custom');

let nextTimerId = 1;

/** Looks like Node's Timeout as far as callers go: ref, unref, hasRef, refresh, close, number conversion, dispose. */
class ClockTimeout {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #run: () => void;
  readonly #repeats: 'once' | 'repeats';
  #cancel: CancelTimer | undefined;
  #isRef = true;
  readonly id = nextTimerId++;

  constructor(clock: Clock, delayMs: number, repeats: 'once' | 'repeats', run: () => void) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#repeats = repeats;
    this.#run = run;
    this.#arm();
  }

  #arm(): void {
    this.#cancel?.();
    this.#cancel = this.#clock.setTimer(this.#clock.now() + this.#delayMs, () => {
      this.#cancel = undefined;
      if (this.#repeats === 'repeats') this.#arm();
      else timersById.delete(this.id);
      this.#run();
    });
    timersById.set(this.id, this);
  }

  close(): this {
    this.#cancel?.();
    this.#cancel = undefined;
    timersById.delete(this.id);
    return this;
  }

  ref(): this {
    this.#isRef = true;
    return this;
  }

  unref(): this {
    this.#isRef = false;
    return this;
  }

  hasRef(): boolean {
    return this.#isRef;
  }

  refresh(): this {
    this.#arm();
    return this;
  }

  [Symbol.toPrimitive](): number {
    return this.id;
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

const timersById = new Map<number, ClockTimeout>();

function toDelayMs(delay: unknown): number {
  const ms = Number(delay);
  return Number.isFinite(ms) && ms >= 1 ? Math.trunc(ms) : 1;
}

function clear(handle: unknown): void {
  if (handle instanceof ClockTimeout) handle.close();
  else if (typeof handle === 'number' || typeof handle === 'string') timersById.get(Number(handle))?.close();
  // a timer made before the replacement is Node's own
  else if (typeof handle === 'object' && handle !== null) realTimers.clearTimeout(handle as NodeJS.Timeout);
}

function replaceGlobals(clock: Clock): void {
  const setTimeoutOnClock = (fn: (...args: unknown[]) => void, delay?: unknown, ...args: unknown[]): ClockTimeout =>
    new ClockTimeout(clock, toDelayMs(delay), 'once', () => {
      fn(...args);
    });
  const setIntervalOnClock = (fn: (...args: unknown[]) => void, delay?: unknown, ...args: unknown[]): ClockTimeout =>
    new ClockTimeout(clock, toDelayMs(delay), 'repeats', () => {
      fn(...args);
    });
  Object.defineProperty(setTimeoutOnClock, promisifyCustom, {
    value: (delay?: unknown, value?: unknown): Promise<unknown> =>
      new Promise((resolve) => {
        setTimeoutOnClock(() => {
          resolve(value);
        }, delay);
      }),
  });
  const abortSignalTimeout = (delayMs: number): AbortSignal => {
    const controller = new AbortController();
    setTimeoutOnClock(() => {
      controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    }, delayMs);
    return controller.signal;
  };
  // the casts stand at the boundary to the ambient types of Node's globals, whose overloads cannot be written out here
  globalThis.Date = makeDateClass(clock);
  globalThis.setTimeout = setTimeoutOnClock as unknown as typeof globalThis.setTimeout;
  globalThis.setInterval = setIntervalOnClock as unknown as typeof globalThis.setInterval;
  globalThis.clearTimeout = clear;
  globalThis.clearInterval = clear;
  AbortSignal.timeout = abortSignalTimeout;
}

function makeDateClass(clock: Clock): DateConstructor {
  const RealDate = realTimers.Date;
  function ClockDate(this: unknown, ...args: unknown[]): Date | string {
    if (new.target === undefined) return new RealDate(clock.now()).toString();
    // the two common forms, without Reflect: SDKs make a date of every event's timestamp
    if (new.target === ClockDate && args.length === 0) return new RealDate(clock.now());
    if (new.target === ClockDate && args.length === 1) return new RealDate(args[0] as number);
    const values = args.length === 0 ? [clock.now()] : args;
    return Reflect.construct(RealDate, values, new.target === ClockDate ? RealDate : new.target) as Date;
  }
  // one prototype for both, so that instanceof holds across dates made before and after
  ClockDate.prototype = RealDate.prototype;
  Object.defineProperty(RealDate.prototype, 'constructor', { ...constructorDescriptor, value: ClockDate });
  ClockDate.now = (): number => clock.now();
  ClockDate.parse = RealDate.parse;
  ClockDate.UTC = RealDate.UTC;
  Object.defineProperty(ClockDate, 'name', { value: 'Date' });
  return ClockDate as unknown as DateConstructor;
}
