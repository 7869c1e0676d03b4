import { json } from '../answers.ts';
import type { FaceResponse } from '../face.ts';
import { apiVersions, type ApiVersionSet } from './apiVersions.ts';
import type { ArmRequest, ArmRoute } from './armTypes.ts';
import { armError } from './errors.ts';
import { readListFilter } from './listFilter.ts';
import { parseResourceId, sameName } from './resourceIds.ts';
import { routesUnder } from './routeTable.ts';

/** Resource Manager's own: tenants, subscriptions, locations, resource groups, resources and providers. */
const versions = apiVersions.resources;
const scopeKinds = ['subscription'] as const;
const reads = 'Microsoft.Resources/subscriptions';

const root = routesUnder({ base: '', versions, scopeKinds });
const ofSubscription = routesUnder({ base: '/subscriptions/{subscriptionId}', versions, scopeKinds });
const ofGroup = routesUnder({ base: '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}', versions, scopeKinds });

export const resourceRoutes: readonly ArmRoute[] = [
  root('GET', '/tenants', '', (request) => json(200, { value: [tenantBody(request)] })),
  root('GET', '/subscriptions', '', (request) => json(200, { value: [subscriptionBody(request)], count: { type: 'Total', value: 1 } })),
  ofSubscription('GET', '', `${reads}/read`, (request) => json(200, subscriptionBody(request))),
  ofSubscription('GET', '/locations', `${reads}/locations/read`, (request) => json(200, { value: Object.keys(request.world.spec.quotas).map((region) => locationBody(request, region)) })),
  ofSubscription('GET', '/resourceGroups', `${reads}/resourceGroups/read`, listGroups),
  ofGroup('GET', '', `${reads}/resourceGroups/read`, getGroup),
  ofSubscription('GET', '/resources', `${reads}/resources/read`, (request) => listResources(request, allResources(request))),
  ofGroup('GET', '/resources', `${reads}/resourceGroups/resources/read`, resourcesOfGroup),
  ofSubscription('GET', '/providers', `${reads}/providers/read`, (request) => json(200, { value: namespaces().map((namespace) => providerBody(request, namespace)) })),
  ofSubscription('GET', '/providers/{namespace}', `${reads}/providers/read`, getProvider),
];

const tenantBody = (request: ArmRequest): unknown => ({
  id: `/tenants/${request.world.spec.tenantId}`,
  tenantId: request.world.spec.tenantId,
  countryCode: 'US',
  displayName: 'Contoso',
  domains: ['contoso.example'],
  tenantCategory: 'Home',
});

const subscriptionBody = (request: ArmRequest): unknown => ({
  id: `/subscriptions/${request.world.spec.subscriptionId}`,
  authorizationSource: 'RoleBased',
  managedByTenants: [],
  subscriptionId: request.world.spec.subscriptionId,
  tenantId: request.world.spec.tenantId,
  displayName: 'Spillway sandbox',
  state: 'Enabled',
  subscriptionPolicies: { locationPlacementId: 'Public_2014-09-01', quotaId: 'PayAsYouGo_2014-09-01', spendingLimit: 'Off' },
});

const locationBody = (request: ArmRequest, region: string): unknown => ({
  id: `/subscriptions/${request.world.spec.subscriptionId}/locations/${region}`,
  name: region,
  displayName: region,
  regionalDisplayName: region,
  metadata: { regionType: 'Physical', regionCategory: 'Recommended' },
});

interface Resource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly location: string;
}

function allResources(request: ArmRequest): readonly Resource[] {
  const { spec } = request.world;
  const ids = [{ id: spec.frontDoor.resourceId, location: 'global' }, ...spec.stamps.flatMap((stamp) => [stamp.clusterId, stamp.gatewayId, stamp.vnetId].map((id) => ({ id, location: stamp.region })))];
  const seen = new Set<string>();
  return ids.flatMap(({ id, location }) => {
    const parts = parseResourceId(id);
    if (parts === null || seen.has(id)) return [];
    seen.add(id);
    return [{ id, name: parts.name, type: `${parts.namespace}/${parts.type}`, location }];
  });
}

