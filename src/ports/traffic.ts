import type { StampOrigin, Stamp } from '../domain/fleet.ts';
import type { TrafficFacts } from '../domain/facts.ts';
import type { OriginSetting } from '../domain/plan.ts';
import type { Reading } from '../domain/reading.ts';
import type { WriteOutcome } from './outcome.ts';

/** The global load balancer: set and verify are separate verbs. One adapter for Standard/Premium, one for classic. */
export interface Traffic {
  readTraffic(): Promise<Reading<TrafficFacts>>;
  /** Starts the change and returns; it may land now or in 20 minutes. At most one write. */
  applyOrigin(stamp: Stamp, origin: StampOrigin, set: OriginSetting): Promise<WriteOutcome>;
  /** Several origins of one run in as few control-plane writes as the service allows (classic: one PUT). */
  applyOrigins(changes: readonly OriginChange[]): Promise<readonly WriteOutcome[]>;
  /** Of the last minutes, from metrics: fraction 0..1 of requests that each stamp's origins served. */
  readShares(): Promise<Reading<Readonly<Record<string, number>>>>;
}

export interface OriginChange {
  readonly stamp: Stamp;
  readonly origin: StampOrigin;
  readonly set: OriginSetting;
}
