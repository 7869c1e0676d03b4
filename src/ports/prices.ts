import type { PriceFacts } from '../domain/facts.ts';
import type { Reading } from '../domain/reading.ts';

/** What machines cost, for people who decide whether a surge is worth it. No decision of the product hangs on it. */
export interface Prices {
  /** Regular and spot prices of these sizes in a region, as far as they are listed. Quick, or unknown: no plan waits for a price list. */
  readPrices(region: string, vmSizes: readonly string[]): Promise<Reading<readonly PriceFacts[]>>;
}
