import { json } from '../answers.ts';
import type { FaceResponse } from '../face.ts';
import { subnetOf } from '../../world/regionLimits.ts';
import type { StampPhysics } from '../../world/types.ts';
import { apiVersions } from './apiVersions.ts';
import type { ArmRequest, ArmRoute } from './armTypes.ts';
import { resourceNotFound } from './errors.ts';
import { parseResourceId, sameName } from './resourceIds.ts';
import { routesUnder } from './routeTable.ts';

/** Virtual networks with their subnets' usage, and Application Gateways as far as they are looked at. */
const vnet = 'Microsoft.Network/virtualNetworks';
const gateway = 'Microsoft.Network/applicationGateways';
const group = '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers';

const vnetIdOf = (stamp: StampPhysics): string => stamp.spec.vnetId;
const gatewayIdOf = (stamp: StampPhysics): string => stamp.spec.gatewayId;

const allVnets = routesUnder({ base: `/subscriptions/{subscriptionId}/providers/${vnet}`, versions: apiVersions.virtualNetworks, scopeKinds: ['subscription'] });
const vnets = routesUnder({ base: `${group}/${vnet}`, versions: apiVersions.virtualNetworks, scopeKinds: ['stampVirtualNetwork', 'subscription'] });
const allGateways = routesUnder({ base: `/subscriptions/{subscriptionId}/providers/${gateway}`, versions: apiVersions.applicationGateways, scopeKinds: ['subscription'] });
const gateways = routesUnder({ base: `${group}/${gateway}`, versions: apiVersions.applicationGateways, scopeKinds: ['applicationGateway', 'subscription'] });

export const networkRoutes: readonly ArmRoute[] = [
  allVnets('GET', '', `${vnet}/read`, (request) => json(200, { value: [...request.world.stamps.values()].map((stamp) => vnetBody(stamp)) })),
  vnets('GET', '', `${vnet}/read`, (request) => json(200, { value: inGroup(request, vnetIdOf).map((stamp) => vnetBody(stamp)) })),
  vnets('GET', '/{name}', `${vnet}/read`, withStamp(vnet, vnetIdOf, (_request, stamp) => json(200, vnetBody(stamp)))),
  vnets('GET', '/{name}/usages', `${vnet}/usages/read`, withStamp(vnet, vnetIdOf, (request, stamp) => json(200, { value: [subnetUsage(request, stamp)] }))),
  vnets('GET', '/{name}/subnets', `${vnet}/subnets/read`, withStamp(vnet, vnetIdOf, (_request, stamp) => json(200, { value: [subnetBody(stamp)] }))),
  vnets('GET', '/{name}/subnets/{subnet}', `${vnet}/subnets/read`, withStamp(vnet, vnetIdOf, oneSubnet)),
  allGateways('GET', '', `${gateway}/read`, (request) => json(200, { value: [...request.world.stamps.values()].map((stamp) => gatewayBody(stamp)) })),
  gateways('GET', '', `${gateway}/read`, (request) => json(200, { value: inGroup(request, gatewayIdOf).map((stamp) => gatewayBody(stamp)) })),
  gateways('GET', '/{name}', `${gateway}/read`, withStamp(gateway, gatewayIdOf, (_request, stamp) => json(200, gatewayBody(stamp)))),
];

function inGroup(request: ArmRequest, idOf: (stamp: StampPhysics) => string): readonly StampPhysics[] {
  const seen = new Set<string>();
  return [...request.world.stamps.values()].filter((stamp) => {
    const parts = parseResourceId(idOf(stamp));
    const fresh = parts !== null && sameName(parts.resourceGroup, request.params['resourceGroup'] ?? '') && !seen.has(idOf(stamp));
    seen.add(idOf(stamp));
    return fresh;
  });
}

function withStamp(type: string, idOf: (stamp: StampPhysics) => string, handle: (request: ArmRequest, stamp: StampPhysics) => FaceResponse): (request: ArmRequest) => FaceResponse {
  return (request) => {
    const { resourceGroup = '', name = '' } = request.params;
    const found = inGroup(request, idOf).find((stamp) => sameName(parseResourceId(idOf(stamp))?.name ?? '', name));
    return found === undefined ? resourceNotFound(type, name, resourceGroup) : handle(request, found);
  };
}

function oneSubnet(request: ArmRequest, stamp: StampPhysics): FaceResponse {
  const { subnet = '', resourceGroup = '' } = request.params;
  return sameName(subnetName(stamp), subnet) ? json(200, subnetBody(stamp)) : resourceNotFound(`${vnet}/subnets`, subnet, resourceGroup);
}

const subnetName = (stamp: StampPhysics): string => stamp.spec.nodeSubnetId.split('/').at(-1) ?? '';

/** The smallest IPv4 prefix whose addresses, without the five that Azure keeps, hold what the spec says. */
const prefixLength = (addresses: number): number => 32 - Math.ceil(Math.log2(addresses + 5));

const vnetPrefix = '10.224.0.0';

const subnetBody = (stamp: StampPhysics): unknown => ({
  id: stamp.spec.nodeSubnetId,
  name: subnetName(stamp),
  type: `${vnet}/subnets`,
  etag: 'W/"6d1f2a0e-5c7b-4e0d-9c51-3f8d2b7a9e60"',
  properties: { provisioningState: 'Succeeded', addressPrefix: `${vnetPrefix}/${prefixLength(stamp.spec.subnetAddresses)}`, delegations: [], privateEndpointNetworkPolicies: 'Disabled', privateLinkServiceNetworkPolicies: 'Enabled' },
});

const vnetBody = (stamp: StampPhysics): unknown => ({
  id: stamp.spec.vnetId,
  name: parseResourceId(stamp.spec.vnetId)?.name ?? '',
  type: vnet,
  location: stamp.spec.region,
  etag: 'W/"6d1f2a0e-5c7b-4e0d-9c51-3f8d2b7a9e60"',
  tags: {},
  properties: { provisioningState: 'Succeeded', resourceGuid: '2f0a9f9c-1b1d-4a1e-8e8f-6f2d6f0a7c11', addressSpace: { addressPrefixes: [`${vnetPrefix}/12`] }, subnets: [subnetBody(stamp)], virtualNetworkPeerings: [], enableDdosProtection: false, enableVmProtection: false },
});

/** Overlay clusters take one address a node; every node of every pool sits in this subnet. */
function subnetUsage(request: ArmRequest, stamp: StampPhysics): unknown {
  const { used, total } = subnetOf(request.world, stamp.spec.name);
  return { id: stamp.spec.nodeSubnetId, currentValue: used, limit: total, name: { value: 'SubnetSpace', localizedValue: 'Subnet size and usage' }, unit: 'Count' };
}

const gatewayBody = (stamp: StampPhysics): unknown => ({
  id: stamp.spec.gatewayId,
  name: parseResourceId(stamp.spec.gatewayId)?.name ?? '',
  type: gateway,
  location: stamp.spec.region,
  etag: 'W/"1c9b1a3f-0f3e-4d0a-8f57-c1e9b60d2a45"',
  tags: {},
  zones: ['1', '2', '3'],
  properties: { provisioningState: 'Succeeded', operationalState: 'Running', sku: { name: 'WAF_v2', tier: 'WAF_v2' }, autoscaleConfiguration: { minCapacity: 2, maxCapacity: 20 } },
});
