import type { NetworkFacts, QuotaFacts, SkuFacts } from '../domain/facts.ts';
import type { Stamp } from '../domain/fleet.ts';
import type { Reading } from '../domain/reading.ts';

/** What could stop a cluster from growing. Each answer carries its own age; implementations may cache, and ask again for what is older than `maxAgeMs` where that is said: without an answer they give what they have. */
export interface Headroom {
  readQuota(stamp: Stamp, maxAgeMs?: number): Promise<Reading<QuotaFacts>>;
  readSkus(stamp: Stamp): Promise<Reading<readonly SkuFacts[]>>;
  readNetwork(stamp: Stamp, maxAgeMs?: number): Promise<Reading<NetworkFacts>>;
}
