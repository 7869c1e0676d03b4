import { json } from '../answers.ts';
import type { FaceRequest, FaceResponse } from '../face.ts';
import type { EntraOptions } from './options.ts';
import { serviceOf } from './audiences.ts';
import { principalByClientId, spillwayApiAppId, visitor } from './principals.ts';

/** What clients are told, and by which they keep a token. */
const toldSeconds = 3599;

/** What a token lives by the world's clock: longer than told, since that clock may run faster than the client's. */
const lifetimeSeconds = 24 * 60 * 60;

type Refuse = (status: number, error: string, message: string, code: number) => FaceResponse;

/**
 * The token endpoint for client credentials. Any GUID may log in with any secret that is not empty: the sandbox keeps
 * no registrations, and an unknown client is an owner. Known clients keep their standing.
 */
export function tokenEndpointAnswer(options: EntraOptions, request: FaceRequest, refuse: Refuse): FaceResponse {
  const form = new URLSearchParams(request.body === null ? '' : new TextDecoder().decode(request.body));
  const grantType = form.get('grant_type');
  if (grantType === null) return refuse(400, 'invalid_request', "AADSTS900144: The request body must contain the following parameter: 'grant_type'.", 900_144);
  if (grantType !== 'client_credentials') {
    return refuse(400, 'unsupported_grant_type', `AADSTS70003: The app requested an unsupported grant type '${grantType}'. The sandbox has client_credentials only.`, 70_003);
  }
  const clientId = form.get('client_id');
  if (clientId === null || clientId === '') return refuse(400, 'invalid_request', "AADSTS900144: The request body must contain the following parameter: 'client_id'.", 900_144);
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(clientId)) {
    return refuse(400, 'unauthorized_client', `AADSTS700016: Application with identifier '${clientId}' was not found in the directory '${options.tokens.tenantId}'.`, 700_016);
  }
  if ((form.get('client_secret') ?? '') === '' && (form.get('client_assertion') ?? '') === '') {
    return refuse(401, 'invalid_client', "AADSTS7000216: 'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.", 7_000_216);
  }
  const asked = resourceOf(form);
  if (asked === null) return refuse(400, 'invalid_scope', `AADSTS1002012: The provided value for scope ${form.get('scope') ?? ''} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.`, 1_002_012);
  const service = serviceOf(asked.resource, options.addresses());
  if (service === null) {
    return refuse(400, 'invalid_resource', `AADSTS500011: The resource principal named ${asked.resource} was not found in the tenant named ${options.tokens.tenantId}.`, 500_011);
  }
  const principal = principalByClientId(clientId) ?? visitor(clientId);
  const token = options.tokens.issue({
    principal,
    audience: service === 'api' ? spillwayApiAppId : asked.resource,
    version: service === 'api' ? 'v2' : 'v1',
    lifetimeSeconds,
    roles: service === 'api' ? principal.apiRoles : [],
  });
  const v1Fields = asked.form === 'resource' ? { expires_on: String(Math.floor(options.now() / 1000) + toldSeconds), resource: asked.resource } : {};
  return json(200, { token_type: 'Bearer', expires_in: toldSeconds, ext_expires_in: toldSeconds, ...v1Fields, access_token: token }, { pragma: 'no-cache', 'cache-control': 'no-store, no-cache' });
}

function resourceOf(form: URLSearchParams): { readonly resource: string; readonly form: 'resource' | 'scope' } | null {
  const resource = form.get('resource');
  if (resource !== null && resource !== '') return { resource, form: 'resource' };
  // openid, profile and offline_access are what libraries add on their own
  const scopes = (form.get('scope') ?? '').split(/\s+/).filter((scope) => scope !== '' && !['openid', 'profile', 'offline_access'].includes(scope));
  const [scope] = scopes;
  if (scopes.length !== 1 || scope === undefined || !scope.endsWith('/.default')) return null;
  // a resource that ends in a slash keeps it: https://host//.default
  return { resource: scope.slice(0, -'/.default'.length), form: 'scope' };
}
