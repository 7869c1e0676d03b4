import { ComputeManagementClient } from '@azure/arm-compute';
import { NetworkManagementClient } from '@azure/arm-network';
import type { V1ResourceQuota } from '@kubernetes/client-node';
import type { NetworkFacts, QuotaFacts, SkuFacts } from '../../domain/facts.ts';
import type { Fleet, Stamp } from '../../domain/fleet.ts';
import { workloadsOf } from '../../domain/workloadsOf.ts';
import type { Headroom } from '../../ports/headroom.ts';
import type { ReadManagedCluster } from '../aks/managedClusters.ts';
import { armClientOptions, withBoundedRetries } from '../http/armClient.ts';
import { readingOf } from '../http/faults.ts';
import { parseResourceId } from '../http/resourceId.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import type { Clusters } from '../kubernetes/clusters.ts';
import { resourceQuotasPath } from '../kubernetes/paths.ts';
import { agedCache } from './agedCache.ts';
import { readQuotaFacts, readSkuFacts } from './compute.ts';
import { networkShape, readSubnets, resourceQuotaFacts, subnetIdsOf } from './network.ts';

/** The SKU list is megabytes and changes by the week; quota and addresses change with every scale, and count for 5 minutes (docs/capacity.md). */
const skusKeptMs = 50 * 60_000;
const quotaKeptMs = 150_000;
const networkKeptMs = 150_000;

export interface HeadroomSources {
  readonly readCluster: ReadManagedCluster;
  readonly clusters: Clusters;
}

export function azureHeadroom(context: SdkContext, fleet: Fleet, { readCluster, clusters }: HeadroomSources): Headroom {
  const now = (): number => context.clock.now();
  const computeOf = perSubscription((id) => withBoundedRetries(new ComputeManagementClient(context.credential, id, armClientOptions(context)), context));
  const networkOf = perSubscription((id) =>
    withBoundedRetries(new NetworkManagementClient(context.credential, id, { ...armClientOptions(context), $host: armClientOptions(context).endpoint }), context),
  );
  const quotas = agedCache<QuotaFacts>(context.clock, quotaKeptMs);
  const skus = agedCache<readonly SkuFacts[]>(context.clock, skusKeptMs);
  const networks = agedCache<NetworkFacts>(context.clock, networkKeptMs);

  const subscriptionOf = (stamp: Stamp): string => parseResourceId(stamp.cluster.resourceId).subscriptionId;

  return {
    readQuota: (stamp, maxAgeMs) =>
      quotas(`${subscriptionOf(stamp)}/${stamp.region}`, () => readingOf(`quota of ${stamp.region}`, now, () => readQuotaFacts(computeOf(subscriptionOf(stamp)), stamp.region)), maxAgeMs),

    readSkus: (stamp) =>
      skus(stamp.cluster.resourceId, () =>
        readingOf(`SKUs of ${stamp.region}`, now, async () => {
          const sizes = new Set((await readCluster(stamp.cluster)).agentPoolProfiles?.map((pool) => (pool.vmSize ?? '').toLowerCase()));
          return readSkuFacts(computeOf(subscriptionOf(stamp)), stamp.region, sizes);
        }),
      ),

    readNetwork: (stamp, maxAgeMs) =>
      networks(
        stamp.cluster.resourceId,
        () =>
          readingOf(`network of ${stamp.name}`, now, async () => {
            const [cluster, resourceQuotas] = await Promise.all([readCluster(stamp.cluster), readResourceQuotas(stamp)]);
            const subnets = await readSubnets(networkOf, subnetIdsOf(cluster, stamp.gateway.nodeSubnetId));
            return { ...networkShape(cluster.networkProfile), subnets, resourceQuotas };
          }),
        maxAgeMs,
      ),
  };

  async function readResourceQuotas(stamp: Stamp): Promise<NetworkFacts['resourceQuotas']> {
    const cluster = await clusters.open(stamp.cluster);
    const namespaces = new Set(workloadsOf(fleet, stamp).map(({ namespace }) => namespace));
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
