import { json } from '../answers.ts';
import type { FaceResponse } from '../face.ts';
import type { PoolState, StampPhysics } from '../../world/types.ts';
import { apiVersions } from './apiVersions.ts';
import type { ArmRequest, ArmRoute } from './armTypes.ts';
import { resourceNotFound } from './errors.ts';
import { parseResourceId, sameName } from './resourceIds.ts';
import { routesUnder } from './routeTable.ts';

/** Microsoft.Compute: the capacity reservations that pools stand on. */
const groups = 'Microsoft.Compute/capacityReservationGroups';
const reservationRoute = routesUnder({
  base: `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/${groups}/{group}/capacityReservations`,
  versions: apiVersions.capacityReservations,
  scopeKinds: ['capacityReservationGroup', 'subscription'],
});

export const capacityReservationRoutes: readonly ArmRoute[] = [
  reservationRoute('GET', '', `${groups}/capacityReservations/read`, ofGroup((stamp) => json(200, { value: reservedPools(stamp).map((pool) => reservationBody(stamp, pool, 'plain')) }))),
  reservationRoute('GET', '/{reservation}', `${groups}/capacityReservations/read`, ofGroup(oneReservation)),
];

/** The group of the stamp whose pools stand on it. */
function ofGroup(answer: (stamp: StampPhysics, request: ArmRequest) => FaceResponse): (request: ArmRequest) => FaceResponse {
  return (request) => {
    const { group = '', resourceGroup = '' } = request.params;
    const stamp = [...request.world.stamps.values()].find(({ spec }) => {
      const parts = parseResourceId(spec.capacityReservationGroupId ?? '');
      return parts !== null && sameName(parts.name, group) && sameName(parts.resourceGroup, resourceGroup);
    });
    return stamp === undefined ? resourceNotFound(groups, group, resourceGroup) : answer(stamp, request);
  };
}

const reservedPools = ({ pools }: StampPhysics): readonly PoolState[] => pools.list().filter(({ machinesReserved }) => machinesReserved !== undefined);

function oneReservation(stamp: StampPhysics, request: ArmRequest): FaceResponse {
  const pool = reservedPools(stamp).find(({ name }) => sameName(name, request.params['reservation'] ?? ''));
  if (pool === undefined) return resourceNotFound(`${groups}/capacityReservations`, `${request.params['group'] ?? ''}/${request.params['reservation'] ?? ''}`, request.params['resourceGroup'] ?? '');
  return json(200, reservationBody(stamp, pool, request.http.url.searchParams.get('$expand') === 'instanceView' ? 'instanceView' : 'plain'));
}

/** One reservation for each pool, named after it. Machines beyond it are not of it. */
function reservationBody({ spec }: StampPhysics, { name, vmSize, zones, count, machinesReserved = 0 }: PoolState, form: 'plain' | 'instanceView'): unknown {
  const machines = Array.from({ length: Math.min(count, machinesReserved) }, (_, index) => ({ id: `${spec.clusterId.split('/providers/')[0] ?? ''}/providers/Microsoft.Compute/virtualMachineScaleSets/${name}/virtualMachines/${index}` }));
  return {
    id: `${spec.capacityReservationGroupId ?? ''}/capacityReservations/${name}`,
    name,
    type: `${groups}/capacityReservations`,
    location: spec.region,
    sku: { name: vmSize, capacity: machinesReserved },
    zones,
    properties: {
      provisioningState: 'Succeeded',
      virtualMachinesAssociated: machines,
      ...(form === 'plain' ? {} : { instanceView: { utilizationInfo: { currentCapacity: machinesReserved, virtualMachinesAllocated: machines }, statuses: [{ code: 'ProvisioningState/succeeded', level: 'Info', displayStatus: 'Provisioning succeeded' }] } }),
    },
  };
}
