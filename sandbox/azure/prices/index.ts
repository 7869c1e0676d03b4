import type { World } from '../../world/types.ts';
import { json } from '../answers.ts';
import type { Face } from '../face.ts';

/** Of the sandbox alone, US dollars. */
const pricePerVCpuHour = 0.05;

const conditions = /^serviceName eq 'Virtual Machines' and armRegionName eq '([^']+)' and armSkuName eq '([^']+)' and priceType eq 'Consumption'$/;
const filterAsKnown = "serviceName eq 'Virtual Machines' and armRegionName eq '...' and armSkuName eq '...' and priceType eq 'Consumption'";

/**
 * Azure's retail price list: no token. The prices are the sandbox's own, by vCPU, so that nobody takes them for Azure's; the meters lie
 * beside one another as in the real list, Windows, Spot and Low Priority among them.
 */
export function createPricesFace(world: World): Face {
  return (request) => {
    const { pathname, searchParams } = request.url;
    if (request.method !== 'GET' || pathname !== '/api/retail/prices') return json(404, { Error: { Code: 'NotFound', Message: `nothing at ${request.method} ${pathname}` } });
    const filter = searchParams.get('$filter') ?? '';
    const [, region, vmSize] = conditions.exec(filter) ?? [];
    if (region === undefined || vmSize === undefined) return json(400, { Error: { Code: 'BadRequest', Message: `the sandbox's price list knows the filter ${filterAsKnown}, and not: ${filter}` } });
    const offered = world.spec.stamps.some((stamp) => stamp.region === region) ? world.spec.skus.find(({ name }) => name === vmSize) : undefined;
    const items = offered === undefined ? [] : metersOf(offered.name, offered.vCpus, region);
    return json(200, { BillingCurrency: 'USD', CustomerEntityId: 'Default', CustomerEntityType: 'Retail', Items: items, NextPageLink: null, Count: items.length });
  };
}

function metersOf(vmSize: string, vCpus: number, region: string): readonly unknown[] {
  const short = vmSize.replace(/^Standard_/, '').replaceAll('_', ' ');
  const linux = Math.round(vCpus * pricePerVCpuHour * 10_000) / 10_000;
  const meter = (suffix: string, product: string, retailPrice: number): unknown => ({
    currencyCode: 'USD', tierMinimumUnits: 0, retailPrice, unitPrice: retailPrice, armRegionName: region, location: region, effectiveStartDate: '2026-01-01T00:00:00Z', meterName: `${short}${suffix}`,
    productName: product, skuName: `${short}${suffix}`, serviceName: 'Virtual Machines', serviceFamily: 'Compute', unitOfMeasure: '1 Hour', type: 'Consumption', isPrimaryMeterRegion: true, armSkuName: vmSize,
  });
  const series = `Virtual Machines ${short.replace(/\d+/, '').replace(' ', '')} Series`;
  return [
    meter(' Low Priority', series, linux * 0.2), meter('', `${series} Windows`, linux * 1.9), meter(' Spot', series, Math.round(linux * 1500) / 10_000), meter('', series, linux), meter(' Spot', `${series} Windows`, linux * 0.4),
  ];
}
