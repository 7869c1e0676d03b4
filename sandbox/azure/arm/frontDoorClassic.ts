import { isRecord, json } from '../answers.ts';
import type { FaceResponse } from '../face.ts';
import type { OriginGroupSpec, OriginSettings, OriginSpec } from '../../world/types.ts';
import { apiVersions } from './apiVersions.ts';
import type { ArmRequest, ArmRoute } from './armTypes.ts';
import { armError, notInSandbox, resourceNotFound } from './errors.ts';
import { classicFrontDoorBody } from './frontDoorBodies.ts';
import { signedOperationResult, signedPollUrl } from './longRunning.ts';
import { parseResourceId, sameName } from './resourceIds.ts';
import { routesUnder } from './routeTable.ts';
import { checkBody } from './rules.ts';

/** Classic Front Door: one resource, read and written as a whole, without an etag: the last writer wins. */

type OriginGroup = Omit<OriginGroupSpec, 'origins'> & { readonly origins: readonly OriginSpec[] };

const type = 'Microsoft.Network/frontDoors';
const scopeKinds = ['frontDoorClassic', 'subscription'] as const;
const group = '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers';

const inSubscription = routesUnder({ base: `/subscriptions/{subscriptionId}/providers/${type}`, versions: apiVersions.frontDoors, scopeKinds: ['subscription'] });
const inGroup = routesUnder({ base: `${group}/${type}`, versions: apiVersions.frontDoors, scopeKinds });
const ofResults = routesUnder({ base: `${group}/Microsoft.Network/frontDoorOperationResults`, versions: apiVersions.frontDoorOperationResults, scopeKinds });

export const frontDoorClassicRoutes: readonly ArmRoute[] = [
  inSubscription('GET', '', `${type}/read`, listAll),
  inGroup('GET', '', `${type}/read`, listAll),
  inGroup('GET', '/{name}', `${type}/read`, existing((request) => json(200, body(request)))),
  inGroup('PUT', '/{name}', `${type}/write`, existing(putWhole)),
  inGroup('DELETE', '/{name}', `${type}/delete`, existing(() => notInSandbox('removing a Front Door'))),
  ofResults('GET', '/{operationId}', `${type}/read`, signedOperationResult),
];

function listAll(request: ArmRequest): FaceResponse {
  const asked = request.params['resourceGroup'];
  const found = frontDoors(request).filter((parts) => asked === undefined || sameName(parts.resourceGroup, asked));
  return json(200, { value: found.map(() => body(request)) });
}

function frontDoors(request: ArmRequest): readonly { readonly name: string; readonly resourceGroup: string }[] {
  const { frontDoor } = request.world.spec;
  const parts = parseResourceId(frontDoor.resourceId);
  return frontDoor.kind === 'classic' && parts !== null ? [parts] : [];
}

function existing(handle: (request: ArmRequest) => FaceResponse): (request: ArmRequest) => FaceResponse {
  return (request) => {
    const { resourceGroup = '', name = '' } = request.params;
    const found = frontDoors(request).some((parts) => sameName(parts.name, name) && sameName(parts.resourceGroup, resourceGroup));
    return found ? handle(request) : resourceNotFound(type, name, resourceGroup);
  };
}

interface OriginChange {
  readonly originGroup: string;
  readonly origin: string;
  readonly change: OriginSettings;
}

function putWhole(request: ArmRequest): FaceResponse {
  if (request.body.kind === 'invalid') return armError(400, 'InvalidRequestContent', `The request content was invalid and could not be deserialized: '${request.body.why}'.`);
  const given = request.body.kind === 'parsed' ? request.body.value : null;
  const issues = checkBody(classicFrontDoorBody, given ?? {});
  if (issues.length > 0) return armError(400, 'BadRequest', issues.map((issue) => issue.message).join('; '));
  if (request.world.faults.active('frontDoorFrozen')?.['how'] === 'refused') return armError(409, 'Conflict', 'Configuration changes to Azure Front Door are temporarily suspended. Reads and traffic are not affected.');
  const pools = poolsOf(given);
  const changes: OriginChange[] = [];
  for (const group of request.world.frontDoor.asked.originGroups) {
    const pool = pools.find((candidate) => sameName(candidate.name, group.name));
    if (pool === undefined || pool.backends.length !== group.origins.length) return notInSandbox(`adding or removing backends or pools (backend pool '${group.name}'); weight, priority and enabledState are physics`);
    for (const [index, origin] of group.origins.entries()) {
      // several backends may share an address: then their order tells them apart
      const backend = pool.backends.find((candidate, at) => candidate['address'] === origin.hostName && (at === index || group.origins.filter((other) => other.hostName === origin.hostName).length === 1));
      if (backend === undefined) return notInSandbox(`changing the address of a backend (pool '${group.name}')`);
      const change = changeOf(origin, backend);
      if (change !== null) changes.push({ originGroup: group.name, origin: origin.name, change });
    }
  }
  const operation = request.world.frontDoor.changeOrigins(changes);
  const path = `/subscriptions/${request.world.spec.subscriptionId}/resourceGroups/${request.params['resourceGroup'] ?? ''}/providers/Microsoft.Network/frontDoorOperationResults`;
  return json(201, body(request, 'Updating'), { 'azure-asyncoperation': signedPollUrl(request, path, operation) });
}

