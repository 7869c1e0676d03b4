import { isRecord, json } from '../answers.ts';
import type { FaceResponse } from '../face.ts';
import type { Operation, OriginGroupSpec, OriginSettings, OriginSpec } from '../../world/types.ts';
import { apiVersions } from './apiVersions.ts';
import type { ArmRequest, ArmRoute } from './armTypes.ts';
import { armError, notInSandbox, resourceNotFound } from './errors.ts';
import { originBody, originGroupBody } from './frontDoorBodies.ts';
import { signedOperationResult, signedPollUrl } from './longRunning.ts';
import { parseResourceId, sameName } from './resourceIds.ts';
import { routesUnder } from './routeTable.ts';
import { checkBody, type Rule } from './rules.ts';

/** Front Door Standard/Premium: Microsoft.Cdn/profiles with its endpoints, routes, origin groups and origins. */

type OriginGroup = Omit<OriginGroupSpec, 'origins'> & { readonly origins: readonly OriginSpec[] };

interface Profile {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
}

const group = '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.Cdn';
const scopeKinds = ['frontDoorProfile', 'frontDoorResourceGroup', 'subscription'] as const;
const cdn = 'Microsoft.Cdn/profiles';

const inSubscription = routesUnder({ base: '/subscriptions/{subscriptionId}/providers/Microsoft.Cdn', versions: apiVersions.profiles, scopeKinds: ['subscription'] });
const inGroup = routesUnder({ base: group, versions: apiVersions.profiles, scopeKinds: ['frontDoorResourceGroup', 'subscription'] });
const ofProfile = routesUnder({ base: `${group}/profiles/{profile}`, versions: apiVersions.profiles, scopeKinds });
const ofEndpoints = routesUnder({ base: `${group}/profiles/{profile}/afdEndpoints`, versions: apiVersions.afdEndpoints, scopeKinds });
const ofGroups = routesUnder({ base: `${group}/profiles/{profile}/originGroups`, versions: apiVersions.originGroups, scopeKinds });
const ofResults = routesUnder({ base: `${group}/operationresults`, versions: apiVersions.cdnOperationResults, scopeKinds: ['frontDoorResourceGroup', 'subscription'] });

export const frontDoorProfileRoutes: readonly ArmRoute[] = [
  inSubscription('GET', '/profiles', `${cdn}/read`, listProfiles),
  inGroup('GET', '/profiles', `${cdn}/read`, listProfiles),
  ofProfile('GET', '', `${cdn}/read`, withProfile((request, profile) => json(200, profileBody(request, profile)))),
  ofEndpoints('GET', '', `${cdn}/afdEndpoints/read`, withProfile((request, profile) => json(200, { value: [endpointBody(request, profile)] }))),
  ofEndpoints('GET', '/{endpoint}', `${cdn}/afdEndpoints/read`, withEndpoint((request, profile) => json(200, endpointBody(request, profile)))),
  ofEndpoints('GET', '/{endpoint}/routes', `${cdn}/afdEndpoints/routes/read`, withEndpoint(listRoutes)),
  ofEndpoints('GET', '/{endpoint}/routes/{route}', `${cdn}/afdEndpoints/routes/read`, withEndpoint(getRoute)),
  ofGroups('GET', '', `${cdn}/originGroups/read`, withProfile((request, profile) => json(200, { value: groups(request).map((each) => groupBody(profile, each)) }))),
  ofGroups('GET', '/{group}', `${cdn}/originGroups/read`, withGroup((_request, profile, each) => json(200, groupBody(profile, each)))),
  ofGroups('PATCH', '/{group}', `${cdn}/originGroups/write`, withGroup((request, profile, each) => writeGroup(request, profile, each, 202))),
  ofGroups('PUT', '/{group}', `${cdn}/originGroups/write`, withGroup((request, profile, each) => writeGroup(request, profile, each, 201))),
  ofGroups('GET', '/{group}/origins', `${cdn}/originGroups/origins/read`, withGroup(listOrigins)),
  ofGroups('GET', '/{group}/origins/{origin}', `${cdn}/originGroups/origins/read`, withOrigin((_request, profile, each, origin) => json(200, originAnswer(profile, each, origin, 'Succeeded')))),
  ofGroups('PATCH', '/{group}/origins/{origin}', `${cdn}/originGroups/origins/write`, withOrigin((request, profile, each, origin) => writeOrigin(request, profile, each, origin, 202))),
  ofGroups('PUT', '/{group}/origins/{origin}', `${cdn}/originGroups/origins/write`, withOrigin((request, profile, each, origin) => writeOrigin(request, profile, each, origin, 201))),
  ofGroups('DELETE', '/{group}/origins/{origin}', `${cdn}/originGroups/origins/delete`, withOrigin(() => notInSandbox('removing an origin of Front Door: its physics has the origins of the fleet file'))),
  ofResults('GET', '/{operationId}', 'Microsoft.Cdn/operationresults/read', signedOperationResult),
];

