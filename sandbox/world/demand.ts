import { draw, streamOf } from './prng.ts';
import type { PointOfPresenceSpec } from './types.ts';

/** Half the swing of the daily wave: at 15:00 local time load is 1.15 times the mean, at 03:00 0.85 times. */
export const dailySwing = 0.15;
/** What an instant may differ from its hour by, up or down. */
export const demandNoise = 0.03;
const hourMs = 3_600_000;
const minuteMs = 60_000;
const busiestHour = 15;

/**
 * Requests per second that the users of one point of presence send at an instant: the mean, times a daily wave in local
 * time, times a noise of at most 3 % that moves smoothly from minute to minute. A function of the seed alone.
 */
export class PointDemand {
  readonly #spec: PointOfPresenceSpec;
  readonly #seed: number;
  readonly #stream: number;

  constructor(spec: PointOfPresenceSpec, seed: number) {
    this.#spec = spec;
    this.#seed = seed;
    this.#stream = streamOf(`demand ${spec.name}`);
  }

  /** What the mean is multiplied by at this instant. */
  factorAt(atMs: number): number {
    const localHour = atMs / hourMs + this.#spec.utcOffsetHours;
    const wave = 1 + dailySwing * Math.cos(((localHour - busiestHour) * Math.PI) / 12);
    const minute = Math.floor(atMs / minuteMs);
    const within = (atMs - minute * minuteMs) / minuteMs;
    const wobble = (1 - within) * draw(this.#seed, this.#stream, minute) + within * draw(this.#seed, this.#stream, minute + 1);
    return wave * (1 + demandNoise * (2 * wobble - 1));
  }

  requestsPerSecondAt(originGroup: string, atMs: number): number {
    return (this.#spec.requestsPerSecond[originGroup] ?? 0) * this.factorAt(atMs);
  }
}
