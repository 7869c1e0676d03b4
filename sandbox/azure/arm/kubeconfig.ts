import { stringify } from 'yaml';
import type { StampPhysics } from '../../world/types.ts';
import { aksServerAppId } from '../entra/principals.ts';
import type { ArmRequest } from './armTypes.ts';

/** Long enough for a person's afternoon; a cluster with Entra would make kubelogin fetch a new one. */
const tokenLifetimeSeconds = 24 * 60 * 60;

/**
 * The kubeconfig that AKS gives a user. A real cluster with Entra leaves the token to kubelogin (`exec`); where that is
 * not asked for, the sandbox puts a token of the caller in, so that kubectl works without kubelogin.
 */
export function kubeconfig(request: ArmRequest, stamp: StampPhysics, authentication: 'token' | 'exec'): string {
  const cluster = stamp.spec.clusterId.split('/').at(-1) ?? stamp.spec.name;
  const group = stamp.spec.clusterId.split('/')[4] ?? '';
  const user = `clusterUser_${group}_${cluster}`;
  const server = request.endpoints.kube[stamp.spec.name] ?? '';
  const { caPem } = request.endpoints;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: cluster, cluster: { ...(caPem === null ? {} : { 'certificate-authority-data': Buffer.from(caPem, 'utf8').toString('base64') }), server: `${server}:${server.includes('localhost') ? '' : '443'}`.replace(/:$/, '') } }],
    contexts: [{ name: cluster, context: { cluster, user } }],
    'current-context': cluster,
    preferences: {},
    users: [{ name: user, user: authentication === 'exec' ? execUser(request) : { token: request.tokens.issue({ principal: request.principal, audience: aksServerAppId, version: 'v1', lifetimeSeconds: tokenLifetimeSeconds }) } }],
  });
}

const execUser = (request: ArmRequest): unknown => ({
  exec: {
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    command: 'kubelogin',
    args: ['get-token', '--environment', 'AzurePublicCloud', '--server-id', aksServerAppId, '--client-id', '80faf920-1908-4b52-b5ef-a8e7bedfc67a', '--tenant-id', request.world.spec.tenantId, '--login', 'devicecode'],
    env: null,
    provideClusterInfo: false,
  },
});
