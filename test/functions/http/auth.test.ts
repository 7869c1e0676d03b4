import { SignJWT, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { createTokenVerifier } from '../../../src/functions/http/auth/tokenVerifier.ts';
import { routes } from '../../../src/functions/http/routes/index.ts';
import { now } from '../../domain/check/fixture.ts';
import { actionGroupToken, alertAudience, apiAudience, authorityHost, harness, keysFetch, tenantId, token, type TokenChange } from './harness.ts';

const clock = { now: () => now };
const verifier = (fetch = keysFetch) => createTokenVerifier({ tenantId, authorityHost, apiAudience, alertAudience }, clock, fetch);
const check = async (change: TokenChange) => verifier().verifyCaller(`Bearer ${await token(['Reader'], change)}`);
const invalid = (why: string) => ({ kind: 'invalid', why });

describe('verifyCaller', () => {
  it('takes version 2 and version 1 tokens of the tenant, and knows who calls', async () => {
    expect(await check({})).toMatchObject({ kind: 'valid', caller: { subject: 'oid-ada', name: 'ada@example.test', roles: ['Reader'] } });
    const v1 = { issuer: `https://sts.windows.net/${tenantId}/`, claims: { ver: '1.0', preferred_username: undefined, upn: 'ada@v1.test' } };
    expect(await check(v1)).toMatchObject({ kind: 'valid', caller: { name: 'ada@v1.test' } });
    expect(await check({ claims: { preferred_username: undefined, oid: 'oid-app' } })).toMatchObject({ kind: 'valid', caller: { subject: 'oid-app', name: 'client-1' } });
  });

  it.each<[string, TokenChange, string]>([
    ['another issuer', { issuer: 'https://login.example.test/other/v2.0' }, 'the token\'s claim "iss" is not as it must be'],
    ['another tenant\'s issuer of version 1', { issuer: 'https://sts.windows.net/other/' }, 'the token\'s claim "iss" is not as it must be'],
    ['another audience', { audience: 'api://somebody-else' }, 'the token\'s claim "aud" is not as it must be'],
    ['the alert audience', { audience: alertAudience }, 'the token\'s claim "aud" is not as it must be'],
    ['another tenant id', { claims: { tid: 'other' } }, 'the token is of another tenant'],
    ['no tenant id', { claims: { tid: undefined } }, 'the token is of another tenant'],
    ['an expired one', { issuedAt: now - 7_200_000, expiresAt: now - 61_000 }, 'the token has expired'],
    ['one without expiry', { expiresAt: null }, 'the token\'s claim "exp" is not as it must be'],
    ['one of the future', { issuedAt: now + 62_000 }, 'the token\'s claim "nbf" is not as it must be'],
    ['a stranger\'s signature under our key id', { key: 'strangers' }, 'the token\'s signature is wrong'],
    ['an unknown key id', { key: 'strangers', kid: 'k9' }, 'the token is signed with a key that is not the authority\'s'],
    ['one without subject', { claims: { oid: undefined, sub: undefined } }, 'the token names no subject'],
  ])('refuses %s', async (_, change, why) => {
    expect(await check(change)).toEqual(invalid(why));
  });

  it('an application\'s client id and api:// with that id are the same audience, and nothing else is', async () => {
    const id = '3f6c1d2a-90b4-4c55-8f0e-7d1b6a2c4e90';
    for (const setting of [id, `api://${id}`]) {
      const own = createTokenVerifier({ tenantId, authorityHost, apiAudience: setting, alertAudience: setting }, clock, keysFetch);
      const verdictOf = async (audience: string) => (await own.verifyCaller(`Bearer ${await token(['Reader'], { audience })}`)).kind;
      expect([await verdictOf(id), await verdictOf(`api://${id}`), await verdictOf(`api://${id}/x`), await verdictOf('api://spillway')]).toEqual(['valid', 'valid', 'invalid', 'invalid']);
      expect((await own.verifyActionGroup(`Bearer ${await actionGroupToken({ audience: id })}`)).kind).toBe('valid');
    }
    expect((await check({ audience: 'spillway' })).kind).toBe('invalid');
  });

  it('tolerates a minute of clock difference', async () => {
    expect((await check({ issuedAt: now - 7_200_000, expiresAt: now - 59_000 })).kind).toBe('valid');
    expect((await check({ issuedAt: now + 58_000 })).kind).toBe('valid');
  });

  it('refuses every algorithm but RS256, and no signature at all', async () => {
    const claims = { tid: tenantId, oid: 'x', roles: ['Approver'], iss: `${authorityHost}/${tenantId}/v2.0`, aud: apiAudience, exp: now / 1000 + 60 };
    const { privateKey: pss } = await generateKeyPair('PS256');
    const symmetric = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(new TextEncoder().encode('the public key used as a secret, 32 bytes'));
    const probabilistic = await new SignJWT(claims).setProtectedHeader({ alg: 'PS256', kid: 'k1' }).sign(pss);
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
    for (const forged of [symmetric, probabilistic]) expect(await verifier().verifyCaller(`Bearer ${forged}`)).toEqual(invalid('the token is not signed with RS256'));
    expect((await verifier().verifyCaller(`Bearer ${unsigned}`)).kind).toBe('invalid');
    expect((await verifier().verifyCaller(`Bearer ${unsigned}AA`)).kind).toBe('invalid');
  });

  it('refuses a changed payload', async () => {
    const [head, , signature] = (await token(['Reader'])).split('.');
    const payload = Buffer.from(JSON.stringify({ tid: tenantId, oid: 'x', roles: ['Approver'], iss: `${authorityHost}/${tenantId}/v2.0`, aud: apiAudience, exp: now / 1000 + 60 })).toString('base64url');
    expect(await verifier().verifyCaller(`Bearer ${head}.${payload}.${signature}`)).toEqual(invalid('the token\'s signature is wrong'));
  });

  it.each([[null, 'there is no Authorization header'], ['', 'the Authorization header holds no bearer token'], ['Basic YTpi', 'the Authorization header holds no bearer token'], ['Bearer abc', 'the Authorization header holds no bearer token'], ['Bearer a.b.c', 'the token cannot be read']])(
    'refuses %j', async (header, why) => {
      expect(await verifier().verifyCaller(header)).toEqual(invalid(why));
    },
  );

  it('says unavailable, not invalid, when the keys cannot be had; and does not fetch them for each call', async () => {
    const down = verifier(() => Promise.reject(new Error('connect ECONNREFUSED')));
    expect(await down.verifyCaller(`Bearer ${await token(['Reader'])}`)).toEqual({ kind: 'unavailable', why: 'the authority\'s keys could not be fetched' });
    let fetched = 0;
    const counted = verifier((...args) => { fetched += 1; return keysFetch(...args); });
    for (let call = 0; call < 5; call += 1) await counted.verifyCaller(`Bearer ${await token(['Reader'])}`);
    for (let call = 0; call < 5; call += 1) await counted.verifyCaller(`Bearer ${await token(['Reader'], { kid: 'made-up' })}`);
    expect(fetched).toBe(1);
  });
});

describe('verifyActionGroup', () => {
  const verify = async (change: TokenChange) => verifier().verifyActionGroup(`Bearer ${await actionGroupToken(change)}`);

  it('takes the action group\'s token, version 1 and 2', async () => {
    expect((await verify({})).kind).toBe('valid');
    expect((await verify({ issuer: `https://sts.windows.net/${tenantId}/`, claims: { azp: undefined, appid: '461e8683-5575-4561-ac7f-899cc907d62a' } })).kind).toBe('valid');
  });

  it.each<[string, TokenChange, string]>([
    ['another application with the role', { claims: { azp: 'client-1' } }, 'forbidden'],
    ['the application without the role', { claims: { roles: [] } }, 'forbidden'],
    ['an Approver', { claims: { azp: 'client-1', roles: ['Approver'] } }, 'forbidden'],
    ['the API\'s audience', { audience: apiAudience }, 'invalid'],
    ['a stranger\'s key', { key: 'strangers' }, 'invalid'],
  ])('refuses %s', async (_, change, kind) => {
    expect((await verify(change)).kind).toBe(kind);
  });
});

describe('who may call which route', () => {
  const path = (route: string): string => `/api/${route.replaceAll('{region}', 'eastus2').replaceAll('{id}', 'r1')}`;

  it('liveness is the only open route', () => {
    expect(routes.filter((route) => route.access === 'open').map((route) => route.path)).toEqual(['health']);
  });

  it.each(routes.filter((route) => route.access !== 'open').map((route) => [route.method, route.path] as const))('%s /api/%s wants a token', async (method, route) => {
    const { call } = harness();
    const answered = await call(method, path(route), { token: null });
    expect(answered).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(answered.headers).toMatchObject({ 'WWW-Authenticate': 'Bearer error="invalid_token"', 'Content-Type': 'application/problem+json' });
    expect(await call(method, path(route), { token: await token(['Approver'], { key: 'strangers' }) })).toMatchObject({ status: 401 });
  });

  it.each(routes.flatMap((route) => (route.access === 'open' || route.access === 'actionGroup' ? [] : [[route.method, route.path, route.access] as const])))('%s /api/%s needs %s', async (method, route, needed) => {
    const { call } = harness();
    const order = ['Reader', 'Operator', 'Approver'] as const;
    for (const role of order) {
      const { status, body } = await call(method, path(route), { roles: [role], body: {} });
      const allowed = order.indexOf(role) >= order.indexOf(needed);
      expect([role, status === 403]).toEqual([role, !allowed]);
      if (!allowed) expect(body).toMatchObject({ code: 'forbidden', detail: `the role ${needed} is needed; the token has ${role}` });
    }
    expect(await call(method, path(route), { roles: [] })).toMatchObject({ status: 403, body: { detail: expect.stringContaining('has none') as string } });
    expect(await call(method, path(route), { token: await actionGroupToken({ audience: apiAudience }) })).toMatchObject({ status: 403 });
  });

  it('an Approver\'s token does not pass for an action group\'s', async () => {
    const { call, state } = harness();
    expect(await call('POST', '/api/alerts/azure-monitor', { token: await token(['Approver'], { audience: alertAudience }), body: {} })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(state.documents.size).toBe(0);
  });

  it('a token that cannot be checked now is a 503, not a 401', async () => {
    const { call } = harness({ tokens: verifier(() => Promise.reject(new Error('down'))) });
    expect(await call('GET', '/api/regions')).toMatchObject({ status: 503, body: { code: 'authorityUnavailable' }, headers: { 'Retry-After': '10' } });
  });
});