function listProfiles(request: ArmRequest): FaceResponse {
  const asked = request.params['resourceGroup'];
  const found = profiles(request).filter((profile) => asked === undefined || sameName(profile.resourceGroup, asked));
  return json(200, { value: found.map((profile) => profileBody(request, profile)) });
}

function listOrigins(_request: ArmRequest, profile: Profile, each: OriginGroup): FaceResponse {
  return json(200, { value: each.origins.map((origin) => originAnswer(profile, each, origin, 'Succeeded')) });
}

function listRoutes(request: ArmRequest, profile: Profile): FaceResponse {
  return json(200, { value: groups(request).map((each) => routeBody(request, profile, each)) });
}

function profiles(request: ArmRequest): readonly Profile[] {
  const { frontDoor } = request.world.spec;
  const parts = parseResourceId(frontDoor.resourceId);
  if (frontDoor.kind !== 'standardPremium' || parts === null) return [];
  return [{ id: frontDoor.resourceId, name: parts.name, resourceGroup: parts.resourceGroup }];
}

const groups = (request: ArmRequest): readonly OriginGroup[] => request.world.frontDoor.asked.originGroups;

function withProfile(handle: (request: ArmRequest, profile: Profile) => FaceResponse): (request: ArmRequest) => FaceResponse {
  return (request) => {
    const { resourceGroup = '', profile: name = '' } = request.params;
    const found = profiles(request).find((profile) => sameName(profile.name, name) && sameName(profile.resourceGroup, resourceGroup));
    return found === undefined ? resourceNotFound('Microsoft.Cdn/profiles', name, resourceGroup) : handle(request, found);
  };
}

const childNotFound = (what: string, name: string): FaceResponse => armError(404, 'NotFound', `${what} '${name}' does not exist.`);

function withEndpoint(handle: (request: ArmRequest, profile: Profile) => FaceResponse): (request: ArmRequest) => FaceResponse {
  return withProfile((request, profile) => {
    const name = request.params['endpoint'] ?? '';
    return sameName(name, endpointName(request)) ? handle(request, profile) : childNotFound('AFDEndpoint', name);
  });
}

function withGroup(handle: (request: ArmRequest, profile: Profile, group: OriginGroup) => FaceResponse): (request: ArmRequest) => FaceResponse {
  return withProfile((request, profile) => {
    const name = request.params['group'] ?? '';
    const found = groups(request).find((group) => sameName(group.name, name));
    if (found !== undefined) return handle(request, profile, found);
    return request.http.method === 'PUT' ? notInSandbox('creating an origin group: its physics has those of the fleet file') : childNotFound('OriginGroup', name);
  });
}

function withOrigin(handle: (request: ArmRequest, profile: Profile, group: OriginGroup, origin: OriginSpec) => FaceResponse): (request: ArmRequest) => FaceResponse {
  return withGroup((request, profile, group) => {
    const name = request.params['origin'] ?? '';
    const found = group.origins.find((origin) => sameName(origin.name, name));
    if (found !== undefined) return handle(request, profile, group, found);
    return request.http.method === 'PUT' ? notInSandbox('creating an origin: its physics has those of the fleet file') : childNotFound('Origin', name);
  });
}

/** Readable properties of a PATCH or PUT, or the refusal. Null counts as left out. */
function readProperties(request: ArmRequest, rule: Rule): { readonly kind: 'read'; readonly properties: Readonly<Record<string, unknown>> } | { readonly kind: 'refused'; readonly response: FaceResponse } {
  const refuse = (message: string): { readonly kind: 'refused'; readonly response: FaceResponse } => ({ kind: 'refused', response: armError(400, 'BadRequest', message) });
  if (request.body.kind === 'invalid') return { kind: 'refused', response: armError(400, 'InvalidRequestContent', `The request content was invalid and could not be deserialized: '${request.body.why}'.`) };
  const body = request.body.kind === 'parsed' ? request.body.value : null;
  if (!isRecord(body)) return refuse('The request body is missing or is not a JSON object.');
  const issues = checkBody(rule, body);
  if (issues.length > 0) return refuse(issues.map((issue) => issue.message).join('; '));
  const properties = body['properties'];
  const given = isRecord(properties) ? Object.entries(properties).filter(([, value]) => value !== null) : [];
  return { kind: 'read', properties: Object.fromEntries(given) };
}

