import { json } from '../answers.ts';
import type { FaceResponse } from '../face.ts';
import type { StampPhysics } from '../../world/types.ts';
import { kubernetesVersion, poolBody, poolProfile } from './agentPoolAnswers.ts';
import { putAgentPool } from './agentPools.ts';
import { apiVersions } from './apiVersions.ts';
import type { ArmRequest, ArmRoute } from './armTypes.ts';
import { aksError, notInSandbox, resourceNotFound } from './errors.ts';
import { kubeconfig } from './kubeconfig.ts';
import { aksOperationStatus } from './longRunning.ts';
import { parseResourceId, sameName } from './resourceIds.ts';
import { routesUnder } from './routeTable.ts';

/** AKS: clusters, their credentials and their node pools. */

const aks = 'Microsoft.ContainerService/managedClusters';
const scopeKinds = ['managedCluster', 'subscription'] as const;
const versions = apiVersions.managedClusters;
const group = `/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/${aks}`;
const operations = '/subscriptions/{subscriptionId}/providers/Microsoft.ContainerService/locations/{location}/operations';

const inSubscription = routesUnder({ base: `/subscriptions/{subscriptionId}/providers/${aks}`, versions, scopeKinds: ['subscription'] });
const inGroup = routesUnder({ base: group, versions, scopeKinds: ['subscription'] });
const ofCluster = routesUnder({ base: `${group}/{cluster}`, versions, scopeKinds });
const ofOperations = routesUnder({ base: operations, versions: apiVersions.aksOperations, scopeKinds: ['subscription'] });

export const managedClusterRoutes: readonly ArmRoute[] = [
  inSubscription('GET', '', `${aks}/read`, listClusters),
  inGroup('GET', '', `${aks}/read`, listClusters),
  ofCluster('GET', '', `${aks}/read`, withCluster((request, stamp) => json(200, clusterBody(request, stamp)))),
  ofCluster('PUT', '', `${aks}/write`, withCluster(() => notInSandbox('changing a managed cluster; its node pools can be changed'))),
  ofCluster('POST', '/listClusterUserCredential', `${aks}/listClusterUserCredential/action`, withCluster(userCredential)),
  ofCluster('POST', '/listClusterAdminCredential', `${aks}/listClusterAdminCredential/action`, withCluster(noAdminCredential)),
  ofCluster('GET', '/agentPools', `${aks}/agentPools/read`, withCluster((request, stamp) => json(200, { value: stamp.pools.list().map((pool) => poolBody(stamp, pool, request.apiVersion)) }))),
  ofCluster('GET', '/agentPools/{pool}', `${aks}/agentPools/read`, withCluster(getPool)),
  ofCluster('PUT', '/agentPools/{pool}', `${aks}/agentPools/write`, withCluster(putAgentPool)),
  ofCluster('DELETE', '/agentPools/{pool}', `${aks}/agentPools/delete`, withCluster(() => notInSandbox('removing a node pool: its physics has those of the fleet file'))),
  ofOperations('GET', '/{operationId}', 'Microsoft.ContainerService/locations/operations/read', aksOperationStatus),
];

function listClusters(request: ArmRequest): FaceResponse {
  const asked = request.params['resourceGroup'];
  const found = [...request.world.stamps.values()].filter((stamp) => asked === undefined || sameName(parseResourceId(stamp.spec.clusterId)?.resourceGroup ?? '', asked));
  return json(200, { value: found.map((stamp) => clusterBody(request, stamp)) });
}

function noAdminCredential(): FaceResponse {
  return aksError(400, 'BadRequest', 'Getting static credential is not allowed because this cluster is set to disable local accounts.');
}

function withCluster(handle: (request: ArmRequest, stamp: StampPhysics) => FaceResponse): (request: ArmRequest) => FaceResponse {
  return (request) => {
    const { resourceGroup = '', cluster = '' } = request.params;
    const found = [...request.world.stamps.values()].find((stamp) => {
      const parts = parseResourceId(stamp.spec.clusterId);
      return parts !== null && sameName(parts.name, cluster) && sameName(parts.resourceGroup, resourceGroup);
    });
    return found === undefined ? resourceNotFound(aks, cluster, resourceGroup) : handle(request, found);
  };
}

function getPool(request: ArmRequest, stamp: StampPhysics): FaceResponse {
  const name = request.params['pool'] ?? '';
  const pool = stamp.pools.list().find((candidate) => sameName(candidate.name, name));
  return pool === undefined ? aksError(404, 'NotFound', `Could not find the agent pool '${name}' in the managed cluster.`) : json(200, poolBody(stamp, pool, request.apiVersion));
}

