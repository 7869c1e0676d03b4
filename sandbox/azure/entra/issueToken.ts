import type { Endpoints } from '../routing.ts';
import { aksServerAppId, principals, spillwayApiAppId, type PrincipalName } from './principals.ts';
import type { TokenRequest, Tokens } from './tokens.ts';

export interface IssueTokenOptions extends Partial<Omit<TokenRequest, 'principal' | 'audience'>> {
  readonly as: PrincipalName;
  /** A service, or any audience as it stands in the token. `alerts` is the Spillway API, as an action group calls it. */
  readonly audience: 'arm' | 'cosmos' | 'storage' | 'aks' | 'api' | 'alerts' | (string & {});
}

/** A token as the service asked for would get it from Entra; overrides make one that must be refused. */
export function issueToken(tokens: Tokens, endpoints: Endpoints, { as, audience, ...more }: IssueTokenOptions): string {
  const principal = principals[as];
  switch (audience) {
    case 'arm':
      return tokens.issue({ principal, audience: 'https://management.azure.com/', version: 'v1', ...more });
    case 'cosmos':
      return tokens.issue({ principal, audience: endpoints.cosmos, version: 'v1', ...more });
    case 'storage':
      return tokens.issue({ principal, audience: 'https://storage.azure.com/', version: 'v1', ...more });
    case 'aks':
      return tokens.issue({ principal, audience: aksServerAppId, version: 'v1', ...more });
    case 'api':
    case 'alerts':
      return tokens.issue({ principal, audience: spillwayApiAppId, version: 'v2', roles: principal.apiRoles, ...more });
    default:
      return tokens.issue({ principal, audience, ...more });
  }
}
