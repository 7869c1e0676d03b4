import { json } from '../answers.ts';
import type { FaceRequest, FaceResponse } from '../face.ts';
import type { EntraOptions } from './options.ts';
import { serviceOf } from './audiences.ts';
import { principalByClientId, principals, spillwayApiAppId } from './principals.ts';

/** Managed identity tokens live for up to 24 hours; the endpoint answers from a cache of them. */
const lifetimeSeconds = 24 * 60 * 60;

/**
 * The managed identity endpoint that App Service and Functions give an app (api-version 2019-08-01): IDENTITY_ENDPOINT
 * with the secret of IDENTITY_HEADER. Without client_id the system-assigned identity answers; here it is the control plane's.
 */
export function managedIdentityAnswer(options: EntraOptions, request: FaceRequest, traceId: string): FaceResponse {
  const query = request.url.searchParams;
  const refuse = (status: number, message: string): FaceResponse => json(status, { statusCode: status, message, correlationId: traceId });
  if (request.method !== 'GET') return refuse(405, `The method ${request.method} is not allowed.`);
  if (request.headers['x-identity-header'] !== options.identityHeader) return refuse(401, 'Unauthorized: the X-IDENTITY-HEADER header is missing or is not the value of IDENTITY_HEADER.');
  if (query.get('api-version') !== '2019-08-01') return refuse(400, `Unsupported api-version '${query.get('api-version') ?? ''}'. The supported api-version is '2019-08-01'.`);
  const resource = query.get('resource');
  if (resource === null || resource === '') return refuse(400, "Required query parameter 'resource' is missing.");
  const clientId = query.get('client_id');
  const principal = clientId === null ? principals.controlPlane : principalByClientId(clientId);
  if (principal === null || (principal.standing !== 'controlPlane' && principal.standing !== 'gate')) {
    return refuse(400, 'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.');
  }
  const service = serviceOf(resource, options.addresses());
  if (service === null) {
    return refuse(400, `AADSTS500011: The resource principal named ${resource} was not found in the tenant named ${options.tokens.tenantId}.`);
  }
  const audience = service === 'api' ? spillwayApiAppId : resource;
  const token = options.tokens.issue({ principal, audience, version: service === 'api' ? 'v2' : 'v1', lifetimeSeconds, roles: service === 'api' ? principal.apiRoles : [] });
  return json(200, {
    access_token: token,
    expires_on: String(Math.floor(options.now() / 1000) + lifetimeSeconds),
    resource,
    token_type: 'Bearer',
    client_id: principal.clientId,
  });
}
