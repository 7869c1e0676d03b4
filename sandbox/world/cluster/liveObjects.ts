import { skuNamed } from '../vmSizes.ts';
import { draw, streamOf, uuidOf } from '../prng.ts';
import type { PoolSpec, WorkloadSpec } from '../types.ts';
import { scaleSetName } from './names.ts';
import { capacityOf, kubernetesVersion, labelsOf, metadata, ownedBy, podSpec, templateHash, type Builder } from './objects.ts';
import { isoSeconds, type ObjectToPut } from './objectStore.ts';
import { daemonsets, type NodeRecord, type PodRecord } from './records.ts';

/** Nodes and pods, rendered from their records: what kubelet, scheduler and controllers would have written. */

/** Kubelet registers a node shortly before it is Ready: the Node object is made then, not when the machine was asked for. */
const registersBeforeReadyMs = 15_000;

export const registeredAt = ({ createdAt, readyAt }: Pick<NodeRecord, 'createdAt' | 'readyAt'>): number => Math.max(createdAt, readyAt - registersBeforeReadyMs);

export function node(of: Builder, record: NodeRecord, pool: PoolSpec): ObjectToPut {
  const sku = skuNamed(pool.vmSize);
  const resourceGroup = of.spec.clusterId.split('/')[4] ?? '';
  const nodeResourceGroup = `MC_${resourceGroup}_${of.spec.clusterId.split('/').at(-1) ?? ''}_${of.spec.region}`;
  const zone = `${of.spec.region}-${record.zone}`;
  const uid = uuidOf(of.seed, `node ${of.spec.name}/${record.name}`);
  const ready = record.ready === 'ready' ? 'True' : record.ready === 'notReady' ? 'Unknown' : 'False';
  const reason = record.ready === 'ready' ? 'KubeletReady' : record.ready === 'notReady' ? 'NodeStatusUnknown' : 'KubeletNotReady';
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: record.name,
      uid,
      creationTimestamp: isoSeconds(registeredAt(record)),
      labels: {
        agentpool: pool.name,
        'kubernetes.azure.com/agentpool': pool.name,
        'kubernetes.azure.com/mode': pool.mode.toLowerCase(),
        'kubernetes.azure.com/cluster': nodeResourceGroup,
        'kubernetes.io/hostname': record.name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'node.kubernetes.io/instance-type': pool.vmSize,
        'topology.kubernetes.io/region': of.spec.region,
        'topology.kubernetes.io/zone': zone,
      },
    },
    spec: {
      podCIDR: `10.244.${record.ordinal % 256}.0/24`,
      providerID: `azure:///subscriptions/${of.spec.clusterId.split('/')[2] ?? ''}/resourceGroups/${nodeResourceGroup}/providers/Microsoft.Compute/virtualMachineScaleSets/${scaleSetName(of.spec.name, pool.name)}/virtualMachines/${record.ordinal}`,
      ...(record.schedulable === 'cordoned' ? { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: isoSeconds(record.createdAt) }] } : {}),
    },
    status: {
      ...capacityOf(pool, sku.vCpus, sku.memoryGiB),
      conditions: [
        ...(['MemoryPressure', 'DiskPressure', 'PIDPressure'] as const).map((type) => ({ type, status: 'False', reason: `KubeletHasNo${type}`, message: '', lastHeartbeatTime: isoSeconds(record.readyAt), lastTransitionTime: isoSeconds(record.readyAt) })),
        { type: 'Ready', status: ready, reason, message: '', lastHeartbeatTime: isoSeconds(record.readyAt), lastTransitionTime: isoSeconds(record.readyAt) },
      ],
      addresses: [
        { type: 'Hostname', address: record.name },
        { type: 'InternalIP', address: `10.0.${record.ordinal % 200}.${4 + Math.floor(draw(of.seed, streamOf(record.name), 7) * 240)}` },
      ],
      nodeInfo: { architecture: 'amd64', containerRuntimeVersion: 'containerd://1.7.27-1', kubeletVersion: kubernetesVersion, kubeProxyVersion: kubernetesVersion, operatingSystem: 'linux', osImage: 'Ubuntu 24.04.2 LTS', kernelVersion: '6.8.0-1030-azure', bootID: uid, machineID: uid.replaceAll('-', ''), systemUUID: uid },
    },
  };
}

