import type { ComputeManagementClient, ResourceSku } from '@azure/arm-compute';
import type { Quota, QuotaFacts, SkuFacts } from '../../domain/facts.ts';
import { TransientError } from '../../ports/outcome.ts';

/** Azure's own names of the two regional quotas. */
const regional = 'cores';
const lowPriority = 'lowPriorityCores';

export async function readQuotaFacts(client: ComputeManagementClient, region: string): Promise<QuotaFacts> {
  const byName: Record<string, Quota> = {};
  for await (const usage of client.usage.list(region)) {
    if (usage.name.value !== undefined) byName[usage.name.value] = { used: usage.currentValue, limit: usage.limit };
  }
  const { [regional]: regionalCores, [lowPriority]: lowPriorityCores, ...rest } = byName;
  if (regionalCores === undefined) throw new TransientError(`Azure's usage of ${region} does not name ${regional}`, null);
  // A subscription that never had spot quota may not list it: none is the safe reading.
  return { regionalCores, lowPriorityCores: lowPriorityCores ?? { used: 0, limit: 0 }, families: Object.fromEntries(Object.entries(rest).filter(([name]) => name.endsWith('Family'))) };
}

/** The sizes asked for, of the thousand that a region has. Only the location filter works at the service. */
export async function readSkuFacts(client: ComputeManagementClient, region: string, vmSizes: ReadonlySet<string>): Promise<readonly SkuFacts[]> {
  const found: SkuFacts[] = [];
  for await (const sku of client.resourceSkus.list({ filter: `location eq '${region}'` })) {
    if (sku.resourceType === 'virtualMachines' && vmSizes.has((sku.name ?? '').toLowerCase())) found.push(skuFacts(sku));
  }
  return found;
}

function skuFacts(sku: ResourceSku): SkuFacts {
  const capability = (name: string): number => Number(sku.capabilities?.find((one) => one.name === name)?.value ?? 0);
  const usable = capability('vCPUsAvailable');
  const offered = sku.locationInfo?.flatMap((info) => info.zones ?? []) ?? [];
  const location = sku.restrictions?.find((restriction) => restriction.type === 'Location');
  const closed = new Set(sku.restrictions?.filter((restriction) => restriction.type === 'Zone').flatMap((restriction) => restriction.restrictionInfo?.zones ?? []));
  const zoneReason = sku.restrictions?.find((restriction) => restriction.type === 'Zone')?.reasonCode;
  return {
    name: sku.name ?? '',
    family: sku.family ?? '',
    vCpus: capability('vCPUs'),
    ...(usable > 0 && usable < capability('vCPUs') ? { usableVCpus: usable } : {}),
    memoryMiB: capability('MemoryGB') * 1024,
    zones: location === undefined ? [...new Set(offered)].filter((zone) => !closed.has(zone)).toSorted() : [],
    restricted: location?.reasonCode ?? zoneReason ?? null,
  };
}
