/** Observed share within this of the plan, in every stamp: 2 points. */
const tolerance = 0.02;
/** For this long without a break. */
const holdMs = 120_000;

/**
 * When traffic has settled: observed shares within 2 points of the plan for 2 minutes. Fed with what the world sees,
 * not with what the product believes.
 */
export class Settling {
  #withinSince: number | null = null;
  #settledAt: number | null = null;

  get settledAt(): number | null {
    return this.#settledAt;
  }

  saw(at: number, shares: Readonly<Record<string, number>>, planned: Readonly<Record<string, number>> | null): void {
    if (this.#settledAt !== null) return;
    const isWithin = planned !== null && Object.entries(planned).every(([stamp, share]) => Math.abs((shares[stamp] ?? 0) - share) <= tolerance);
    if (!isWithin) {
      this.#withinSince = null;
      return;
    }
    this.#withinSince ??= at;
    if (at - this.#withinSince >= holdMs) this.#settledAt = at;
  }

  /** A new plan begins a new wait. */
  restart(): void {
    this.#withinSince = null;
    this.#settledAt = null;
  }
}
