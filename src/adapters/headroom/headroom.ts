import { ComputeManagementClient } from '@azure/arm-compute';
import type { ContainerServiceClient, ManagedCluster } from '@azure/arm-containerservice';
import { NetworkManagementClient } from '@azure/arm-network';
import type { V1ResourceQuota } from '@kubernetes/client-node';
import type { NetworkFacts, QuotaFacts, SkuFacts } from '../../domain/facts.ts';
import type { Fleet, Stamp } from '../../domain/fleet.ts';
import type { Headroom } from '../../ports/headroom.ts';
import { armClientOptions, withBoundedRetries } from '../http/armClient.ts';
import { readingOf } from '../http/faults.ts';
import { parseResourceId } from '../http/resourceId.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import type { Clusters } from '../kubernetes/clusters.ts';
import { resourceQuotasPath } from '../kubernetes/paths.ts';
import { agedCache } from './agedCache.ts';
import { readQuotaFacts, readSkuFacts } from './compute.ts';
import { networkShape, readSubnets, resourceQuotaFacts, subnetIdsOf } from './network.ts';

/** The SKU list is megabytes and changes by the week; quota and addresses change with every scale. */
const skusKeptMs = 50 * 60_000;
const quotaKeptMs = 60_000;
const networkKeptMs = 60_000;

export interface HeadroomSources {
  readonly aksClientOf: (subscriptionId: string) => ContainerServiceClient;
  readonly clusters: Clusters;
}

export function azureHeadroom(context: SdkContext, fleet: Fleet, { aksClientOf, clusters }: HeadroomSources): Headroom {
  const now = (): number => context.clock.now();
  const computeOf = perSubscription((id) => withBoundedRetries(new ComputeManagementClient(context.credential, id, armClientOptions(context)), context));
  const networkOf = perSubscription((id) =>
    withBoundedRetries(new NetworkManagementClient(context.credential, id, { ...armClientOptions(context), $host: armClientOptions(context).endpoint }), context),
  );
  const quotas = agedCache<QuotaFacts>(context.clock, quotaKeptMs);
  const skus = agedCache<readonly SkuFacts[]>(context.clock, skusKeptMs);
  const networks = agedCache<NetworkFacts>(context.clock, networkKeptMs);

  const managedCluster = (stamp: Stamp): Promise<ManagedCluster> => {
    const id = parseResourceId(stamp.cluster.resourceId);
    return aksClientOf(id.subscriptionId).managedClusters.get(id.resourceGroup, id.name);
  };
  const subscriptionOf = (stamp: Stamp): string => parseResourceId(stamp.cluster.resourceId).subscriptionId;

  return {
    readQuota: (stamp) =>
      quotas(`${subscriptionOf(stamp)}/${stamp.region}`, () => readingOf(`quota of ${stamp.region}`, now, () => readQuotaFacts(computeOf(subscriptionOf(stamp)), stamp.region))),

    readSkus: (stamp) =>
      skus(stamp.cluster.resourceId, () =>
        readingOf(`SKUs of ${stamp.region}`, now, async () => {
          const sizes = new Set((await managedCluster(stamp)).agentPoolProfiles?.map((pool) => (pool.vmSize ?? '').toLowerCase()));
          return readSkuFacts(computeOf(subscriptionOf(stamp)), stamp.region, sizes);
        }),
      ),

    readNetwork: (stamp) =>
      networks(stamp.cluster.resourceId, () =>
        readingOf(`network of ${stamp.name}`, now, async () => {
          const [cluster, resourceQuotas] = await Promise.all([managedCluster(stamp), readResourceQuotas(stamp)]);
          const subnets = await readSubnets(networkOf, subnetIdsOf(cluster, stamp.gateway.nodeSubnetId));
          return { ...networkShape(cluster.networkProfile), subnets, resourceQuotas };
        }),
      ),
  };

  async function readResourceQuotas(stamp: Stamp): Promise<NetworkFacts['resourceQuotas']> {
    const cluster = await clusters.open(stamp.cluster);
    const namespaces = new Set(fleet.workloads.filter(({ stamps }) => stamps === null || stamps.includes(stamp.name)).map(({ namespace }) => namespace));
    const found = await Promise.all(
      [...namespaces].map(async (namespace) =>
        resourceQuotaFacts(namespace, await cluster.reader.list<V1ResourceQuota>(resourceQuotasPath(namespace))),
      ),
    );
    return found.flat();
  }
}

function perSubscription<T>(make: (subscriptionId: string) => T): (subscriptionId: string) => T {
  const made = new Map<string, T>();
  return (subscriptionId) => {
    const client = made.get(subscriptionId) ?? make(subscriptionId);
    made.set(subscriptionId, client);
    return client;
  };
}
