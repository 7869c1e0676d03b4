import { permissionsAt, roleTable, type ScopeKind } from '../../../src/adapters/permissions.ts';
import type { Principal, Standing } from './principals.ts';

/**
 * Whether a principal may do something: the control plane and the gate by the product's own role table, an owner always,
 * a guest never. What infrastructure grants in Azure is what is enforced here, so a missing permission shows in a test.
 */
export interface Authorizer {
  /**
   * @param operation a resource provider operation or data action, such as Microsoft.Cdn/profiles/originGroups/origins/write
   * @param scopeKinds the kinds of scope at or above the resource that is touched: a grant at any of them is enough
   */
  allows(principal: Principal, operation: string, scopeKinds: readonly ScopeKind[]): boolean;
}

export type RoleEnforcement = 'enforced' | 'off';

const everyFeature = [...new Set(roleTable.flatMap((grant) => (grant.optional === null ? [] : [grant.optional])))];

export function createAuthorizer(enforcement: RoleEnforcement): Authorizer {
  const granted = { controlPlane: new Map<ScopeKind, ReadonlySet<string>>(), gate: new Map<ScopeKind, ReadonlySet<string>>() };
  const grantsOf = (holder: 'controlPlane' | 'gate', scopeKind: ScopeKind): ReadonlySet<string> => {
    const known = granted[holder].get(scopeKind);
    if (known !== undefined) return known;
    const permissions = permissionsAt(scopeKind, everyFeature, holder);
    const made = new Set([...permissions.actions, ...permissions.dataActions].map((name) => name.toLowerCase()));
    granted[holder].set(scopeKind, made);
    return made;
  };
  const holds = (holder: 'controlPlane' | 'gate', operation: string, scopeKinds: readonly ScopeKind[]): boolean => {
    const name = operation.toLowerCase();
    return scopeKinds.some((scopeKind) => grantsOf(holder, scopeKind).has(name));
  };
  const byStanding: Readonly<Record<Standing, (operation: string, scopeKinds: readonly ScopeKind[]) => boolean>> = {
    owner: () => true,
    guest: () => false,
    controlPlane: (operation, scopeKinds) => holds('controlPlane', operation, scopeKinds),
    gate: (operation, scopeKinds) => holds('gate', operation, scopeKinds),
  };
  return {
    allows: (principal, operation, scopeKinds) => enforcement === 'off' || byStanding[principal.standing](operation, scopeKinds),
  };
}
