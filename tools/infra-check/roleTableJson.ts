import { roleTable } from '../../src/adapters/permissions.ts';
import type { Permission } from '../../src/adapters/permissions.ts';

/** `infra/roles/roleTable.json`, which Bicep loads: the role table without the reasons. */
export function roleTableJson(): string {
  const names = (permissions: readonly Permission[]): readonly string[] => permissions.map((permission) => permission.name);
  const rows = roleTable.map((grant) => ({
    key: grant.key,
    name: grant.name,
    description: grant.description,
    holder: grant.holder,
    plane: grant.plane,
    scopeKind: grant.scopeKind,
    optional: grant.optional ?? '',
    actions: names(grant.actions),
    dataActions: names(grant.dataActions),
    condition: grant.condition ?? '',
  }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}
