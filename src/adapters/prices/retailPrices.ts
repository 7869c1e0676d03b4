import { createPipelineRequest, type HttpClient } from '@azure/core-rest-pipeline';
import { z } from 'zod';
import type { PriceFacts } from '../../domain/facts.ts';
import { known, unknown, type Reading } from '../../domain/reading.ts';
import { TransientError } from '../../ports/outcome.ts';
import type { Prices } from '../../ports/prices.ts';
import { agedCache } from '../headroom/agedCache.ts';
import { boundedHttpClient } from '../http/boundedHttpClient.ts';
import { withDeadline } from '../http/deadline.ts';
import { readingOf } from '../http/faults.ts';
import type { SdkContext } from '../http/sdkContext.ts';

/** Retail prices change at the turn of a month at most. */
const keptMs = 24 * 3_600_000;
/** All attempts together: a plan may stand behind this read. */
const limitMs = 3_000;
/** A list that did not answer, as where the network lets nothing out, is not asked again before this. */
const quietMs = 10 * 60_000;
/** A size has about ten meters in a region, a page holds a hundred or more. */
const pagesAtMost = 5;

const page = z.object({
  Items: z.array(z.object({
    currencyCode: z.string(), retailPrice: z.number(), effectiveStartDate: z.string(), meterName: z.string(), productName: z.string(), skuName: z.string(), serviceName: z.string(), unitOfMeasure: z.string(), type: z.string(),
    armRegionName: z.string(), armSkuName: z.string(), isPrimaryMeterRegion: z.boolean().optional(),
  })),
  NextPageLink: z.string().nullish(),
});
type Meter = z.output<typeof page>['Items'][number];

/**
 * Azure's public price list (https://learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices): no token, US
 * dollars, prices without anybody's discount. `endpoint` null: prices are not read.
 */
export function retailPrices(context: SdkContext, endpoint: string | null): Prices {
  if (endpoint === null) return { readPrices: () => Promise.resolve(unknown('the fleet file names no price, and retail prices are switched off (SPILLWAY_PRICES_ENDPOINT)', context.clock.now())) };
  const now = (): number => context.clock.now();
  const client = boundedHttpClient(context);
  const cache = agedCache<readonly PriceFacts[]>(context.clock, keptMs, quietMs);
  const readSize = (region: string, vmSize: string): Promise<Reading<readonly PriceFacts[]>> =>
    readingOf(`retail price of ${vmSize} in ${region}`, now, () => withDeadline(context.clock, limitMs, async () => pricesIn(await readMeters(client, endpoint, region, vmSize), region, vmSize, now())));

  return {
    async readPrices(region, vmSizes) {
      const readings = await Promise.all([...new Set(vmSizes)].map((vmSize) => cache(`${region}/${vmSize}`, () => readSize(region, vmSize))));
      const missing = readings.find((reading) => reading.kind === 'unknown');
      if (missing !== undefined) return missing;
      return known(readings.flatMap((reading) => (reading.kind === 'known' ? reading.value : [])), Math.min(now(), ...readings.map(({ observedAt }) => observedAt)));
    },
  };
}

/** Values in the filter are case-sensitive. */
async function readMeters(client: HttpClient, endpoint: string, region: string, vmSize: string): Promise<readonly Meter[]> {
  const filter = `serviceName eq 'Virtual Machines' and armRegionName eq '${quoted(region)}' and armSkuName eq '${quoted(vmSize)}' and priceType eq 'Consumption'`;
  const meters: Meter[] = [];
  let url: string | null = `${endpoint}/api/retail/prices?$filter=${encodeURIComponent(filter)}`;
  for (let pages = 0; url !== null && pages < pagesAtMost; pages += 1) {
    const response = await client.sendRequest(createPipelineRequest({ url, method: 'GET' }));
    if (response.status !== 200) throw new TransientError(`the price list answered ${response.status}`, null);
    const parsed = page.safeParse(jsonOf(response.bodyAsText ?? ''));
    if (!parsed.success) throw new TransientError('the price list answered something else than prices', null);
    meters.push(...parsed.data.Items);
    url = nextOf(parsed.data.NextPageLink ?? null, endpoint);
  }
  return meters;
}

const quoted = (value: string): string => value.replaceAll("'", "''");

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Followed only where it leads to the list itself; it names the public host, whatever address was asked. */
function nextOf(link: string | null, endpoint: string): string | null {
  if (link === null || link === '' || !URL.canParse(link)) return null;
  const { pathname, search } = new URL(link);
  return pathname.endsWith('/api/retail/prices') ? `${endpoint}/api/retail/prices${search}` : null;
}

/** The Linux price, since AKS' node pools of this product are Linux; the newest in force, of two the higher. */
function pricesIn(meters: readonly Meter[], region: string, vmSize: string, now: number): PriceFacts[] {
  const linux = meters.filter(
    (meter) =>
      meter.armRegionName === region && meter.armSkuName === vmSize && meter.type === 'Consumption' && meter.currencyCode === 'USD' && meter.unitOfMeasure === '1 Hour' && meter.serviceName === 'Virtual Machines' &&
      meter.isPrimaryMeterRegion !== false && !/windows|cloud ?services/i.test(meter.productName) && !/low priority/i.test(`${meter.skuName} ${meter.meterName}`) && Date.parse(meter.effectiveStartDate) <= now,
  );
  return (['regular', 'spot'] as const).flatMap((spot) => {
    const [newest] = linux
      .filter(({ skuName, meterName }) => /\bspot\b/i.test(`${skuName} ${meterName}`) === (spot === 'spot'))
      .toSorted((a, b) => Date.parse(b.effectiveStartDate) - Date.parse(a.effectiveStartDate) || b.retailPrice - a.retailPrice);
    return newest === undefined ? [] : [{ vmSize, spot, usdPerHour: newest.retailPrice }];
  });
}