export function pod(of: Builder, record: PodRecord, workload: WorkloadSpec, replicaSet: { readonly name: string; readonly uid: string }): ObjectToPut {
  const scheduled = record.scheduledAt === null ? null : isoSeconds(record.scheduledAt);
  const readySince = record.readyAt === null || record.phase !== 'ready' ? null : isoSeconds(record.readyAt);
  const created = isoSeconds(record.createdAt);
  const since = readySince ?? scheduled ?? created;
  const waitsForImage = record.phase === 'starting' && record.readyAt === null;
  const ready = record.phase === 'ready' ? 'True' : 'False';
  const unready = record.phase === 'ready' ? {} : { reason: 'ContainersNotReady', message: `containers with unready status: [${workload.deployment}]` };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...metadata(of, 'Pod', workload.namespace, record.name, { ...labelsOf(workload), 'pod-template-hash': templateHash(of, workload) }),
      creationTimestamp: created,
      generateName: `${replicaSet.name}-`,
      ownerReferences: [ownedBy('apps/v1', 'ReplicaSet', replicaSet.name, replicaSet.uid)],
    },
    spec: { ...podSpec(workload), ...(record.node === null ? {} : { nodeName: record.node }), serviceAccountName: 'default', priority: 0, enableServiceLinks: true },
    status: {
      phase: record.phase === 'pending' || waitsForImage ? 'Pending' : 'Running',
      qosClass: 'Burstable',
      conditions:
        scheduled === null
          ? [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: 'no node has the room that this pod requests', lastProbeTime: null, lastTransitionTime: created }]
          : [
              { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: scheduled },
              { type: 'Initialized', status: 'True', lastProbeTime: null, lastTransitionTime: scheduled },
              { type: 'ContainersReady', status: ready, lastProbeTime: null, lastTransitionTime: since, ...unready },
              { type: 'Ready', status: ready, lastProbeTime: null, lastTransitionTime: since, ...unready },
            ],
      ...(scheduled === null ? {} : {
        startTime: scheduled,
        hostIP: '10.0.0.4',
        podIP: podAddress(of, record),
        podIPs: [{ ip: podAddress(of, record) }],
        containerStatuses: [{ name: workload.deployment, ready: record.phase === 'ready', started: !waitsForImage, restartCount: 0, image: `contoso.azurecr.io/${workload.deployment}:1.0.0`, imageID: '', state: waitsForImage ? { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "contoso.azurecr.io/${workload.deployment}:1.0.0"` } } : { running: { startedAt: scheduled } }, lastState: {} }],
      }),
    },
  };
}

/** The pods that every node carries for itself. */
export function daemonPods(of: Builder, record: NodeRecord): readonly ObjectToPut[] {
  return daemonsets.map((daemon) => {
    const name = daemonPodName(of, daemon.name, record.name);
    return {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...metadata(of, 'Pod', 'kube-system', name, { 'k8s-app': daemon.name }),
        creationTimestamp: isoSeconds(record.createdAt),
        generateName: `${daemon.name}-`,
        ownerReferences: [ownedBy('apps/v1', 'DaemonSet', daemon.name, uuidOf(of.seed, `daemon set ${of.spec.name}/${daemon.name}`))],
      },
      spec: {
        nodeName: record.name,
        restartPolicy: 'Always',
        priorityClassName: 'system-node-critical',
        tolerations: [{ operator: 'Exists' }],
        containers: [{ name: daemon.name, image: `mcr.microsoft.com/oss/${daemon.name}:1`, resources: { requests: { cpu: `${daemon.cpuMillicores}m`, memory: `${daemon.memoryMiB}Mi` } } }],
      },
      status: {
        phase: 'Running',
        qosClass: 'Burstable',
        startTime: isoSeconds(record.readyAt),
        conditions: [{ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: isoSeconds(record.readyAt) }, { type: 'Ready', status: record.ready === 'ready' ? 'True' : 'False', lastProbeTime: null, lastTransitionTime: isoSeconds(record.readyAt) }],
        containerStatuses: [{ name: daemon.name, ready: record.ready === 'ready', started: true, restartCount: 0, image: `mcr.microsoft.com/oss/${daemon.name}:1`, imageID: '', state: { running: { startedAt: isoSeconds(record.readyAt) } }, lastState: {} }],
      },
    };
  });
}

export function daemonPodName(of: Builder, daemon: string, node: string): string {
  return `${daemon}-${uuidOf(of.seed, `${of.spec.name}/${daemon}/${node}`).slice(0, 5)}`;
}

function podAddress(of: Builder, record: PodRecord): string {
  return `10.244.${Math.floor(draw(of.seed, streamOf(record.name), 3) * 250)}.${2 + (record.ordinal % 250)}`;
}
