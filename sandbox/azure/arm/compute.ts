import { json } from '../answers.ts';
import type { FaceResponse } from '../face.ts';
import { quotaOf, skusOf, type OfferedSku } from '../../world/regionLimits.ts';
import { apiVersions } from './apiVersions.ts';
import type { ArmRequest, ArmRoute } from './armTypes.ts';
import { armError } from './errors.ts';
import { sameName } from './resourceIds.ts';
import { routesUnder } from './routeTable.ts';

/** Microsoft.Compute: vCPU quota of a region, and the SKUs with their restrictions. */
const base = '/subscriptions/{subscriptionId}/providers/Microsoft.Compute';
const usageRoute = routesUnder({ base: `${base}/locations/{location}/usages`, versions: apiVersions.usages, scopeKinds: ['subscription'] });
const skuRoute = routesUnder({ base: `${base}/skus`, versions: apiVersions.skus, scopeKinds: ['subscription'] });

export const computeRoutes: readonly ArmRoute[] = [
  usageRoute('GET', '', 'Microsoft.Compute/locations/usages/read', usages),
  skuRoute('GET', '', 'Microsoft.Compute/skus/read', skus),
];

const familyNames: Readonly<Record<string, string>> = { standardDSv5Family: 'Standard DSv5 Family vCPUs', standardESv5Family: 'Standard ESv5 Family vCPUs' };

function usages(request: ArmRequest): FaceResponse {
  const location = (request.params['location'] ?? '').replaceAll(' ', '').toLowerCase();
  if (request.world.spec.quotas[location] === undefined) {
    return armError(400, 'NoRegisteredProviderFound', `No registered resource provider found for location '${location}' and API version '${request.apiVersion}' for type 'locations/usages'. The supported api-versions are '${apiVersions.usages.versions.join(', ')}'. The supported locations are '${Object.keys(request.world.spec.quotas).join(', ')}'.`);
  }
  const quota = quotaOf(request.world, location);
  const pools = [...request.world.stamps.values()].filter((stamp) => stamp.spec.region === location).flatMap((stamp) => stamp.pools.list());
  const usage = (value: string, localizedValue: string, currentValue: number, limit: number): unknown => ({ limit, unit: 'Count', currentValue, name: { value, localizedValue } });
  return json(200, {
    value: [
      usage('availabilitySets', 'Availability Sets', 0, 2500),
      usage('cores', 'Total Regional vCPUs', quota.coresUsed, quota.coresLimit),
      usage('virtualMachines', 'Virtual Machines', pools.reduce((sum, pool) => sum + pool.count, 0), 25_000),
      usage('virtualMachineScaleSets', 'Virtual Machine Scale Sets', pools.length, 2500),
      ...Object.entries(quota.families).map(([family, { used, limit }]) => usage(family, familyNames[family] ?? family, used, limit)),
      usage('lowPriorityCores', 'Total Regional Low-priority vCPUs', quota.lowPriority.used, quota.lowPriority.limit),
    ],
  });
}

function skus(request: ArmRequest): FaceResponse {
  const filter = request.http.url.searchParams.get('$filter');
  const asked = filter === null ? null : /^\s*location\s+eq\s+'([^']+)'\s*$/i.exec(filter)?.[1];
  if (asked === undefined) return armError(400, 'BadRequest', `The $filter '${filter ?? ''}' is not supported. Only "location eq '<name>'" is.`);
  const regions = Object.keys(request.world.spec.quotas).filter((region) => asked === null || sameName(region, asked));
  return json(200, { value: regions.flatMap((region) => skusOf(request.world, region).map((sku) => skuBody(sku, region))) });
}

function skuBody(sku: OfferedSku, region: string): unknown {
  const [tier = 'Standard', ...rest] = sku.name.split('_');
  return {
    resourceType: 'virtualMachines',
    name: sku.name,
    tier,
    size: rest.join('_'),
    family: sku.family,
    locations: [region],
    locationInfo: [{ location: region, zones: sku.zones, zoneDetails: [] }],
    capabilities: [
      { name: 'vCPUs', value: String(sku.vCpus) },
      { name: 'vCPUsAvailable', value: String(sku.vCpus) },
      { name: 'MemoryGB', value: String(sku.memoryGiB) },
      { name: 'CpuArchitectureType', value: 'x64' },
      { name: 'PremiumIO', value: 'True' },
      { name: 'LowPriorityCapable', value: 'True' },
    ],
    restrictions: restrictionsOf(sku, region),
  };
}

function restrictionsOf({ restricted }: OfferedSku, region: string): readonly unknown[] {
  const reasonCode = 'NotAvailableForSubscription';
  if (restricted === 'region') return [{ type: 'Location', values: [region], restrictionInfo: { locations: [region] }, reasonCode }];
  return restricted.length === 0 ? [] : [{ type: 'Zone', values: [region], restrictionInfo: { locations: [region], zones: restricted }, reasonCode }];
}
