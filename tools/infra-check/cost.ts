import type { Snapshot, SnapshotResource } from './snapshot.ts';
import { at, listAt, numberAt, ofType, textAt } from './snapshot.ts';

/**
 * List prices in USD an hour, pay as you go, rounded, as published for East US 2 in 2025; other regions differ by up to a
 * third. They are here to compare shapes with, and are no offer: `docs/cost.md` says how to get a binding figure.
 */
export const listPrices = {
  nodeByVmSize: { Standard_D2as_v5: 0.086, Standard_D4ds_v5: 0.226, Standard_D8ds_v5: 0.452 } as Readonly<Record<string, number>>,
  aksStandardTier: 0.1,
  gatewayFixed: 0.443,
  gatewayCapacityUnit: 0.0144,
  capacityUnitsOfInstance: 10,
  firewall: { Standard: 1.25, Premium: 1.75 } as Readonly<Record<string, number>>,
  frontDoorPremium: 0.452,
  natGateway: 0.045,
  publicIp: 0.005,
  privateEndpoint: 0.01,
  registryPremium: 0.0694,
  privateDnsZone: 0.0007,
  cosmosAutoscale100Ru: 0.012,
  functionsAlwaysReadyInstance: 0.029,
} as const;

export interface CostLine {
  readonly item: string;
  readonly count: number;
  readonly usdPerHour: number;
}

/** What stands there costs this on a quiet day, by the hour; traffic, logs and stored bytes come on top. */
export function standingCost(snapshot: Snapshot): readonly CostLine[] {
  const count = (type: string): number => ofType(snapshot, type).length;
  const flat = (item: string, type: string, price: number): CostLine => ({ item, count: count(type), usdPerHour: count(type) * price });
  const clusters = ofType(snapshot, 'Microsoft.ContainerService/managedClusters');
  const firewalls = ofType(snapshot, 'Microsoft.Network/azureFirewalls');
  const containers = ofType(snapshot, 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers');
  const copies = ofType(snapshot, 'Microsoft.DocumentDB/databaseAccounts').flatMap((account) => listAt(account.body, 'properties.locations')).length;
  const warm = sum(ofType(snapshot, 'Microsoft.Web/sites'), (site) => warmInstances(snapshot, site));
  const registries = count('Microsoft.ContainerRegistry/registries') + count('Microsoft.ContainerRegistry/registries/replications');
  return [
    { item: 'nodes at minCount', count: sum(clusters, nodeCount), usdPerHour: sum(clusters, (cluster) => nodeCost(cluster, 'minCount')) },
    { item: 'AKS Standard tier', count: clusters.length, usdPerHour: clusters.length * listPrices.aksStandardTier },
    { item: 'Application Gateway WAF v2', count: count('Microsoft.Network/applicationGateways'), usdPerHour: sum(ofType(snapshot, 'Microsoft.Network/applicationGateways'), gatewayCost) },
    { item: 'Azure Firewall', count: firewalls.length, usdPerHour: sum(firewalls, (firewall) => listPrices.firewall[textAt(firewall.body, 'properties.sku.tier') ?? ''] ?? 0) },
    flat('Front Door Premium', 'Microsoft.Cdn/profiles', listPrices.frontDoorPremium),
    flat('NAT gateways', 'Microsoft.Network/natGateways', listPrices.natGateway),
    flat('public addresses', 'Microsoft.Network/publicIPAddresses', listPrices.publicIp),
    flat('private endpoints', 'Microsoft.Network/privateEndpoints', listPrices.privateEndpoint),
    flat('private DNS zones', 'Microsoft.Network/privateDnsZones', listPrices.privateDnsZone),
    { item: 'registry and its replicas', count: registries, usdPerHour: registries * listPrices.registryPremium },
    { item: 'Cosmos DB at its autoscale floor', count: containers.length * copies, usdPerHour: containers.length * copies * listPrices.cosmosAutoscale100Ru },
    { item: 'Functions instances kept warm', count: warm, usdPerHour: warm * listPrices.functionsAlwaysReadyInstance },
  ];
}

/** What Flex Consumption scales by itself: HTTP together, Durable together, each timer alone (the watch, the reconciler, one drill). */
const scaledGroups = 5;

/** A zone-redundant plan keeps two instances of each group whatever is asked for, and bills them as kept warm. */
function warmInstances(snapshot: Snapshot, site: SnapshotResource): number {
  const plan = ofType(snapshot, 'Microsoft.Web/serverfarms').find((candidate) => candidate.id === at(site.body, 'properties.serverFarmId'));
  if (at(plan?.body, 'properties.zoneRedundant') === true) return 2 * scaledGroups;
  return sum(listAt(site.body, 'properties.functionAppConfig.scaleAndConcurrency.alwaysReady'), (group) => numberAt(group, 'instanceCount') ?? 0);
}

/**
 * The most that one surge can cost an hour: one survivor raised from the quiet day's bounds to its maxCount, in its user
 * pools. A run that lasts h hours costs at most h times this; Spillway hands back at the surge's expiry.
 */
export function largestSurgeCost(snapshot: Snapshot): number {
  return Math.max(0, ...ofType(snapshot, 'Microsoft.ContainerService/managedClusters').map((cluster) => userPoolCost(cluster, 'maxCount') - userPoolCost(cluster, 'minCount')));
}

type Bound = 'minCount' | 'maxCount';

const pools = (cluster: SnapshotResource): readonly unknown[] => listAt(cluster.body, 'properties.agentPoolProfiles');
const nodeCount = (cluster: SnapshotResource): number => sum(pools(cluster), (pool) => numberAt(pool, 'minCount') ?? 0);
const poolCost = (pool: unknown, bound: Bound): number => (numberAt(pool, bound) ?? 0) * (listPrices.nodeByVmSize[textAt(pool, 'vmSize') ?? ''] ?? 0);
const nodeCost = (cluster: SnapshotResource, bound: Bound): number => sum(pools(cluster), (pool) => poolCost(pool, bound));
const userPoolCost = (cluster: SnapshotResource, bound: Bound): number => sum(pools(cluster).filter((pool) => at(pool, 'mode') === 'User'), (pool) => poolCost(pool, bound));
const gatewayCost = (gateway: SnapshotResource): number =>
  listPrices.gatewayFixed + (numberAt(gateway.body, 'properties.autoscaleConfiguration.minCapacity') ?? 0) * listPrices.capacityUnitsOfInstance * listPrices.gatewayCapacityUnit;

function sum<Item>(items: readonly Item[], of: (item: Item) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
