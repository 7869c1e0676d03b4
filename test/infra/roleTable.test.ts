import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { permissionsAt, roleTable } from '../../src/adapters/permissions.ts';
import { roleTableJson } from '../../tools/infra-check/roleTableJson.ts';

describe('role table', () => {
  test('what Bicep loads is the table in code', () => {
    expect(readFileSync(join(import.meta.dirname, '..', '..', 'infra', 'roles', 'roleTable.json'), 'utf8')).toBe(roleTableJson());
  });

  test('no permission is a wildcard and each says why', () => {
    const permissions = roleTable.flatMap((grant) => [...grant.actions, ...grant.dataActions]);
    expect(permissions.filter((permission) => permission.name.includes('*') || permission.why.length < 10)).toEqual([]);
  });

  test('keys and names are unique', () => {
    expect(new Set(roleTable.map((grant) => grant.key)).size).toBe(roleTable.length);
    expect(new Set(roleTable.map((grant) => grant.name)).size).toBe(roleTable.length);
  });

  test('the ledger can be appended to, and neither changed nor emptied', () => {
    const verbs = permissionsAt('cosmosLedger').dataActions.map((action) => action.split('/').at(-1));
    expect(verbs).toContain('create');
    expect(verbs.filter((verb) => ['replace', 'upsert', 'delete', 'executeStoredProcedure'].includes(verb ?? ''))).toEqual([]);
  });

  test('secrets, role bindings and pods cannot be written in a cluster', () => {
    const all = roleTable.flatMap((grant) => grant.dataActions.map((action) => action.name.toLowerCase()));
    expect(all.filter((action) => /secrets|rbac\.authorization|pods\/(write|exec)|impersonate/.test(action))).toEqual([]);
  });

  test('optional features add their permissions and nothing else', () => {
    const plain = permissionsAt('kubernetesNamespace').dataActions;
    const shedding = permissionsAt('kubernetesNamespace', ['shedding']).dataActions;
    expect(shedding.filter((action) => !plain.includes(action))).toEqual(['Microsoft.ContainerService/managedClusters/apps/deployments/write']);
  });

  test('the gate may read its blob and nothing more', () => {
    expect(permissionsAt('gateContainer', [], 'gate')).toEqual({ actions: [], dataActions: ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'] });
  });
});
