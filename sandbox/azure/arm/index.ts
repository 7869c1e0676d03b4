import type { Fault, World } from '../../world/types.ts';
import { httpDate, json, parseJson } from '../answers.ts';
import { audiencesOf } from '../entra/audiences.ts';
import type { Authorizer } from '../entra/authorizer.ts';
import type { Tokens } from '../entra/tokens.ts';
import type { Face, FaceRequest, FaceResponse } from '../face.ts';
import { answerMonitor, metricScopesOf, monitorTarget, monitorVersions } from '../monitor/index.ts';
import type { Endpoints } from '../routing.ts';
import { playServiceDown } from '../transport/serviceDown.ts';
import { providerNamespaces, type ApiVersionSet } from './apiVersions.ts';
import type { ArmRequest, ArmRoute } from './armTypes.ts';
import { refuseToken } from './authentication.ts';
import { capacityReservationRoutes } from './capacityReservations.ts';
import { computeRoutes } from './compute.ts';
import { armError, notInSandbox } from './errors.ts';
import { frontDoorClassicRoutes } from './frontDoorClassic.ts';
import { frontDoorProfileRoutes } from './frontDoorProfile.ts';
import { managedClusterRoutes } from './managedClusters.ts';
import { networkRoutes } from './network.ts';
import { sameName } from './resourceIds.ts';
import { resourceRoutes } from './resources.ts';
import { createRouter } from './router.ts';
import { createThrottle, remainingHeaders } from './throttle.ts';

export interface ArmOptions {
  readonly world: World;
  readonly tokens: Tokens;
  readonly authorizer: Authorizer;
  readonly addresses: () => readonly Endpoints[];
  /** Under which addresses the client of this request knows this Azure. */
  readonly endpointsFor: (request: FaceRequest) => Endpoints;
}

/** Resource Manager in the order in which it judges: reachable, api-version there, token, throttle, route, version, permission. */
export function createArmFace(options: ArmOptions): Face {
  const route = createRouter([...resourceRoutes, ...frontDoorProfileRoutes, ...frontDoorClassicRoutes, ...managedClusterRoutes, ...computeRoutes, ...capacityReservationRoutes, ...networkRoutes]);
  const throttle = createThrottle();
  let requests = 0;
  const nextGuid = (): string => `a52b0000-0000-4000-8000-${(++requests).toString(16).padStart(12, '0')}`;

  const respond = (http: FaceRequest): FaceResponse => {
    const down = playServiceDown(armDownFor(http.url.pathname, options.world.faults.active('armDown')));
    if (down !== null) return armError(down.status, down.status === 500 ? 'InternalServerError' : 'ServiceUnavailable', 'The service is temporarily unavailable. Please retry later.');
    // the SDKs put a resource id that starts with a slash behind one of their own
    const pathname = http.url.pathname.replaceAll(/\/{2,}/g, '/');
    if (/^\/metadata\/endpoints\/?$/i.test(pathname)) return metadata(options.endpointsFor(http));
    const audiences = audiencesOf('arm', options.addresses());
    const verdict = options.tokens.check(http.headers['authorization'], audiences);
    const endpoints = options.endpointsFor(http);
    if (verdict.kind !== 'valid') return refuseToken(verdict, endpoints.authority, options.tokens.tenantId, audiences);
    const throttled = throttle(options.world.faults.active('armThrottled'), http);
    if (throttled !== null) return throttled;
    const apiVersion = http.url.searchParams.get('api-version');
    if (apiVersion === null || apiVersion === '') return armError(400, 'MissingApiVersionParameter', 'The api-version query parameter (?api-version=) is required for all requests.');
    const wrongSubscription = refuseSubscription(options.world, pathname);
    if (wrongSubscription !== null) return wrongSubscription;
    const request: Omit<ArmRequest, 'params'> = {
      http,
      world: options.world,
      tokens: options.tokens,
      authorizer: options.authorizer,
      principal: verdict.principal,
      endpoints,
      apiVersion,
      body: parseJson(http.body),
      now: options.world.clock.now(),
      newGuid: nextGuid,
    };
    const monitored = monitorTarget(pathname);
    if (monitored !== null) {
      const blind = playServiceDown(options.world.faults.active('monitorDown'));
      if (blind !== null) return armError(blind.status, 'ServiceUnavailable', 'The metrics service is temporarily unavailable. Please retry later.');
      return refuseVersion(options.world, monitorVersions(monitored), apiVersion) ?? refusePermission(options, request, `Microsoft.Insights/${monitored.what}/read`, metricScopesOf(options.world, monitored)) ?? answerMonitor({ ...request, params: {} }, monitored);
    }
    const match = route(http.method, pathname);
    if (match.kind === 'methodNotAllowed') return armError(405, 'HttpMethodNotAllowed', `The http method '${http.method}' is not supported by the sandbox for '${pathname}'; it has ${match.allowed.join(', ')}.`, { headers: { allow: match.allowed.join(', ') } });
    if (match.kind === 'none') return unknownPath(pathname);
    const { route: found, params } = match.match;
    return refuseVersion(options.world, found.versions, apiVersion) ?? refusePermission(options, request, found.permission, found.scopeKinds) ?? found.handle({ ...request, params });
  };

  return (http) => {
    options.world.settle();
    const answer = withoutBodyForHead(http, respond(http));
    const correlation = nextGuid();
    return {
      ...answer,
      headers: {
        ...(answer.status < 400 ? remainingHeaders(http) : {}),
        'x-ms-request-id': correlation,
        'x-ms-correlation-request-id': correlation,
        'x-ms-routing-request-id': `SANDBOX:${new Date(options.world.clock.now()).toISOString().replaceAll(/[-:.]/g, '')}:${correlation}`,
        date: httpDate(options.world.clock.now()),
        ...(http.headers['x-ms-client-request-id'] === undefined ? {} : { 'x-ms-client-request-id': http.headers['x-ms-client-request-id'] }),
        ...answer.headers,
      },
    };
  };
}

