import { createRemoteJWKSet, customFetch, errors, jwtVerify, type FetchImplementation, type JWTPayload } from 'jose';
import type { Clock } from '../../../ports/clock.ts';
import { actionGroupAppId, actionGroupRole } from './roles.ts';

/** Who calls, as the token says it; goes on record. */
export interface Caller {
  /** Object id of the user or service principal. */
  readonly subject: string;
  readonly name: string;
  readonly roles: readonly string[];
}

export type TokenChecked =
  | { readonly kind: 'valid'; readonly caller: Caller }
  /** No token, or one that is not for us, not by our authority, out of date, or forged. `why` holds nothing secret. */
  | { readonly kind: 'invalid'; readonly why: string }
  /** The token is good and is not the action group's, or lacks its role. */
  | { readonly kind: 'forbidden'; readonly why: string }
  | { readonly kind: 'unavailable'; readonly why: string };

export interface TokenVerifier {
  /** From the Authorization header. Roles are looked at by the route. */
  verifyCaller(authorization: string | null): Promise<TokenChecked>;
  /** The secure webhook's: audience, application and role of Azure Monitor's action groups. */
  verifyActionGroup(authorization: string | null): Promise<TokenChecked>;
}

export interface TokenSettings {
  readonly tenantId: string;
  readonly authorityHost: string;
  readonly apiAudience: string;
  readonly alertAudience: string;
}

/** Entra rotates keys slowly: an hour of cache, at most one fetch in half a minute for unknown key ids, two seconds for each. */
const keyCache = { cacheMaxAge: 3_600_000, cooldownDuration: 30_000, timeoutDuration: 2_000 } as const;

const clockToleranceSeconds = 60;

/**
 * Entra access tokens, of version 1 (issuer sts.windows.net) and 2: signature by the tenant's keys with RS256 and nothing else,
 * issuer and tenant, audience, not before and expiry. `fetch` serves tests and proxies.
 */
export function createTokenVerifier(settings: TokenSettings, clock: Pick<Clock, 'now'>, fetch?: FetchImplementation): TokenVerifier {
  const { tenantId, authorityHost } = settings;
  const keys = createRemoteJWKSet(new URL(`${authorityHost}/${tenantId}/discovery/v2.0/keys`), { ...keyCache, ...(fetch === undefined ? {} : { [customFetch]: fetch }) });
  const issuer = [`https://sts.windows.net/${tenantId}/`, `${authorityHost}/${tenantId}/v2.0`];

  const verify = async (authorization: string | null, audience: string[]): Promise<TokenChecked & { readonly claims?: JWTPayload }> => {
    const token = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { kind: 'invalid', why: authorization === null ? 'there is no Authorization header' : 'the Authorization header holds no bearer token' };
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['RS256'], issuer, audience, requiredClaims: ['exp'], clockTolerance: clockToleranceSeconds, currentDate: new Date(clock.now()),
      });
      return payload['tid'] === tenantId ? callerOf(payload) : { kind: 'invalid', why: 'the token is of another tenant' };
    } catch (error) {
      return refusal(error);
    }
  };

  const apiAudiences = audiencesOf(settings.apiAudience);
  const alertAudiences = audiencesOf(settings.alertAudience);
  return {
    verifyCaller: (authorization) => verify(authorization, apiAudiences),
    async verifyActionGroup(authorization) {
      const checked = await verify(authorization, alertAudiences);
      if (checked.kind !== 'valid') return checked;
      const application = checked.claims?.['azp'] ?? checked.claims?.['appid'];
      if (application !== actionGroupAppId) return { kind: 'forbidden', why: 'the token is not that of Azure Monitor\'s action groups' };
      if (!checked.caller.roles.includes(actionGroupRole)) return { kind: 'forbidden', why: `the token lacks the role ${actionGroupRole}` };
      return checked;
    },
  };
}

/**
 * One application has two names in tokens: version 2 always carries its client id, version 1 the address that was asked for,
 * by default api:// and that id. Either is taken for the other; addresses of one's own making stand for themselves.
 */
function audiencesOf(setting: string): string[] {
  const id = /^(?:api:\/\/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(setting)?.[1];
  return id === undefined ? [setting] : [id, `api://${id}`];
}

function callerOf(claims: JWTPayload): TokenChecked & { readonly claims?: JWTPayload } {
  const text = (...names: readonly string[]): string | undefined => names.map((name) => claims[name]).find((value) => typeof value === 'string' && value !== '') as string | undefined; // found by that very test
  const subject = text('oid', 'sub');
  if (subject === undefined) return { kind: 'invalid', why: 'the token names no subject' };
  const granted: unknown = claims['roles'];
  const roles = Array.isArray(granted) ? granted.filter((role): role is string => typeof role === 'string') : [];
  const name = text('preferred_username', 'upn', 'unique_name', 'name', 'app_displayname', 'azp', 'appid') ?? subject;
  return { kind: 'valid', caller: { subject, name, roles }, claims };
}

function refusal(error: unknown): TokenChecked {
  if (error instanceof errors.JWTExpired) return { kind: 'invalid', why: 'the token has expired' };
  if (error instanceof errors.JWTClaimValidationFailed) return { kind: 'invalid', why: `the token's claim "${error.claim}" is not as it must be` };
  if (error instanceof errors.JWKSNoMatchingKey) return { kind: 'invalid', why: 'the token is signed with a key that is not the authority\'s' };
  if (error instanceof errors.JWSSignatureVerificationFailed) return { kind: 'invalid', why: 'the token\'s signature is wrong' };
  if (error instanceof errors.JOSEAlgNotAllowed) return { kind: 'invalid', why: 'the token is not signed with RS256' };
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid || error instanceof errors.JOSENotSupported) return { kind: 'invalid', why: 'the token cannot be read' };
  return { kind: 'unavailable', why: error instanceof errors.JWKSTimeout ? 'the authority did not answer in time' : 'the authority\'s keys could not be fetched' };
}