/** Nothing here has tags: who asks for one gets nothing. */
const tagFields = ['tagName', 'tagValue'] as const;
const resourceFields = ['resourceType', 'name', 'resourceGroup', 'location', ...tagFields] as const;
const hasTags = (wanted: ReadonlyMap<string, string>): boolean => tagFields.some((field) => wanted.has(field.toLowerCase()));

function listResources(request: ArmRequest, resources: readonly Resource[]): FaceResponse {
  const filter = readListFilter(request, resourceFields);
  if (filter.kind === 'refused') return filter.answer;
  const { wanted } = filter;
  const is = (field: string, value: string): boolean => sameName(wanted.get(field) ?? value, value);
  const value = resources.filter(
    ({ id, type, name, location }) =>
      !hasTags(wanted) && is('resourcetype', type) && is('name', name) && is('location', location) && is('resourcegroup', parseResourceId(id)?.resourceGroup ?? ''),
  );
  return json(200, { value });
}

function listGroups(request: ArmRequest): FaceResponse {
  const filter = readListFilter(request, tagFields);
  if (filter.kind === 'refused') return filter.answer;
  return json(200, { value: hasTags(filter.wanted) ? [] : resourceGroups(request).map((group) => groupBody(request, group)) });
}

const resourceGroups = (request: ArmRequest): readonly { readonly name: string; readonly location: string }[] => {
  const groups = new Map<string, string>();
  for (const resource of allResources(request)) {
    const name = parseResourceId(resource.id)?.resourceGroup ?? '';
    if (!groups.has(name)) groups.set(name, resource.location === 'global' ? (request.world.spec.stamps[0]?.region ?? 'eastus2') : resource.location);
  }
  return [...groups].map(([name, location]) => ({ name, location }));
};

const groupBody = (request: ArmRequest, group: { readonly name: string; readonly location: string }): unknown => ({
  id: `/subscriptions/${request.world.spec.subscriptionId}/resourceGroups/${group.name}`,
  name: group.name,
  type: 'Microsoft.Resources/resourceGroups',
  location: group.location,
  tags: {},
  properties: { provisioningState: 'Succeeded' },
});

const groupNotFound = (name: string): FaceResponse => armError(404, 'ResourceGroupNotFound', `Resource group '${name}' could not be found.`);

function getGroup(request: ArmRequest): FaceResponse {
  const name = request.params['resourceGroup'] ?? '';
  const group = resourceGroups(request).find((candidate) => sameName(candidate.name, name));
  return group === undefined ? groupNotFound(name) : json(200, groupBody(request, group));
}

function resourcesOfGroup(request: ArmRequest): FaceResponse {
  const name = request.params['resourceGroup'] ?? '';
  if (!resourceGroups(request).some((group) => sameName(group.name, name))) return groupNotFound(name);
  return listResources(request, allResources(request).filter((resource) => sameName(parseResourceId(resource.id)?.resourceGroup ?? '', name)));
}

const sets: readonly ApiVersionSet[] = Object.values(apiVersions);
const namespaces = (): readonly string[] => [...new Set(sets.map((entry) => entry.namespace))];

const providerBody = (request: ArmRequest, namespace: string): unknown => ({
  id: `/subscriptions/${request.world.spec.subscriptionId}/providers/${namespace}`,
  namespace,
  registrationState: 'Registered',
  registrationPolicy: 'RegistrationRequired',
  resourceTypes: sets
    .filter((entry) => entry.namespace === namespace)
    .flatMap((entry) => (entry === apiVersions.originGroups ? [entry, { ...entry, type: 'profiles/originGroups/origins' }] : entry === apiVersions.managedClusters ? [entry, { ...entry, type: 'managedClusters/agentPools' }] : [entry]))
    .map((entry) => ({ resourceType: entry.type, locations: Object.keys(request.world.spec.quotas), apiVersions: entry.versions.toReversed(), capabilities: 'None' })),
});

function getProvider(request: ArmRequest): FaceResponse {
  const asked = request.params['namespace'] ?? '';
  const namespace = namespaces().find((candidate) => sameName(candidate, asked));
  if (namespace === undefined) return armError(404, 'InvalidResourceNamespace', `The resource namespace '${asked}' is invalid.`);
  return json(200, providerBody(request, namespace));
}
