import type { ContainerServiceNetworkProfile, ManagedCluster } from '@azure/arm-containerservice';
import type { NetworkManagementClient } from '@azure/arm-network';
import type { V1ResourceQuota } from '@kubernetes/client-node';
import type { NetworkFacts, ResourceQuotaFacts, SubnetFacts } from '../../domain/facts.ts';
import { parseResourceId } from '../http/resourceId.ts';
import { parseQuantity } from '../kubernetes/quantities.ts';
import type { Wire } from '../kubernetes/reader.ts';

/** SNAT ports of one outbound address (Azure Load Balancer, "outbound connections"). */
const portsPerAddress = 64_000;

/** Subnets that the cluster's pools put nodes or pods into, and the one that the fleet file names. */
export function subnetIdsOf(cluster: ManagedCluster, named: string | null): readonly string[] {
  const ids = (cluster.agentPoolProfiles ?? []).flatMap((pool) => [pool.vnetSubnetID, pool.podSubnetID]);
  return [...new Map([...ids, named].flatMap((id) => (id === undefined || id === null ? [] : [[id.toLowerCase(), id] as const]))).values()];
}

export function networkShape(profile: ContainerServiceNetworkProfile | undefined): Pick<NetworkFacts, 'plugin' | 'podCidr' | 'outboundPortsPerNode' | 'outboundPortsTotal'> {
  const balancer = profile?.loadBalancerProfile;
  const allocated = balancer?.allocatedOutboundPorts ?? 0;
  const addresses = balancer?.effectiveOutboundIPs?.length ?? 0;
  return {
    plugin: pluginOf(profile),
    podCidr: profile?.podCidr ?? null,
    // 0 means that Azure divides the ports by the number of nodes: then they bound nothing by themselves.
    outboundPortsPerNode: allocated > 0 ? allocated : null,
    outboundPortsTotal: allocated > 0 && addresses > 0 ? addresses * portsPerAddress : null,
  };
}

function pluginOf(profile: ContainerServiceNetworkProfile | undefined): NetworkFacts['plugin'] {
  if (profile?.networkPlugin === 'kubenet') return 'kubenet';
  if (profile?.networkPlugin !== 'azure') return 'unknown';
  return profile.networkPluginMode === 'overlay' ? 'overlay' : 'flat';
}

/** Azure's `limit` of a subnet has its five reserved addresses taken off already. */
export async function readSubnets(clientOf: (subscriptionId: string) => NetworkManagementClient, ids: readonly string[]): Promise<readonly SubnetFacts[]> {
  const networks = new Map<string, ReturnType<typeof parseResourceId>>();
  for (const id of ids) {
    const network = id.replace(/\/subnets\/[^/]+$/i, '');
    networks.set(network.toLowerCase(), parseResourceId(network));
  }
  const wanted = new Map(ids.map((id) => [id.toLowerCase(), id]));
  const found: SubnetFacts[] = [];
  for (const network of networks.values()) {
    for await (const usage of clientOf(network.subscriptionId).virtualNetworks.listUsage(network.resourceGroup, network.name)) {
      const id = wanted.get((usage.id ?? '').toLowerCase());
      if (id !== undefined && usage.limit !== undefined) found.push({ id, usedAddresses: usage.currentValue ?? 0, totalAddresses: usage.limit });
    }
  }
  return found;
}

const counted = [
  { key: 'requests.cpu', resource: 'cpu', unit: 0.001 },
  { key: 'cpu', resource: 'cpu', unit: 0.001 },
  { key: 'requests.memory', resource: 'memory', unit: 2 ** 20 },
  { key: 'memory', resource: 'memory', unit: 2 ** 20 },
  { key: 'limits.cpu', resource: 'cpuLimits', unit: 0.001 },
  { key: 'limits.memory', resource: 'memoryLimits', unit: 2 ** 20 },
  { key: 'requests.ephemeral-storage', resource: 'ephemeralStorage', unit: 2 ** 20 },
  { key: 'pods', resource: 'pods', unit: 1 },
  { key: 'count/pods', resource: 'pods', unit: 1 },
] as const;

/** One for pods that end by themselves counts none of a Deployment's (ResourceQuota scope Terminating). */
const countsDeployments = ({ spec }: Wire<V1ResourceQuota>): boolean => spec?.scopes?.includes('Terminating') !== true && spec?.scopeSelector?.matchExpressions?.some(({ scopeName, operator }) => scopeName === 'Terminating' && operator === 'Exists') !== true;

export function resourceQuotaFacts(namespace: string, quotas: readonly Wire<V1ResourceQuota>[]): readonly ResourceQuotaFacts[] {
  return quotas.filter(countsDeployments).flatMap((quota) =>
    counted.flatMap(({ key, resource, unit }) => {
      const hard = quota.status?.hard?.[key] ?? quota.spec?.hard?.[key];
      if (hard === undefined) return [];
      return [{ namespace, resource, used: Math.ceil(parseQuantity(quota.status?.used?.[key] ?? '0') / unit), hard: Math.floor(parseQuantity(hard) / unit) }];
    }),
  );
}
