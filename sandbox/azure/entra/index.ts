import { decodeSegment, json } from '../answers.ts';
import type { Face, FaceRequest, FaceResponse } from '../face.ts';
import { identityPath } from '../routing.ts';
import { playServiceDown } from '../transport/serviceDown.ts';
import { entraError } from './errors.ts';
import { managedIdentityAnswer } from './managedIdentity.ts';
import type { EntraOptions } from './options.ts';
import { tokenEndpointAnswer } from './tokenEndpoint.ts';

/** Authority names under which the tenant answers; `adfs` is what a private cloud's authority is called by `az`. */
const tenantAliases: ReadonlySet<string> = new Set(['common', 'organizations', 'adfs']);

/** Entra ID as far as clients of this Azure use it: discovery, keys, client credentials, and the managed identity endpoint. */
export function createEntraFace(options: EntraOptions): Face {
  let requests = 0;
  return (request) => {
    requests += 1;
    const traceId = `5e0a0000-0000-4000-8000-${requests.toString(16).padStart(12, '0')}`;
    const down = playServiceDown(options.faults.active('entraDown'));
    if (down !== null) return entraError(down.status, 'temporarily_unavailable', 'AADSTS90033: A transient error has occurred. Please try again.', 90_033, traceId, options.now());
    return answer(options, request, traceId);
  };
}

function answer(options: EntraOptions, request: FaceRequest, traceId: string): FaceResponse | Promise<FaceResponse> {
  const { url, method } = request;
  if (url.pathname.toLowerCase() === identityPath) return managedIdentityAnswer(options, request, traceId);
  const segments = url.pathname.split('/').slice(1).map(decodeSegment);
  const [authority = '', ...rest] = segments;
  const tenant = authority.toLowerCase();
  const refuse = (status: number, error: string, message: string, code: number): FaceResponse => entraError(status, error, message, code, traceId, options.now());
  const path = rest.join('/').toLowerCase();
  if (method === 'GET' && path === 'discovery/instance') return json(200, instanceDiscovery(url));
  if (tenant !== options.tokens.tenantId && !tenantAliases.has(tenant)) {
    return refuse(400, 'invalid_tenant', `AADSTS90002: Tenant '${authority}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`, 90_002);
  }
  switch (`${method} ${path}`) {
    case 'GET .well-known/openid-configuration':
    case 'GET v2.0/.well-known/openid-configuration':
      return json(200, discovery(url, authority, path.startsWith('v2.0') ? 'v2' : 'v1', options.tokens.tenantId));
    case 'GET discovery/keys':
    case 'GET discovery/v2.0/keys':
      return json(200, { keys: [{ ...options.tokens.key.jwk, use: 'sig', alg: 'RS256', kid: options.tokens.key.kid, x5t: options.tokens.key.kid }] });
    case 'POST oauth2/token':
    case 'POST oauth2/v2.0/token':
      return tokenEndpointAnswer(options, request, refuse);
    default:
      return refuse(404, 'not_found', `AADSTS900144: The sandbox's Entra does not answer ${method} ${url.pathname}; it has discovery, keys, client credentials at oauth2/v2.0/token, and managed identities at ${identityPath}.`, 900_144);
  }
}

function discovery(url: URL, authority: string, version: 'v1' | 'v2', tenantId: string): unknown {
  const base = `${url.origin}/${authority}`;
  const infix = version === 'v2' ? 'v2.0/' : '';
  return {
    issuer: version === 'v2' ? `${url.origin}/${tenantId}/v2.0` : `https://sts.windows.net/${tenantId}/`,
    authorization_endpoint: `${base}/oauth2/${infix}authorize`,
    token_endpoint: `${base}/oauth2/${infix}token`,
    jwks_uri: `${base}/discovery/${infix}keys`,
    response_types_supported: ['token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    scopes_supported: ['openid'],
    claims_supported: ['aud', 'iss', 'iat', 'nbf', 'exp', 'oid', 'sub', 'tid', 'roles', 'appid', 'azp', 'ver'],
    tenant_region_scope: 'NA',
  };
}

const instanceDiscovery = (url: URL): unknown => ({
  tenant_discovery_endpoint: `${url.origin}/common/v2.0/.well-known/openid-configuration`,
  'api-version': '1.1',
  metadata: [{ preferred_network: url.host, preferred_cache: url.host, aliases: [url.host] }],
});
