import { ComputeManagementClient } from '@azure/arm-compute';
import { armClientOptions, withBoundedRetries } from '../http/armClient.ts';
import { asFault } from '../http/faults.ts';
import { parseResourceId } from '../http/resourceId.ts';
import type { SdkContext } from '../http/sdkContext.ts';

/** Machines of a size that a reservation group still has free; null where it cannot be read. */
export type ReadReservedNodes = (groupId: string, vmSize: string) => Promise<number | null>;

/** Quota is no promise of machines, a reservation is: what it has left is room that is certain. */
export function capacityReservations(context: SdkContext): ReadReservedNodes {
  const clients = new Map<string, ComputeManagementClient>();
  const clientOf = (subscriptionId: string): ComputeManagementClient => {
    const client = clients.get(subscriptionId) ?? withBoundedRetries(new ComputeManagementClient(context.credential, subscriptionId, armClientOptions(context)), context);
    clients.set(subscriptionId, client);
    return client;
  };

  return async (groupId, vmSize) => {
    const { subscriptionId, resourceGroup, name: group } = parseResourceId(groupId);
    const client = clientOf(subscriptionId);
    try {
      let free = 0;
      for await (const { name, sku } of client.capacityReservations.listByCapacityReservationGroup(resourceGroup, group)) {
        if (name === undefined || sku.name?.toLowerCase() !== vmSize.toLowerCase()) continue;
        // Only the single reservation says how much of it is used.
        const { instanceView } = await client.capacityReservations.get(resourceGroup, group, name, { expand: 'instanceView' });
        free += Math.max(0, (sku.capacity ?? 0) - (instanceView?.utilizationInfo?.virtualMachinesAllocated?.length ?? 0));
      }
      return free;
    } catch (error) {
      if (asFault(error, context.clock.now()) === null) throw error;
      return null;
    }
  };
}
