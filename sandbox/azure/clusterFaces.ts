import type { ScopeKind } from '../../src/adapters/permissions.ts';
import { audiencesOf } from './entra/audiences.ts';
import type { Principal } from './entra/principals.ts';
import type { DataFaceDeps } from './dataFaces.ts';
import type { Face } from './face.ts';
import { createKubernetesFace, type KubeAccess, type KubeVerb } from './kubernetes/index.ts';
import { kubeHost } from './routing.ts';

const clusterScopes: readonly ScopeKind[] = ['managedCluster', 'subscription'];
const namespaceScopes: readonly ScopeKind[] = ['kubernetesNamespace', ...clusterScopes];

/** Every stamp's API server, with Entra tokens and Azure RBAC for Kubernetes before it. */
export function clusterFaces({ world, tokens, authorizer, addresses }: DataFaceDeps): readonly (readonly [string, Face])[] {
  const callers = new Map<string, Principal>();
  return [...world.stamps.keys()].map((stamp) => [
    kubeHost(stamp),
    createKubernetesFace(world, stamp, {
      checkToken: (token) => {
        const verdict = tokens.checkToken(token, audiencesOf('aks', addresses()));
        if (verdict.kind !== 'valid') return { kind: 'refused', status: 401 };
        callers.set(verdict.principal.objectId, verdict.principal);
        return { kind: 'ok', user: verdict.principal.objectId, groups: ['system:authenticated'] };
      },
      authorize: (caller, access) => {
        const principal = callers.get(caller.user);
        const allowed = principal !== undefined && authorizer.allows(principal, dataActionOf(access), access.namespace === null ? clusterScopes : namespaceScopes);
        return allowed ? 'allowed' : 'denied';
      },
    }),
  ]);
}

const aks = 'Microsoft.ContainerService/managedClusters';

/** Groups that Azure RBAC names; all other groups are custom resources. */
const builtInGroups: ReadonlySet<string> = new Set(['apps', 'autoscaling', 'policy', 'batch', 'networking.k8s.io']);

/** A Kubernetes request as the data action that Azure RBAC checks. */
function dataActionOf({ group, resource, verb }: KubeAccess): string {
  const [plural = resource] = resource.split('/');
  const kind = group === '' ? plural : builtInGroups.has(group) ? `${group}/${plural}` : 'customresources';
  return `${aks}/${kind}/${actionOf[verb]}`;
}

const actionOf: Readonly<Record<KubeVerb, 'read' | 'write' | 'delete'>> = {
  get: 'read',
  list: 'read',
  watch: 'read',
  create: 'write',
  update: 'write',
  patch: 'write',
  delete: 'delete',
  deletecollection: 'delete',
};
