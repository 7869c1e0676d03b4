import type { Measure, SignalSource, Vantage } from './observation.ts';
import type { StampName } from './fleet.ts';

export type Verdict = 'healthy' | 'degraded' | 'unhealthy' | 'unknown';

/** One observation, judged. */
export interface Signal {
  readonly stamp: StampName;
  readonly source: SignalSource;
  readonly vantage: Vantage;
  readonly verdict: Verdict;
  /** What a person reads, such as "31 % of 1,204 requests failed". */
  readonly detail: string;
  readonly observedAt: number;
  /** Epoch milliseconds at which its measurement began; absent: a look at `observedAt` alone. */
  readonly coversFrom?: number;
  readonly measure: Measure | null;
}

/** The judgement of one stamp, with its evidence and the memory that hysteresis needs. */
export interface Assessment {
  readonly stamp: StampName;
  readonly at: number;
  /** After hysteresis: what automation acts on. */
  readonly verdict: Verdict;
  /** Of this round alone. */
  readonly roundVerdict: Verdict;
  readonly reason: string;
  readonly signals: readonly Signal[];
  readonly knownSignals: number;
  readonly unhealthyInARow: number;
  readonly healthyInARow: number;
  /** Epoch milliseconds at which the present row of unhealthy rounds began; absent or null outside one. */
  readonly failingSince?: number | null;
  /** Epoch milliseconds since when `verdict` holds. */
  readonly since: number;
  /** True when the outside view says that traffic has left already (origin health gone): the ungraceful way. */
  readonly trafficAlreadyGone: boolean;
}

export interface FleetAssessment {
  readonly at: number;
  readonly stamps: readonly Assessment[];
  /** I7: more than half of the regions seem to fail at once. */
  readonly observerSuspect: boolean;
}