function poolsOf(given: unknown): readonly { readonly name: string; readonly backends: readonly Readonly<Record<string, unknown>>[] }[] {
  const properties = isRecord(given) && isRecord(given['properties']) ? given['properties'] : {};
  const pools = Array.isArray(properties['backendPools']) ? properties['backendPools'].filter(isRecord) : [];
  return pools.map((pool) => {
    const inner = isRecord(pool['properties']) ? pool['properties'] : {};
    return { name: typeof pool['name'] === 'string' ? pool['name'] : '', backends: Array.isArray(inner['backends']) ? inner['backends'].filter(isRecord) : [] };
  });
}

/** What is left out of a PUT goes back to its default: weight 50, priority 1, enabled. */
function changeOf(origin: OriginSpec, backend: Readonly<Record<string, unknown>>): OriginSettings | null {
  const wanted: OriginSettings = {
    weight: typeof backend['weight'] === 'number' ? backend['weight'] : 50,
    priority: typeof backend['priority'] === 'number' ? backend['priority'] : 1,
    enabled: typeof backend['enabledState'] === 'string' && backend['enabledState'].toLowerCase() === 'disabled' ? 'Disabled' : 'Enabled',
  };
  return wanted.weight === origin.weight && wanted.priority === origin.priority && wanted.enabled === origin.enabled ? null : wanted;
}

function body(request: ArmRequest, state = 'Enabled'): unknown {
  const { frontDoor } = request.world.spec;
  const id = frontDoor.resourceId;
  const parts = parseResourceId(id);
  const groups: readonly OriginGroup[] = request.world.frontDoor.asked.originGroups;
  const child = (kind: string, name: string): string => `${id}/${kind}/${name}`;
  return {
    id,
    name: parts?.name ?? '',
    type,
    location: 'Global',
    tags: {},
    properties: {
      resourceState: state,
      provisioningState: state === 'Updating' ? 'Updating' : 'Succeeded',
      enabledState: 'Enabled',
      friendlyName: parts?.name ?? '',
      cname: frontDoor.endpointHostName,
      frontdoorId: frontDoor.frontDoorId,
      frontendEndpoints: [{ id: child('FrontendEndpoints', 'default'), name: 'default', type: `${type}/FrontendEndpoints`, properties: { hostName: frontDoor.endpointHostName, sessionAffinityEnabledState: groups[0]?.sessionAffinity === 'on' ? 'Enabled' : 'Disabled', sessionAffinityTtlSeconds: 0, resourceState: 'Enabled' } }],
      backendPoolsSettings: { enforceCertificateNameCheck: 'Enabled', sendRecvTimeoutSeconds: 30 },
      backendPools: groups.map((group) => ({
        id: child('BackendPools', group.name),
        name: group.name,
        type: `${type}/BackendPools`,
        properties: {
          backends: group.origins.map((origin) => ({ address: origin.hostName, httpPort: 80, httpsPort: 443, priority: origin.priority, weight: origin.weight, backendHostHeader: origin.hostName, enabledState: origin.enabled })),
          loadBalancingSettings: { id: child('LoadBalancingSettings', group.name) },
          healthProbeSettings: { id: child('HealthProbeSettings', group.name) },
          resourceState: 'Enabled',
        },
      })),
      loadBalancingSettings: groups.map((group) => ({ id: child('LoadBalancingSettings', group.name), name: group.name, type: `${type}/LoadBalancingSettings`, properties: { sampleSize: group.sampleSize, successfulSamplesRequired: group.successfulSamplesRequired, additionalLatencyMilliseconds: group.latencyWindowMs, resourceState: 'Enabled' } })),
      healthProbeSettings: groups.map((group) => ({ id: child('HealthProbeSettings', group.name), name: group.name, type: `${type}/HealthProbeSettings`, properties: { path: group.probePath, protocol: 'Https', intervalInSeconds: group.probeIntervalSeconds, enabledState: 'Enabled', healthProbeMethod: 'HEAD', resourceState: 'Enabled' } })),
      routingRules: groups.map((group, index) => ({
        id: child('RoutingRules', group.name),
        name: group.name,
        type: `${type}/RoutingRules`,
        properties: {
          frontendEndpoints: [{ id: child('FrontendEndpoints', 'default') }],
          acceptedProtocols: ['Https'],
          patternsToMatch: [index === 0 ? '/*' : `/${group.name}/*`],
          enabledState: 'Enabled',
          routeConfiguration: { '@odata.type': '#Microsoft.Azure.FrontDoor.Models.FrontdoorForwardingConfiguration', forwardingProtocol: 'HttpsOnly', backendPool: { id: child('BackendPools', group.name) } },
          resourceState: 'Enabled',
        },
      })),
    },
  };
}
