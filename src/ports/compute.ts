import type { Stamp } from '../domain/fleet.ts';
import type { PoolFacts } from '../domain/facts.ts';
import type { CountBounds } from '../domain/plan.ts';
import type { Reading } from '../domain/reading.ts';
import type { WriteOutcome } from './outcome.ts';

/** Node pools of a stamp's cluster. */
export interface Compute {
  readPools(stamp: Stamp): Promise<Reading<readonly PoolFacts[]>>;
  /** One PUT that moves minCount and maxCount together under If-Match; starts the operation and returns. */
  applyPoolBounds(stamp: Stamp, pool: string, set: CountBounds, expect: CountBounds): Promise<WriteOutcome>;
}
