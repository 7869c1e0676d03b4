import { createLocalJWKSet, decodeJwt, errors, jwtVerify, type JSONWebKeySet } from 'jose';
import { ClientSecretCredential } from '@azure/identity';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Azure } from '../../../sandbox/azure/index.ts';
import { azureMonitorWebhookAppId, principals, spillwayApiAppId } from '../../../sandbox/azure/index.ts';
import { makeSigningKey } from '../../../sandbox/azure/entra/signingKey.ts';
import { metricScopesOf } from '../../../sandbox/azure/monitor/index.ts';
import { ask, ids, sampleAzure, startMs, type Asked, type SampleAzure } from '../sampleAzure.ts';

const authority = 'https://login.sandbox.test';
let sample: SampleAzure;
let azure: Azure;
beforeEach(() => {
  sample = sampleAzure();
  azure = sample.azure;
});

const post = (path: string, form: Readonly<Record<string, string>>): Promise<Asked> => ask(azure, `${authority}${path}`, { method: 'POST', token: null, body: new URLSearchParams(form).toString() });
const guid = '11111111-2222-4333-8444-555555555555';
const form = (change: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => ({ grant_type: 'client_credentials', client_id: guid, client_secret: 'x', scope: 'https://management.azure.com/.default', ...change });

async function keySet(): Promise<JSONWebKeySet> {
  const { body } = await ask(azure, `${authority}/${azure.tokens.tenantId}/discovery/v2.0/keys`, { token: null });
  return body as JSONWebKeySet;
}

describe('tokens of the tenant', () => {
  it('are verified by jose through discovery and the published keys', async () => {
    const { body } = await ask(azure, `${authority}/${azure.tokens.tenantId}/v2.0/.well-known/openid-configuration`, { token: null });
    const discovered = body as { readonly issuer: string; readonly jwks_uri: string };
    expect(new URL(discovered.jwks_uri).hostname).toBe('login.sandbox.test');
    const verified = await jwtVerify(azure.issueToken({ as: 'operator', audience: 'api' }), createLocalJWKSet(await keySet()), {
      issuer: discovered.issuer,
      audience: spillwayApiAppId,
      algorithms: ['RS256'],
      currentDate: new Date(startMs),
    });
    expect(verified.payload).toMatchObject({ roles: ['Reader', 'Operator'], oid: principals.operator.objectId, ver: '2.0', azp: principals.operator.clientId });
  });

  it("carry the action group's role and application where Azure Monitor calls", () => {
    expect(decodeJwt(azure.issueToken({ as: 'azureMonitor', audience: 'alerts' }))).toMatchObject({ roles: ['ActionGroupsSecureWebhook'], azp: azureMonitorWebhookAppId, aud: spillwayApiAppId });
  });

  it('of a foreign key do not pass jose', async () => {
    const foreign = azure.issueToken({ as: 'operator', audience: 'api', key: makeSigningKey() });
    await expect(jwtVerify(foreign, createLocalJWKSet(await keySet()), { currentDate: new Date(startMs) })).rejects.toBeInstanceOf(errors.JWKSNoMatchingKey);
  });
});

it('a token with white space in it is none, also where a service takes it without a scheme', () => {
  const token = azure.issueToken({ as: 'owner', audience: 'arm' });
  const audiences = ['https://management.azure.com'];
  expect(azure.tokens.checkToken(token, audiences)).toMatchObject({ kind: 'valid' });
  expect(azure.tokens.checkToken(`${token} `, audiences)).toEqual({ kind: 'malformed' });
});

describe('Resource Manager refuses a token in its own words', () => {
  const cases: readonly (readonly [string, () => string | null, string, RegExp])[] = [
    ['missing', () => null, 'AuthenticationFailed', /'Authorization' header is missing/],
    ['no JWT', () => 'abc', 'InvalidAuthenticationToken', /invalid/],
    ['expired', () => azure.issueToken({ as: 'owner', audience: 'arm', issuedAtMs: startMs - 7_200_000 }), 'ExpiredAuthenticationToken', /expiry UTC time '2026-11-23 11:15:00' is earlier than current UTC time '2026-11-23 12:00:00'/],
    ['not valid yet', () => azure.issueToken({ as: 'owner', audience: 'arm', issuedAtMs: startMs + 3_600_000 }), 'InvalidAuthenticationToken', /not valid yet/],
    ['of another audience', () => azure.issueToken({ as: 'owner', audience: 'storage' }), 'InvalidAuthenticationTokenAudience', /wrong audience or resource 'https:\/\/storage\.azure\.com\/'/],
    ['of another tenant', () => azure.issueToken({ as: 'owner', audience: 'arm', tenantId: guid }), 'InvalidAuthenticationTokenTenant', /wrong issuer/],
    ['with a foreign signature', () => azure.issueToken({ as: 'owner', audience: 'arm', key: makeSigningKey() }), 'InvalidAuthenticationToken', /signature/],
    ['with a changed body', () => forged(azure.issueToken({ as: 'gate', audience: 'arm' })), 'InvalidAuthenticationToken', /signature/],
  ];
  it.each(cases)('%s', async (_name, token, code, message) => {
    const answer = await ask(azure, '/subscriptions?api-version=2020-01-01', { token: token() });
    expect(answer.status).toBe(401);
    expect(answer.body).toMatchObject({ error: { code, message: expect.stringMatching(message) } });
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer authorization_uri="https:\/\/login\.sandbox\.test\//);
  });

  it('keeps on refusing a token that expires while it is known', async () => {
    const token = azure.issueToken({ as: 'owner', audience: 'arm', lifetimeSeconds: 60 });
    expect((await ask(azure, '/subscriptions?api-version=2020-01-01', { token })).status).toBe(200);
    sample.clock.runUntil(startMs + 60_000);
    expect((await ask(azure, '/subscriptions?api-version=2020-01-01', { token })).status).toBe(401);
  });
});

/** The same signature over another principal. */
function forged(token: string): string {
  const [head = '', body = '', signature = ''] = token.split('.');
  const claims: Record<string, unknown> = JSON.parse(Buffer.from(body, 'base64url').toString());
  return `${head}.${Buffer.from(JSON.stringify({ ...claims, appid: principals.owner.clientId })).toString('base64url')}.${signature}`;
}

describe('the other services refuse with theirs', () => {
  it.each([
    ['Cosmos DB', 'https://cosmos.sandbox.test/', { authorization: encodeURIComponent('type=aad&ver=1.0&sig=abc') }, 401],
    ['the blob service', 'https://blob.sandbox.test/stspillway/fence/epoch', { authorization: 'Bearer abc', 'x-ms-version': '2023-11-03' }, 401],
    ['the API server', 'https://eastus2.kube.sandbox.test/api/v1/nodes', { authorization: 'Bearer abc' }, 401],
  ])('%s', async (_name, url, headers, status) => {
    const response = await azure.handle({ method: 'GET', url: new URL(url), headers, body: null, signal: null });
    expect(response.status).toBe(status);
  });

  it('a token for Resource Manager opens no cluster and no account', async () => {
    const arm = azure.issueToken({ as: 'owner', audience: 'arm' });
    const of = async (url: string, authorization: string): Promise<number> => (await azure.handle({ method: 'GET', url: new URL(url), headers: { authorization, 'x-ms-version': '2023-11-03' }, body: null, signal: null })).status;
    expect(await of('https://eastus2.kube.sandbox.test/api/v1/nodes', `Bearer ${arm}`)).toBe(401);
    expect(await of('https://blob.sandbox.test/stspillway/fence/epoch', `Bearer ${arm}`)).toBe(401);
    expect(await of('https://cosmos.sandbox.test/', encodeURIComponent(`type=aad&ver=1.0&sig=${arm}`))).toBe(401);
  });
});

describe('the token endpoint', () => {
  it('serves ClientSecretCredential of @azure/identity', async () => {
    const credential = new ClientSecretCredential(azure.tokens.tenantId, guid, 'anything', { authorityHost: authority, disableInstanceDiscovery: true, httpClient: azure.httpClient() });
    const { token } = await credential.getToken('https://management.azure.com/.default');
    expect((await ask(azure, '/subscriptions?api-version=2020-01-01', { token })).status).toBe(200);
  });

  it.each([
    ['no grant type', { grant_type: '' }, 400, 'unsupported_grant_type'],
    ['a password', { grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['a client that is no GUID', { client_id: 'me' }, 400, 'unauthorized_client'],
    ['no secret', { client_secret: '' }, 401, 'invalid_client'],
    ['no /.default', { scope: 'https://management.azure.com' }, 400, 'invalid_scope'],
    ['a resource that is not there', { scope: 'https://vault.azure.net/.default' }, 400, 'invalid_resource'],
  ])('refuses %s', async (_name, change, status, error) => {
    const answer = await post(`/${azure.tokens.tenantId}/oauth2/v2.0/token`, form(change));
    expect([answer.status, (answer.body as { readonly error: string }).error]).toEqual([status, error]);
    expect(answer.body).toMatchObject({ error_description: expect.stringMatching(/^AADSTS\d+: /) });
  });

  it('refuses another tenant, and says what it does not have', async () => {
    expect((await post(`/${guid}/oauth2/v2.0/token`, form())).body).toMatchObject({ error_codes: [90_002] });
    expect((await post(`/${azure.tokens.tenantId}/oauth2/v2.0/devicecode`, form())).status).toBe(404);
  });

  it('is down when Entra is', async () => {
    sample.world.faults.inject({ kind: 'entraDown' });
    expect((await post(`/${azure.tokens.tenantId}/oauth2/v2.0/token`, form())).status).toBe(503);
  });
});

describe('the managed identity endpoint', () => {
  const get = (query: string, header: string | null): Promise<Asked> => ask(azure, `${authority}/msi/token?${query}`, { token: null, headers: header === null ? {} : { 'x-identity-header': header } });
  const secret = (): string => azure.environment()['IDENTITY_HEADER'] ?? '';

  it('answers as App Service documents it', async () => {
    const answer = await get(`api-version=2019-08-01&resource=https%3A%2F%2Fcosmos.azure.com&client_id=${principals.controlPlane.clientId}`, secret());
    expect(answer.body).toMatchObject({ token_type: 'Bearer', resource: 'https://cosmos.azure.com', client_id: principals.controlPlane.clientId, expires_on: String(startMs / 1000 + 86_400) });
  });

  it.each([
    ['no header', 'api-version=2019-08-01&resource=https://cosmos.azure.com', null, 401],
    ['a wrong header', 'api-version=2019-08-01&resource=https://cosmos.azure.com', 'wrong', 401],
    ['another api-version', 'api-version=2017-09-01&resource=https://cosmos.azure.com', 'right', 400],
    ['no resource', 'api-version=2019-08-01', 'right', 400],
    ['an identity that is not assigned', `api-version=2019-08-01&resource=https://cosmos.azure.com&client_id=${guid}`, 'right', 400],
    ["a person's client id", `api-version=2019-08-01&resource=https://cosmos.azure.com&client_id=${principals.owner.clientId}`, 'right', 400],
    ['a resource that is not there', 'api-version=2019-08-01&resource=https://vault.azure.net', 'right', 400],
  ])('refuses %s', async (_name, query, header, status) => {
    expect((await get(query, header === 'right' ? secret() : header)).status).toBe(status);
  });
});

describe('roles', () => {
  const token = (): string => azure.issueToken({ as: 'controlPlane', audience: 'arm' });

  it.each([
    ['reads origins', `${ids.profile}/originGroups/web/origins?api-version=2024-02-01`, 200],
    ['reads metrics of Front Door', `${ids.profile}/providers/microsoft.insights/metrics?api-version=2024-02-01&metricnames=RequestCount`, 200],
    ['reads metrics of a gateway', `${ids.gateway}/providers/microsoft.insights/metrics?api-version=2024-02-01&metricnames=HealthyHostCount`, 200],
    ['reads node pools', `${ids.cluster}/agentPools?api-version=2026-06-01`, 200],
    ['does not read gateways', `${ids.gateway}?api-version=2024-05-01`, 403],
    ['does not list resource groups', `/subscriptions/${ids.subscription}/resourceGroups?api-version=2021-04-01`, 403],
  ])('the control plane %s', async (_name, path, status) => {
    expect((await ask(azure, path, { token: token() })).status).toBe(status);
  });

  it('a guest may do nothing, and is told which action was missing', async () => {
    const answer = await ask(azure, `${ids.profile}?api-version=2024-02-01`, { token: azure.issueToken({ as: 'operator', audience: 'arm' }) });
    expect(answer.status).toBe(403);
    expect(answer.body).toMatchObject({ error: { code: 'AuthorizationFailed', message: expect.stringContaining("'Microsoft.Cdn/profiles/read'") } });
  });

  it.each([
    ['frontDoorProfile', ids.profile],
    ['applicationGateway', ids.gateway],
  ])('metrics are read by a grant on their own resource: %s', (scopeKind, resourceId) => {
    expect(metricScopesOf(sample.world, { resourceId, what: 'metrics' })).toEqual([scopeKind, 'subscription']);
  });

  it('can be left out', async () => {
    const open = sampleAzure({ roleEnforcement: 'off' }).azure;
    expect((await ask(open, `${ids.gateway}?api-version=2024-05-01`, { token: open.issueToken({ as: 'controlPlane', audience: 'arm' }) })).status).toBe(200);
  });

  it('in a cluster: the control plane scales its workloads and touches nothing else', async () => {
    const kube = azure.issueToken({ as: 'controlPlane', audience: 'aks' });
    const of = async (method: string, path: string): Promise<number> =>
      (await azure.handle({ method, url: new URL(`https://eastus2.kube.sandbox.test${path}`), headers: { authorization: `Bearer ${kube}`, 'content-type': 'application/merge-patch+json' }, body: method === 'GET' ? null : Buffer.from('{"spec":{"maxReplicas":60}}'), signal: null })).status;
    expect(await of('GET', '/api/v1/nodes')).toBe(200);
    expect(await of('PATCH', '/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/web')).toBe(200);
    expect(await of('GET', '/apis/apps/v1/deployments')).toBe(403);
    expect(await of('DELETE', '/apis/apps/v1/namespaces/shop/deployments/web')).toBe(403);
  });
});
