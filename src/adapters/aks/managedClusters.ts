import type { ContainerServiceClient, ManagedCluster } from '@azure/arm-containerservice';
import type { ClusterRef } from '../../domain/fleet.ts';
import { joinedReads } from '../http/joinedReads.ts';
import { parseResourceId } from '../http/resourceId.ts';

export type ReadManagedCluster = (ref: ClusterRef) => Promise<ManagedCluster>;

/** The cluster as Resource Manager has it; pools, sizes and network of one look come from one request. */
export function managedClusters(clientOf: (subscriptionId: string) => ContainerServiceClient): ReadManagedCluster {
  const joined = joinedReads<ManagedCluster>();
  return ({ resourceId }) => {
    const { subscriptionId, resourceGroup, name } = parseResourceId(resourceId);
    return joined(resourceId, () => clientOf(subscriptionId).managedClusters.get(resourceGroup, name));
  };
}
