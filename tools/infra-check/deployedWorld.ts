import { deployedFleetOf } from './deployedFleet.ts';
import { sameId } from './armId.ts';
import type { Manifest } from './manifests.ts';
import type { Snapshot } from './snapshot.ts';
import { listAt, numberAt, ofType, recordAt, textAt, textsAt } from './snapshot.ts';

/** What a snapshot and gitops/ say of the fleet's physics: what the sandbox needs to start as what would be deployed. */
export interface DeployedWorld {
  readonly originGroups: readonly DeployedOriginGroup[];
  readonly clusters: readonly DeployedCluster[];
  readonly workloads: readonly DeployedWorkload[];
}

export interface DeployedOriginGroup {
  readonly name: string;
  readonly latencyWindowMs: number;
  readonly probeIntervalSeconds: number;
  readonly probePath: string;
  readonly sampleSize: number;
  readonly successfulSamplesRequired: number;
}

export interface DeployedCluster {
  readonly stamp: string;
  readonly region: string;
  readonly resourceId: string;
  readonly podCidr: string;
  readonly nodeSubnetPrefix: string;
  readonly pools: readonly DeployedPool[];
}

export interface DeployedPool {
  readonly name: string;
  readonly mode: 'System' | 'User';
  readonly vmSize: string;
  readonly minCount: number;
  readonly maxCount: number;
  readonly maxPods: number;
  readonly zones: readonly string[];
}

export interface DeployedWorkload {
  readonly namespace: string;
  readonly deployment: string;
  readonly hpa: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly targetCpuUtilisationPercent: number | null;
  readonly cpuRequest: string;
  readonly memoryRequest: string;
  readonly hpaAnnotations: Readonly<Record<string, string>>;
}

export function deployedWorldOf(snapshot: Snapshot, manifests: readonly Manifest[]): DeployedWorld {
  const networks = ofType(snapshot, 'Microsoft.Network/virtualNetworks');
  return {
    originGroups: ofType(snapshot, 'Microsoft.Cdn/profiles/originGroups').map((group) => ({
      name: group.name.split('/').at(-1) ?? group.name,
      latencyWindowMs: numberAt(group.body, 'properties.loadBalancingSettings.additionalLatencyInMilliseconds') ?? 0,
      probeIntervalSeconds: numberAt(group.body, 'properties.healthProbeSettings.probeIntervalInSeconds') ?? 100,
      probePath: textAt(group.body, 'properties.healthProbeSettings.probePath') ?? '/',
      sampleSize: numberAt(group.body, 'properties.loadBalancingSettings.sampleSize') ?? 4,
      successfulSamplesRequired: numberAt(group.body, 'properties.loadBalancingSettings.successfulSamplesRequired') ?? 3,
    })),
    clusters: deployedFleetOf(snapshot).stamps.flatMap((stamp) => {
      const cluster = ofType(snapshot, 'Microsoft.ContainerService/managedClusters').find((candidate) => sameId(candidate.id, stamp.clusterId));
      if (cluster === undefined) return [];
      const network = networks.find((candidate) => stamp.nodeSubnetId.toLowerCase().startsWith(`${candidate.id.toLowerCase()}/subnets/`));
      const subnet = listAt(network?.body, 'properties.subnets').find((item) => stamp.nodeSubnetId.endsWith(`/${textAt(item, 'name') ?? ''}`));
      return [
        {
          stamp: stamp.name,
          region: stamp.region,
          resourceId: stamp.clusterId,
          podCidr: textAt(cluster.body, 'properties.networkProfile.podCidr') ?? '',
          nodeSubnetPrefix: textAt(subnet, 'properties.addressPrefix') ?? '',
          pools: listAt(cluster.body, 'properties.agentPoolProfiles').map((pool) => ({
            name: textAt(pool, 'name') ?? '',
            mode: textAt(pool, 'mode') === 'System' ? 'System' : 'User',
            vmSize: textAt(pool, 'vmSize') ?? '',
            minCount: numberAt(pool, 'minCount') ?? 0,
            maxCount: numberAt(pool, 'maxCount') ?? 0,
            maxPods: numberAt(pool, 'maxPods') ?? 0,
            zones: textsAt(pool, 'availabilityZones'),
          })),
        },
      ];
    }),
    workloads: manifests.filter((manifest) => manifest.kind === 'HorizontalPodAutoscaler').flatMap((hpa) => workloadOf(hpa, manifests)),
  };
}

function workloadOf(hpa: Manifest, manifests: readonly Manifest[]): readonly DeployedWorkload[] {
  const deployment = manifests.find((manifest) => manifest.kind === 'Deployment' && manifest.namespace === hpa.namespace && manifest.name === textAt(hpa.body, 'spec.scaleTargetRef.name'));
  if (deployment === undefined) return [];
  const cpu = listAt(hpa.body, 'spec.metrics').find((metric) => textAt(metric, 'resource.name') === 'cpu');
  const requests = recordAt(deployment.body, 'spec.template.spec.containers.0.resources.requests');
  return [
    {
      namespace: hpa.namespace,
      deployment: deployment.name,
      hpa: hpa.name,
      minReplicas: numberAt(hpa.body, 'spec.minReplicas') ?? 1,
      maxReplicas: numberAt(hpa.body, 'spec.maxReplicas') ?? 1,
      targetCpuUtilisationPercent: numberAt(cpu, 'resource.target.averageUtilization'),
      cpuRequest: textAt(requests, 'cpu') ?? '0',
      memoryRequest: textAt(requests, 'memory') ?? '0',
      hpaAnnotations: Object.fromEntries(Object.entries(recordAt(hpa.body, 'metadata.annotations')).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
    },
  ];
}