const readOnly: ReadonlySet<string> = new Set(['originGroupName', 'profileName', 'provisioningState', 'deploymentStatus']);

function writeOrigin(request: ArmRequest, profile: Profile, group: OriginGroup, origin: OriginSpec, accepted: 201 | 202): FaceResponse {
  const read = readProperties(request, originBody);
  if (read.kind === 'refused') return read.response;
  const frozen = refuseWhileFrozen(request);
  if (frozen !== null) return frozen;
  const current: Readonly<Record<string, unknown>> = originAnswer(profile, group, origin, 'Succeeded').properties;
  const { weight, priority, enabledState } = read.properties;
  const movable = new Set(['weight', 'priority', 'enabledState']);
  const other = Object.entries(read.properties).find(([name, value]) => !movable.has(name) && !readOnly.has(name) && JSON.stringify(value) !== JSON.stringify(current[name]));
  if (other !== undefined) return notInSandbox(`changing '${other[0]}' of an origin; weight, priority and enabledState are physics`);
  const change: Partial<OriginSettings> = {
    ...(typeof weight === 'number' ? { weight } : {}),
    ...(typeof priority === 'number' ? { priority } : {}),
    ...(typeof enabledState === 'string' ? { enabled: enabledState.toLowerCase() === 'enabled' ? 'Enabled' : 'Disabled' } : {}),
  };
  const operation = request.world.frontDoor.changeOrigin(group.name, origin.name, change);
  return acceptedAnswer(request, profile, accepted, originAnswer(profile, group, { ...origin, ...change }, 'Updating'), operation);
}

function writeGroup(request: ArmRequest, profile: Profile, group: OriginGroup, accepted: 201 | 202): FaceResponse {
  const read = readProperties(request, originGroupBody);
  if (read.kind === 'refused') return read.response;
  const frozen = refuseWhileFrozen(request);
  if (frozen !== null) return frozen;
  const balancing = isRecord(read.properties['loadBalancingSettings']) ? read.properties['loadBalancingSettings'] : {};
  const probing = isRecord(read.properties['healthProbeSettings']) ? read.properties['healthProbeSettings'] : {};
  const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
  const change = {
    ...present('latencyWindowMs', number(balancing['additionalLatencyInMilliseconds'])),
    ...present('sampleSize', number(balancing['sampleSize'])),
    ...present('successfulSamplesRequired', number(balancing['successfulSamplesRequired'])),
    ...present('probeIntervalSeconds', number(probing['probeIntervalInSeconds'])),
    ...(typeof probing['probePath'] === 'string' ? { probePath: probing['probePath'] } : {}),
  };
  const samples = change.sampleSize ?? group.sampleSize;
  if ((change.successfulSamplesRequired ?? group.successfulSamplesRequired) > samples) return armError(400, 'BadRequest', 'SuccessfulSamplesRequired must not be greater than SampleSize.');
  const operation = request.world.frontDoor.changeOriginGroup(group.name, change);
  const changed = groups(request).find((candidate) => candidate.name === group.name) ?? group;
  return acceptedAnswer(request, profile, accepted, groupBody(profile, changed, 'Updating'), operation);
}

const present = <Name extends string>(name: Name, value: number | undefined): Partial<Record<Name, number>> => {
  const made: Partial<Record<Name, number>> = {};
  if (value !== undefined) made[name] = value;
  return made;
};

/**
 * In autumn 2025 every create, update and delete was suspended for days; reads went on. A freeze either refuses changes
 * (`how: refused`) or takes them and lets their operations hang, which is physics.
 */
function refuseWhileFrozen(request: ArmRequest): FaceResponse | null {
  if (request.world.faults.active('frontDoorFrozen')?.['how'] !== 'refused') return null;
  return armError(409, 'Conflict', 'Configuration changes to Azure Front Door are temporarily suspended. Reads and traffic are not affected.');
}

function acceptedAnswer(request: ArmRequest, profile: Profile, status: 201 | 202, body: unknown, operation: Operation): FaceResponse {
  const path = `/subscriptions/${request.world.spec.subscriptionId}/resourcegroups/${profile.resourceGroup}/providers/Microsoft.Cdn/operationresults`;
  const url = signedPollUrl(request, path, operation);
  return json(status, body, { 'azure-asyncoperation': url });
}

