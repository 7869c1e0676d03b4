import type { AgentPool } from '@azure/arm-containerservice';
import type { PoolFacts } from '../../domain/facts.ts';

/** Azure's smallest default (flat CNI): the worst case where a pool does not say. */
const fewestPods = 30;

/**
 * A pool without the cluster autoscaler has no bounds: both are its count, and moving them means moving the count.
 * `nodeProvisioning` is the cluster's: under Auto, a pool without its own autoscaler is not what grows.
 */
export function poolFacts(pool: AgentPool, nodeProvisioning: 'Auto' | 'Manual'): PoolFacts {
  const count = pool.count ?? 0;
  const autoscaled = pool.enableAutoScaling === true ? 'autoscaled' : 'fixed';
  return {
    name: pool.name ?? '',
    mode: pool.mode === 'System' ? 'System' : 'User',
    kind: kindOf(pool, nodeProvisioning),
    vmSize: pool.vmSize ?? '',
    autoscaled,
    count,
    minCount: autoscaled === 'autoscaled' ? (pool.minCount ?? 0) : count,
    maxCount: autoscaled === 'autoscaled' ? (pool.maxCount ?? count) : count,
    zones: pool.availabilityZones ?? [],
    maxPods: pool.maxPods ?? fewestPods,
    spot: pool.scaleSetPriority === 'Spot' ? 'spot' : 'regular',
    provisioningState: pool.provisioningState ?? 'Unknown',
    powerState: pool.powerState?.code === 'Stopped' ? 'Stopped' : 'Running',
    etag: pool.eTag ?? null,
    subnetId: pool.vnetSubnetID ?? null,
    podSubnetId: pool.podSubnetID ?? null,
    capacityReservationGroupId: pool.capacityReservationGroupID ?? null,
    labels: pool.nodeLabels ?? {},
    taints: pool.nodeTaints ?? [],
  };
}

function kindOf(pool: AgentPool, nodeProvisioning: 'Auto' | 'Manual'): PoolFacts['kind'] {
  if (pool.typePropertiesType === 'VirtualMachines') return 'VirtualMachines';
  return nodeProvisioning === 'Auto' && pool.enableAutoScaling !== true ? 'autoProvisioned' : 'VirtualMachineScaleSets';
}

/**
 * A PUT replaces the whole pool, so it repeats what was read, except what must not be repeated: `nodeImageVersion` can
 * start a rollback of the image, `powerState` an operation of its own, the rest is the service's to say.
 */
export function poolBody(pool: AgentPool): AgentPool {
  const {
    nodeImageVersion: _image,
    status: _status,
    virtualMachineNodesStatus: _nodes,
    powerState: _power,
    eTag: _etag,
    provisioningState: _state,
    currentOrchestratorVersion: _version,
    id: _id,
    name: _name,
    type: _type,
    systemData: _system,
    ...body
  } = pool;
  return body;
}
