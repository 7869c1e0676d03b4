import type { BusyTracker } from './busyTracker.ts';
import { nextTurn, realTimers, sleepReal } from './realTimers.ts';
import type { VirtualClock } from './virtualClock.ts';

/** `max` jumps from event to event; a number is virtual seconds per real second; `real` is 1. */
export type Pace = 'max' | 'real' | number;

export interface PacerOptions {
  readonly clock: VirtualClock;
  readonly tracker: BusyTracker;
  readonly pace?: Pace;
  /** Turns of the event loop without any change before time may move. */
  readonly quietTurns?: number;
  /** How long, in real milliseconds without any change, an HTTP-triggered function in flight holds time. */
  readonly patienceMs?: number;
  /** After how many real milliseconds without any change a drive gives up on work that holds time; a minute unless given. */
  readonly stuckAfterMs?: number;
}

/** Why a drive ended: its condition held, no timer was left, its instant was reached, or stop was called. */
export type DriveEnd = 'reached' | 'condition' | 'idle' | 'stopped';

export interface DriveUntil {
  /** Epoch milliseconds of the virtual clock at which to end. */
  readonly untilMs?: number;
  /** Asked whenever all is quiet, before time moves. */
  readonly condition?: () => boolean;
}

/**
 * Moves a virtual clock: only while everything is quiet (nothing open in the tracker, and some turns of the event loop brought
 * no change and set no timer), from event to event, at the pace asked.
 */
export class Pacer {
  readonly #clock: VirtualClock;
  readonly #tracker: BusyTracker;
  readonly #quietTurns: number;
  readonly #patienceMs: number;
  readonly #stuckAfterMs: number;
  #pace: Pace;
  #anchor: { readonly realMs: number; readonly virtualMs: number };
  #isStopped = false;
  #isDriving = false;

  constructor(options: PacerOptions) {
    this.#clock = options.clock;
    this.#tracker = options.tracker;
    this.#pace = options.pace ?? 'max';
    this.#quietTurns = options.quietTurns ?? 2;
    this.#patienceMs = options.patienceMs ?? 25;
    this.#stuckAfterMs = options.stuckAfterMs ?? 60_000;
    this.#anchor = this.#makeAnchor();
  }

  get pace(): Pace {
    return this.#pace;
  }

  /** May be called while a drive runs: the new pace counts from now. */
  setPace(pace: Pace): void {
    if (typeof pace === 'number' && !(pace > 0)) throw new RangeError(`pace must be above 0, got ${pace}`);
    this.#pace = pace;
    this.#anchor = this.#makeAnchor();
  }

  /** Ends the drive under way at its next chance. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Drives the clock. One drive at a time. Rejects when work holds time for ever, saying which. */
  async drive(until: DriveUntil = {}): Promise<DriveEnd> {
    if (this.#isDriving) throw new Error('this pacer drives already');
    this.#isDriving = true;
    this.#isStopped = false;
    this.#anchor = this.#makeAnchor();
    try {
      for (;;) {
        await this.#untilQuiet();
        if (this.#isStopped) return 'stopped';
        if (until.condition?.() === true) return 'condition';
        const nextAtMs = this.#clock.nextAtMs();
        const untilMs = until.untilMs ?? Number.POSITIVE_INFINITY;
        const targetMs = Math.min(nextAtMs ?? Number.POSITIVE_INFINITY, untilMs);
        if (targetMs === Number.POSITIVE_INFINITY && this.#pace === 'max') return 'idle';
        if (!(await this.#waitFor(targetMs))) continue;
        if (nextAtMs !== undefined && nextAtMs <= untilMs) this.#clock.advanceToNext();
        else {
          this.#clock.moveTo(untilMs);
          return 'reached';
        }
      }
    } finally {
      this.#isDriving = false;
    }
  }

  /** False when it is not time yet: the clock has been moved on a little, and quiet must be looked for again. */
  async #waitFor(targetMs: number): Promise<boolean> {
    if (this.#pace === 'max') return true;
    const factor = this.#pace === 'real' ? 1 : this.#pace;
    const allowedMs = this.#anchor.virtualMs + (realTimers.Date.now() - this.#anchor.realMs) * factor;
    if (targetMs <= allowedMs) return true;
    this.#clock.moveTo(Math.floor(allowedMs));
    await sleepReal(Math.min(20, Math.ceil((targetMs - allowedMs) / factor)));
    return false;
  }

  async #untilQuiet(): Promise<void> {
    let seen = this.#changes();
    let quietTurns = 0;
    let quietSinceMs = realTimers.Date.now();
    while (!this.#isStopped) {
      await nextTurn();
      const changes = this.#changes();
      if (changes !== seen) {
        seen = changes;
        quietTurns = 0;
        quietSinceMs = realTimers.Date.now();
        continue;
      }
      if (this.#tracker.isBusy) {
        const heldMs = realTimers.Date.now() - quietSinceMs;
        if (heldMs > this.#stuckAfterMs) throw new Error(`virtual time has been held for ${Math.round(heldMs / 1000)} s by: ${this.#tracker.describeOpen().slice(0, 5).join(', ')}`);
        // somebody else's answer (another process, a worker thread): leave it the core
        if (heldMs > 10) await sleepReal(1);
        continue;
      }
      quietTurns += 1;
      if (quietTurns < this.#quietTurns) continue;
      if (!this.#tracker.isHeldByPatientWork || realTimers.Date.now() - quietSinceMs >= this.#patienceMs) return;
    }
  }

  #changes(): number {
    return this.#tracker.changes + this.#clock.timersSet;
  }

  #makeAnchor(): { realMs: number; virtualMs: number } {
    return { realMs: realTimers.Date.now(), virtualMs: this.#clock.now() };
  }
}