const childId = (profile: Profile, path: string): string => profile.id.replace('/resourceGroups/', '/resourcegroups/') + path;

function originAnswer(profile: Profile, group: OriginGroup, origin: OriginSpec, provisioningState: string) {
  return {
    id: childId(profile, `/origingroups/${group.name}/origins/${origin.name}`),
    type: 'Microsoft.Cdn/profiles/origingroups/origins',
    name: origin.name,
    properties: {
      originGroupName: group.name,
      hostName: origin.hostName,
      httpPort: 80,
      httpsPort: 443,
      originHostHeader: origin.hostName,
      priority: origin.priority,
      weight: origin.weight,
      enabledState: origin.enabled,
      sharedPrivateLinkResource: null,
      enforceCertificateNameCheck: true,
      provisioningState,
      deploymentStatus: 'NotStarted',
    },
  };
}

const groupBody = (profile: Profile, group: OriginGroup, provisioningState = 'Succeeded'): unknown => ({
  id: childId(profile, `/origingroups/${group.name}`),
  type: 'Microsoft.Cdn/profiles/origingroups',
  name: group.name,
  properties: {
    loadBalancingSettings: { sampleSize: group.sampleSize, successfulSamplesRequired: group.successfulSamplesRequired, additionalLatencyInMilliseconds: group.latencyWindowMs },
    healthProbeSettings: { probePath: group.probePath, probeRequestType: 'HEAD', probeProtocol: 'Https', probeIntervalInSeconds: group.probeIntervalSeconds },
    trafficRestorationTimeToHealedOrNewEndpointsInMinutes: null,
    sessionAffinityState: group.sessionAffinity === 'on' ? 'Enabled' : 'Disabled',
    provisioningState,
    deploymentStatus: 'NotStarted',
  },
});

const profileBody = (request: ArmRequest, profile: Profile): unknown => ({
  id: profile.id.replace('/resourceGroups/', '/resourcegroups/'),
  type: 'Microsoft.Cdn/profiles',
  name: profile.name,
  location: 'Global',
  kind: 'frontdoor',
  tags: {},
  sku: { name: 'Premium_AzureFrontDoor' },
  properties: { originResponseTimeoutSeconds: 60, frontDoorId: request.world.spec.frontDoor.frontDoorId, extendedProperties: {}, resourceState: 'Active', provisioningState: 'Succeeded' },
});

const endpointName = (request: ArmRequest): string => request.world.spec.frontDoor.endpointHostName.split('.')[0]?.replace(/-[a-z0-9]{16}$/, '') ?? '';

const endpointBody = (request: ArmRequest, profile: Profile): unknown => ({
  id: childId(profile, `/afdendpoints/${endpointName(request)}`),
  type: 'Microsoft.Cdn/profiles/afdendpoints',
  name: endpointName(request),
  location: 'Global',
  tags: {},
  properties: { hostName: request.world.spec.frontDoor.endpointHostName, autoGeneratedDomainNameLabelScope: 'TenantReuse', enabledState: 'Enabled', provisioningState: 'Succeeded', deploymentStatus: 'NotStarted' },
});

const routeBody = (request: ArmRequest, profile: Profile, group: OriginGroup): unknown => ({
  id: childId(profile, `/afdendpoints/${endpointName(request)}/routes/${group.name}`),
  type: 'Microsoft.Cdn/profiles/afdendpoints/routes',
  name: group.name,
  properties: {
    customDomains: [],
    originGroup: { id: childId(profile, `/origingroups/${group.name}`) },
    originPath: null,
    ruleSets: [],
    supportedProtocols: ['Http', 'Https'],
    patternsToMatch: [groups(request)[0] === group ? '/*' : `/${group.name}/*`],
    cacheConfiguration: null,
    forwardingProtocol: 'HttpsOnly',
    linkToDefaultDomain: 'Enabled',
    httpsRedirect: 'Enabled',
    enabledState: 'Enabled',
    endpointName: endpointName(request),
    provisioningState: 'Succeeded',
    deploymentStatus: 'NotStarted',
  },
});

function getRoute(request: ArmRequest, profile: Profile): FaceResponse {
  const name = request.params['route'] ?? '';
  const group = groups(request).find((candidate) => sameName(candidate.name, name));
  return group === undefined ? childNotFound('Route', name) : json(200, routeBody(request, profile, group));
}