/** A fault that names a `provider` leaves the others' resources alone. */
function armDownFor(pathname: string, fault: Fault | null): Fault | null {
  const provider = fault?.['provider'];
  return typeof provider !== 'string' || pathname.toLowerCase().includes(`/providers/${provider.toLowerCase()}/`) ? fault : null;
}

/** Existence checks answer 204 without a body. */
function withoutBodyForHead(http: FaceRequest, answer: FaceResponse): FaceResponse {
  return http.method === 'HEAD' ? { ...answer, status: answer.status === 200 ? 204 : answer.status, body: null } : answer;
}

function refuseSubscription(world: World, pathname: string): FaceResponse | null {
  const asked = /^\/subscriptions\/([^/]+)/i.exec(pathname)?.[1];
  if (asked === undefined || sameName(asked, world.spec.subscriptionId)) return null;
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(asked)) return armError(400, 'InvalidSubscriptionId', `The provided subscription identifier '${asked}' is malformed or invalid.`);
  return armError(404, 'SubscriptionNotFound', `The subscription '${asked}' could not be found.`);
}

/** Resource Manager names the type and all versions that it has (seen in its answers to real clients). */
function refuseVersion(world: World, set: ApiVersionSet, apiVersion: string): FaceResponse | null {
  if (set.versions.includes(apiVersion)) return null;
  const supported = set.versions.join(',');
  if (!/^\d{4}-\d{2}-\d{2}(-[a-z]+)?$/i.test(apiVersion)) return armError(400, 'InvalidApiVersionParameter', `The api-version '${apiVersion.slice(0, 100)}' is invalid. The supported versions are '${supported}'.`);
  if (set.namespace === 'Microsoft.Resources') return armError(400, 'InvalidApiVersionParameter', `The api-version '${apiVersion}' is invalid. The supported versions are '${supported}'.`);
  const regional = ['managedClusters', 'virtualNetworks', 'applicationGateways'].includes(set.type);
  return regional
    ? armError(400, 'NoRegisteredProviderFound', `No registered resource provider found for location '${world.spec.stamps[0]?.region ?? ''}' and API version '${apiVersion}' for type '${set.type}'. The supported api-versions are '${set.versions.join(', ')}'. The supported locations are '${Object.keys(world.spec.quotas).join(', ')}'.`)
    : armError(404, 'InvalidResourceType', `The resource type '${set.type}' could not be found in the namespace '${set.namespace}' for api version '${apiVersion}'. The supported api-versions are '${supported}'.`);
}

function refusePermission(options: ArmOptions, request: Omit<ArmRequest, 'params'>, permission: string, scopeKinds: ArmRoute['scopeKinds']): FaceResponse | null {
  if (permission === '' || options.authorizer.allows(request.principal, permission, scopeKinds)) return null;
  const { clientId, objectId } = request.principal;
  return armError(403, 'AuthorizationFailed', `The client '${clientId}' with object id '${objectId}' does not have authorization to perform action '${permission}' over scope '${request.http.url.pathname}' or the scope is invalid. If access was recently granted, please refresh your credentials.`);
}

/** A 404 for a type that Azure has would be taken for "there are none": clients such as `az afd custom-domain list` say just that. */
function unknownPath(pathname: string): FaceResponse {
  const [namespace, ...rest] = pathname.split(/\/providers\//i).slice(1).at(-1)?.split('/').filter((part) => part !== '') ?? [];
  if (namespace === undefined) return armError(404, 'NotFound', `The sandbox's Resource Manager has nothing at '${pathname.slice(0, 500)}'.`);
  if (!providerNamespaces.some((known) => sameName(known, namespace))) return armError(404, 'InvalidResourceNamespace', `The resource namespace '${namespace}' is invalid: the sandbox has ${providerNamespaces.join(', ')}.`);
  return notInSandbox(`the resource type '${namespace}/${rest.filter((_part, index) => index % 2 === 0).join('/').slice(0, 200)}'`);
}

/** What `az cloud register --endpoint-resource-manager` alone would ask for. */
const metadata = (endpoints: Endpoints): FaceResponse =>
  json(200, {
    name: 'SpillwaySandbox',
    portal: endpoints.admin,
    authentication: { loginEndpoint: `${endpoints.authority}/`, audiences: [endpoints.arm, 'https://management.azure.com/'], tenant: 'common', identityProvider: 'AAD' },
    resourceManager: endpoints.arm,
    graph: endpoints.arm,
    suffixes: { storage: 'localhost', keyVaultDns: 'vault.localhost' },
  });
