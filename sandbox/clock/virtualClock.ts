import type { CancelTimer, Clock } from './clock.ts';
import { TimerHeap, type TimerEntry } from './timerHeap.ts';

/**
 * Discrete-event clock: time stands still until somebody advances it, then jumps from timer to timer.
 * Deterministic: timers fire by instant, ties in the order in which they were set.
 */
export class VirtualClock implements Clock {
  readonly #heap = new TimerHeap();
  #nowMs: number;
  #order = 0;

  /** @param startMs the instant at which the clock stands, epoch milliseconds. */
  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimer(atMs: number, fn: () => void): CancelTimer {
    const entry: TimerEntry = { atMs: Math.max(atMs, this.#nowMs), order: this.#order++, fn };
    this.#heap.push(entry);
    return () => {
      entry.fn = undefined;
    };
  }

  /** How many timers were ever set: a change tells an observer that somebody did something. */
  get timersSet(): number {
    return this.#order;
  }

  /** The instant of the earliest timer; undefined when none waits. */
  nextAtMs(): number | undefined {
    return this.#heap.peek()?.atMs;
  }

  /** Jumps to the earliest timer and fires it and every other one of that instant. False when none waits. */
  advanceToNext(): boolean {
    const first = this.#heap.peek();
    if (first === undefined) return false;
    this.#nowMs = first.atMs;
    this.#fireDue();
    return true;
  }

  /** Fires every timer up to and including `untilMs`, those set on the way too, and stands at `untilMs` then. */
  runUntil(untilMs: number): void {
    for (let next = this.nextAtMs(); next !== undefined && next <= untilMs; next = this.nextAtMs()) {
      this.#nowMs = next;
      this.#fireDue();
    }
    this.moveTo(untilMs);
  }

  /** Moves on without firing: only possible up to the earliest timer. */
  moveTo(atMs: number): void {
    const next = this.nextAtMs();
    this.#nowMs = Math.max(this.#nowMs, next === undefined ? atMs : Math.min(atMs, next));
  }

  #fireDue(): void {
    const lastOrder = this.#order;
    for (;;) {
      const entry = this.#heap.peek();
      // a timer set for this same instant by one that fires now waits for its own turn, so that the driver can let its cause settle first
      if (entry === undefined || entry.atMs > this.#nowMs || entry.order >= lastOrder) return;
      this.#heap.pop();
      const fn = entry.fn;
      entry.fn = undefined;
      fn?.();
    }
  }
}
