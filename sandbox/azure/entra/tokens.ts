import { createHash, sign, verify } from 'node:crypto';
import { principalByClientId, visitor, type Principal } from './principals.ts';
import { sharedSigningKey, type SigningKey } from './signingKey.ts';

/** What a face learns of the bearer token that a request carries. Each service words its own refusal from it. */
export type TokenVerdict =
  | { readonly kind: 'valid'; readonly principal: Principal; readonly claims: TokenClaims }
  | { readonly kind: 'missing' }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'badSignature' }
  | { readonly kind: 'expired'; readonly expiredAt: number; readonly now: number }
  | { readonly kind: 'notYetValid'; readonly validFrom: number; readonly now: number }
  | { readonly kind: 'wrongAudience'; readonly audience: string }
  | { readonly kind: 'wrongTenant'; readonly tenant: string };

export interface TokenClaims {
  readonly aud: string;
  readonly iss: string;
  readonly oid: string;
  readonly tid: string;
  /** Seconds since the epoch. */
  readonly exp: number;
  readonly nbf: number;
  readonly roles?: readonly string[];
  readonly [claim: string]: unknown;
}

export interface TokenRequest {
  readonly principal: Principal;
  readonly audience: string;
  /** v1 tokens carry `appid` and the sts.windows.net issuer, v2 ones `azp` and the authority's. */
  readonly version?: 'v1' | 'v2';
  readonly lifetimeSeconds?: number;
  readonly roles?: readonly string[];
  /** Overrides, to make tokens that must be refused: issuer, issuing instant, signing key, tenant. */
  readonly issuer?: string;
  readonly issuedAtMs?: number;
  readonly key?: SigningKey;
  readonly tenantId?: string;
}

/** Issues and checks the tenant's tokens. Synchronous on purpose: a check costs microseconds and holds no virtual time. */
export interface Tokens {
  readonly tenantId: string;
  readonly key: SigningKey;
  issue(request: TokenRequest): string;
  /** @param authorization the request's header as it came; @param audiences what this service answers to. */
  check(authorization: string | undefined, audiences: readonly string[]): TokenVerdict;
  /** The same of a token alone, as services have it that take it in a header of their own shape. */
  checkToken(token: string, audiences: readonly string[]): TokenVerdict;
}

export interface TokensOptions {
  readonly tenantId: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** `https://host[:port]` of the authority; asked at each use, since listening gives it a port. */
  readonly authority: () => string;
  readonly key?: SigningKey;
}

/** Entra's default lifetimes lie between 60 and 90 minutes; managed identities get 24 hours (see the identity endpoint). */
const defaultLifetimeSeconds = 75 * 60;

/** Entra's own clock-skew allowance for checks. */
const skewSeconds = 300;

const rememberedAtMost = 512;

/** What stays true of a token for as long as it lives. `onAudiences`: the lists that its audience was found on. */
type Read =
  | { readonly kind: 'read'; readonly claims: TokenClaims; readonly principal: Principal | null; readonly onAudiences: WeakSet<readonly string[]> }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'badSignature' };

export function createTokens(options: TokensOptions): Tokens {
  const key = options.key ?? sharedSigningKey();
  const known = new Map<string, Read>();

  const issue = (request: TokenRequest): string => {
    const signer = request.key ?? key;
    const issuedAt = Math.floor((request.issuedAtMs ?? options.now()) / 1000);
    const tenantId = request.tenantId ?? options.tenantId;
    const version = request.version ?? 'v2';
    const own = request.issuer ?? (version === 'v1' ? `https://sts.windows.net/${tenantId}/` : `${options.authority()}/${tenantId}/v2.0`);
    const { principal } = request;
    const roles = request.roles ?? [];
    const claims = {
      aud: request.audience,
      iss: own,
      iat: issuedAt,
      nbf: issuedAt,
      exp: issuedAt + (request.lifetimeSeconds ?? defaultLifetimeSeconds),
      ...(version === 'v1' ? { appid: principal.clientId, appidacr: '1', idp: own } : { azp: principal.clientId, azpacr: '1' }),
      idtyp: 'app',
      oid: principal.objectId,
      sub: principal.objectId,
      tid: tenantId,
      ...(roles.length > 0 ? { roles } : {}),
      uti: createHash('sha256').update(`${principal.objectId} ${request.audience} ${issuedAt}`).digest('base64url').slice(0, 22),
      ver: version === 'v1' ? '1.0' : '2.0',
    };
    const head = base64urlJson({ typ: 'JWT', alg: 'RS256', kid: signer.kid, ...(version === 'v1' ? { x5t: signer.kid } : {}) });
    const signed = `${head}.${base64urlJson(claims)}`;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), signer.privateKey).toString('base64url')}`;
  };

  const readToken = (token: string): Read => {
    const parts = token.split('.');
    const [head, body, signature] = parts;
    if (parts.length !== 3 || /\s/.test(token) || head === undefined || body === undefined || signature === undefined) return { kind: 'malformed' };
    const header = parseRecord(head);
    const claims = parseRecord(body);
    if (header === null || claims === null || !isClaims(claims)) return { kind: 'malformed' };
    if (header['alg'] !== 'RS256' || header['kid'] !== key.kid) return { kind: 'badSignature' };
    if (!verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key.publicKey, Buffer.from(signature, 'base64url'))) return { kind: 'badSignature' };
    const clientId = claims['appid'] ?? claims['azp'];
    const principal = typeof clientId === 'string' ? (principalByClientId(clientId) ?? visitor(clientId)) : null;
    return { kind: 'read', claims, principal, onAudiences: new WeakSet() };
  };

  const readOnce = (token: string): Read => {
    const seen = known.get(token);
    if (seen !== undefined) return seen;
    const read = readToken(token);
    if (read.kind !== 'read') return read;
    if (known.size >= rememberedAtMost) known.clear();
    known.set(token, read);
    return read;
  };

  const checkToken = (token: string, audiences: readonly string[]): TokenVerdict => {
    const read = readOnce(token);
    if (read.kind !== 'read') return read;
    const { claims, principal, onAudiences } = read;
    const nowMs = options.now();
    if (claims.exp * 1000 <= nowMs) return { kind: 'expired', expiredAt: claims.exp * 1000, now: nowMs };
    if ((claims.nbf - skewSeconds) * 1000 > nowMs) return { kind: 'notYetValid', validFrom: claims.nbf * 1000, now: nowMs };
    if (claims.tid !== options.tenantId) return { kind: 'wrongTenant', tenant: claims.tid };
    if (!onAudiences.has(audiences)) {
      const wanted = claims.aud.replace(/\/+$/, '').toLowerCase();
      if (!audiences.some((audience) => audience.replace(/\/+$/, '').toLowerCase() === wanted)) return { kind: 'wrongAudience', audience: claims.aud };
      onAudiences.add(audiences);
    }
    return principal === null ? { kind: 'malformed' } : { kind: 'valid', principal, claims };
  };

  const check = (authorization: string | undefined, audiences: readonly string[]): TokenVerdict => {
    if (authorization === undefined || authorization === '') return { kind: 'missing' };
    const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
    return token === undefined ? { kind: 'malformed' } : checkToken(token, audiences);
  };

  return { tenantId: options.tenantId, key, issue, check, checkToken };
}

const base64urlJson = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function parseRecord(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function isClaims(claims: Record<string, unknown>): claims is Record<string, unknown> & TokenClaims {
  const texts = ['aud', 'iss', 'oid', 'tid'].every((name) => typeof claims[name] === 'string');
  return texts && typeof claims['exp'] === 'number' && typeof claims['nbf'] === 'number';
}
