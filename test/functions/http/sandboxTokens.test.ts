import { describe, expect, it } from 'vitest';
import { createEntraFace } from '../../../sandbox/azure/entra/index.ts';
import { principals, spillwayApiAppId } from '../../../sandbox/azure/entra/principals.ts';
import { makeSigningKey } from '../../../sandbox/azure/entra/signingKey.ts';
import { createTokens, type TokenRequest } from '../../../sandbox/azure/entra/tokens.ts';
import { createTokenVerifier } from '../../../src/functions/http/auth/tokenVerifier.ts';
import { now } from '../../domain/check/fixture.ts';
import { authorityHost, tenantId } from './harness.ts';

/** The sandbox's Entra was written apart from the app: what it issues, the app must take, and what it must not issue, refuse. */
const tokens = createTokens({ tenantId, now: () => now, authority: () => authorityHost });
const face = createEntraFace({ tokens, now: () => now, faults: { active: () => null }, identityHeader: 'x', addresses: () => [] });
const verifier = createTokenVerifier({ tenantId, authorityHost, apiAudience: spillwayApiAppId, alertAudience: spillwayApiAppId }, { now: () => now }, async (url) => {
  const response = await face({ method: 'GET', url: new URL(url), headers: {}, body: null, signal: null });
  if (typeof response.body !== 'string') throw new Error('Entra answers with text');
  return new Response(response.body, { status: response.status, headers: response.headers });
});
const operator: TokenRequest = { principal: principals.operator, audience: spillwayApiAppId, roles: principals.operator.apiRoles };
const webhook: TokenRequest = { principal: principals.azureMonitor, audience: spillwayApiAppId, roles: principals.azureMonitor.apiRoles };
const bearer = (request: TokenRequest) => `Bearer ${tokens.issue(request)}`;

describe('tokens of the sandbox\'s Entra', () => {
  it.each(['v1', 'v2'] as const)('an operator\'s is taken, version %s', async (version) => {
    expect(await verifier.verifyCaller(bearer({ ...operator, version }))).toMatchObject({ kind: 'valid', caller: { subject: principals.operator.objectId, roles: ['Reader', 'Operator'] } });
  });

  it.each(['v1', 'v2'] as const)('the action group\'s is taken, version %s, and an operator\'s is not taken for it', async (version) => {
    expect((await verifier.verifyActionGroup(bearer({ ...webhook, version }))).kind).toBe('valid');
    expect((await verifier.verifyActionGroup(bearer({ ...operator, version }))).kind).toBe('forbidden');
    expect((await verifier.verifyActionGroup(bearer({ ...webhook, version, roles: [] }))).kind).toBe('forbidden');
  });

  it.each<[string, Partial<TokenRequest>]>([
    ['another issuer', { issuer: 'https://login.example.test/evil/v2.0' }], ['another tenant', { tenantId: '99999999-2222-4333-8444-555555555555' }], ['another audience', { audience: 'https://management.azure.com' }],
    ['an expired one', { issuedAtMs: now - 3_600_000, lifetimeSeconds: 600 }], ['one of the future', { issuedAtMs: now + 600_000 }], ['a stranger\'s key', { key: makeSigningKey() }],
  ])('%s is refused', async (_, change) => {
    expect((await verifier.verifyCaller(bearer({ ...operator, ...change }))).kind).toBe('invalid');
    expect((await verifier.verifyActionGroup(bearer({ ...webhook, ...change }))).kind).toBe('invalid');
  });
});
