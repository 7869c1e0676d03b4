import type { PoolState, StampPhysics } from '../../world/types.ts';

/** As the nodes of physics report it. */
export const kubernetesVersion = '1.33.2';
export const nodeImageVersion = 'AKSUbuntu-2204gen2containerd-202611.06.0';

/** api-versions from this one on carry the pool's etag. */
const etagSince = '2024-08-01';

export function poolProperties(stamp: StampPhysics, pool: PoolState, apiVersion: string) {
  const autoscaled = pool.autoscaled === 'autoscaled';
  const onScaleSet = pool.kind === 'VirtualMachineScaleSets';
  return {
    ...(apiVersion >= etagSince ? { eTag: pool.etag } : {}),
    // a VirtualMachines pool says its size and count in its own profile
    ...(onScaleSet
      ? { count: pool.count, vmSize: pool.vmSize, enableAutoScaling: autoscaled, ...(autoscaled ? { minCount: pool.minCount, maxCount: pool.maxCount } : {}) }
      : { virtualMachinesProfile: { scale: { manual: [{ size: pool.vmSize, count: pool.count }] } }, virtualMachineNodesStatus: [{ size: pool.vmSize, count: pool.count }] }),
    osDiskSizeGB: 128,
    osDiskType: 'Ephemeral',
    kubeletDiskType: 'OS',
    vnetSubnetID: stamp.spec.nodeSubnetId,
    maxPods: pool.maxPods,
    type: pool.kind,
    availabilityZones: pool.zones,
    scaleDownMode: 'Delete',
    provisioningState: pool.provisioningState,
    powerState: { code: pool.powerState },
    orchestratorVersion: kubernetesVersion,
    currentOrchestratorVersion: kubernetesVersion,
    enableNodePublicIP: false,
    mode: pool.mode,
    ...(Object.keys(pool.labels).length > 0 ? { nodeLabels: pool.labels } : {}),
    enableEncryptionAtHost: false,
    enableUltraSSD: false,
    ...(pool.priority === 'Spot' ? { scaleSetPriority: 'Spot', scaleSetEvictionPolicy: 'Delete', spotMaxPrice: -1 } : {}),
    ...(pool.machinesReserved === undefined || stamp.spec.capacityReservationGroupId === undefined ? {} : { capacityReservationGroupID: stamp.spec.capacityReservationGroupId }),
    osType: 'Linux',
    osSKU: 'Ubuntu',
    nodeImageVersion,
    upgradeSettings: { maxSurge: '10%' },
    enableFIPS: false,
  };
}

export const poolBody = (stamp: StampPhysics, pool: PoolState, apiVersion: string): unknown => ({
  id: `${stamp.spec.clusterId}/agentPools/${pool.name}`.replace('/resourceGroups/', '/resourcegroups/'),
  name: pool.name,
  type: 'Microsoft.ContainerService/managedClusters/agentPools',
  properties: poolProperties(stamp, pool, apiVersion),
});

/** As a cluster lists its pools: the properties flat beside the name. */
export const poolProfile = (stamp: StampPhysics, pool: PoolState, apiVersion: string): unknown => ({ name: pool.name, ...poolProperties(stamp, pool, apiVersion) });