function userCredential(request: ArmRequest, stamp: StampPhysics): FaceResponse {
  const format = request.http.url.searchParams.get('format');
  if (format !== null && format !== 'azure' && format !== 'exec') return aksError(400, 'InvalidParameter', `The value of parameter format is invalid: '${format}'. The allowed values are 'azure', 'exec'.`, 'format');
  const config = kubeconfig(request, stamp, format === 'exec' ? 'exec' : 'token');
  return json(200, { kubeconfigs: [{ name: 'clusterUser', value: Buffer.from(config, 'utf8').toString('base64') }] });
}

function clusterBody(request: ArmRequest, stamp: StampPhysics): unknown {
  const { spec } = stamp;
  const parts = parseResourceId(spec.clusterId);
  const pools = stamp.pools.list();
  const server = request.endpoints.kube[spec.name] ?? '';
  return {
    id: spec.clusterId.replace('/resourceGroups/', '/resourcegroups/'),
    name: parts?.name ?? '',
    type: aks,
    location: spec.region,
    tags: {},
    sku: { name: 'Base', tier: 'Standard' },
    identity: { type: 'SystemAssigned', principalId: request.world.spec.frontDoor.frontDoorId, tenantId: request.world.spec.tenantId },
    properties: {
      provisioningState: pools.some((pool) => pool.provisioningState !== 'Succeeded') ? 'Updating' : 'Succeeded',
      powerState: { code: 'Running' },
      kubernetesVersion,
      currentKubernetesVersion: kubernetesVersion,
      dnsPrefix: parts?.name ?? '',
      fqdn: server === '' ? '' : new URL(server).host,
      agentPoolProfiles: pools.map((pool) => poolProfile(stamp, pool, request.apiVersion)),
      nodeResourceGroup: `MC_${parts?.resourceGroup ?? ''}_${parts?.name ?? ''}_${spec.region}`,
      servicePrincipalProfile: { clientId: 'msi' },
      enableRBAC: true,
      supportPlan: 'KubernetesOfficial',
      disableLocalAccounts: true,
      aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: null, tenantID: request.world.spec.tenantId },
      networkProfile: {
        networkPlugin: 'azure',
        networkPluginMode: 'overlay',
        networkDataplane: 'azure',
        loadBalancerSku: 'standard',
        podCidr: spec.podCidr,
        podCidrs: [spec.podCidr],
        serviceCidr: '10.0.0.0/16',
        serviceCidrs: ['10.0.0.0/16'],
        dnsServiceIP: '10.0.0.10',
        outboundType: 'loadBalancer',
        ...(spec.outboundPorts === undefined ? {} : { loadBalancerProfile: loadBalancerProfile(spec.clusterId, spec.outboundPorts) }),
        ipFamilies: ['IPv4'],
      },
      nodeProvisioningProfile: { mode: 'Manual', defaultNodePools: 'Auto' },
      autoScalerProfile: {
        'balance-similar-node-groups': 'false',
        expander: 'random',
        'max-graceful-termination-sec': '600',
        'max-node-provision-time': '15m',
        'max-total-unready-percentage': '45',
        'new-pod-scale-up-delay': '0s',
        'ok-total-unready-count': '3',
        'scale-down-delay-after-add': '10m',
        'scale-down-delay-after-delete': '10s',
        'scale-down-delay-after-failure': '3m',
        'scale-down-unneeded-time': '10m',
        'scale-down-unready-time': '20m',
        'scale-down-utilization-threshold': '0.5',
        'scan-interval': '10s',
        'skip-nodes-with-local-storage': 'false',
        'skip-nodes-with-system-pods': 'true',
      },
      maxAgentPools: 100,
      oidcIssuerProfile: { enabled: true, issuerURL: `https://${spec.region}.oic.prod-aks.azure.com/${request.world.spec.tenantId}/${request.world.spec.frontDoor.frontDoorId}/` },
      securityProfile: { workloadIdentity: { enabled: true } },
      autoUpgradeProfile: { nodeOSUpgradeChannel: 'NodeImage' },
    },
  };
}

function loadBalancerProfile(clusterId: string, { perNode, addresses }: NonNullable<StampPhysics['spec']['outboundPorts']>): unknown {
  const group = clusterId.split('/providers/')[0] ?? '';
  return {
    managedOutboundIPs: { count: addresses },
    effectiveOutboundIPs: Array.from({ length: addresses }, (_, index) => ({ id: `${group}/providers/Microsoft.Network/publicIPAddresses/outbound-${index + 1}` })),
    allocatedOutboundPorts: perNode,
    idleTimeoutInMinutes: 30,
    backendPoolType: 'nodeIPConfiguration',
  };
}
