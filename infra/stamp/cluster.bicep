// AKS of one stamp. The bounds here are the quiet day's: the control plane raises them for a surge and hands them
// back. A deployment during a run would set them back under it, so the workflow asks first (docs/deploy.md).

import { gitopsType, poolType } from '../types.bicep'
import { clusterName, spokeName } from '../naming.bicep'

param name string
param stampName string
param location string
param zones string[]
param kubernetesVersion string
param systemPool poolType
param userPool poolType
param podCidr string
param serviceCidr string
param privateCluster bool

@description('Whether workloads are scaled by KEDA: the add-on, whose objects the control plane then changes.')
param kedaScales bool
param outbound 'userAssignedNATGateway' | 'userDefinedRouting'
param clusterAdminGroupIds string[]
param clusterIdentityId string
param clusterPrincipalId string
param kubeletIdentityId string
param kubeletClientId string
param kubeletPrincipalId string
param nodeSubnetId string
param apiServerSubnetId string
param workspaceId string
param metricsRuleId string
param logsRuleId string
param gitops gitopsType

@description('Values that Flux puts into the manifests: gate address, identity, ingress address, host name.')
param substitutions object

var networkContributorRoleId = '4d97b98b-1d4f-4787-a291-c67834d212e7'

resource spoke 'Microsoft.Network/virtualNetworks@2025-05-01' existing = {
  name: spokeName(name, stampName)

  resource nodes 'subnets' existing = {
    name: 'nodes'
  }

  resource apiServer 'subnets' existing = {
    name: 'api-server'
  }
}

// The cluster puts the ingress controller's internal load balancer into the node subnet.
resource nodeSubnetJoiner 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(spoke::nodes.id, clusterIdentityId, networkContributorRoleId)
  scope: spoke::nodes
  properties: {
    principalId: clusterPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', networkContributorRoleId)
  }
}

resource apiSubnetJoiner 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (privateCluster) {
  name: guid(spoke::apiServer.id, clusterIdentityId, networkContributorRoleId)
  scope: spoke::apiServer
  properties: {
    principalId: clusterPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', networkContributorRoleId)
  }
}

resource cluster 'Microsoft.ContainerService/managedClusters@2026-02-01' = {
  name: clusterName(name, stampName)
  location: location
  sku: { name: 'Base', tier: 'Standard' }
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${clusterIdentityId}': {} } }
  properties: {
    dnsPrefix: '${name}-${stampName}'
    kubernetesVersion: kubernetesVersion
    nodeResourceGroup: 'rg-${name}-${stampName}-nodes'
    disableLocalAccounts: true
    enableRBAC: true
    aadProfile: { managed: true, enableAzureRBAC: true, adminGroupObjectIDs: clusterAdminGroupIds, tenantID: tenant().tenantId }
    identityProfile: {
      kubeletidentity: {
        resourceId: kubeletIdentityId
        clientId: kubeletClientId
        objectId: kubeletPrincipalId
      }
    }
    apiServerAccessProfile: privateCluster
      ? {
          enablePrivateCluster: true
          enablePrivateClusterPublicFQDN: true
          privateDNSZone: 'none'
          enableVnetIntegration: true
          subnetId: apiServerSubnetId
        }
      : { enablePrivateCluster: false }
    oidcIssuerProfile: { enabled: true }
    securityProfile: {
      workloadIdentity: { enabled: true }
      imageCleaner: { enabled: true, intervalHours: 48 }
    }
    networkProfile: {
      networkPlugin: 'azure'
      networkPluginMode: 'overlay'
      networkDataplane: 'cilium'
      networkPolicy: 'cilium'
      loadBalancerSku: 'standard'
      outboundType: outbound
      podCidr: podCidr
      serviceCidr: serviceCidr
      dnsServiceIP: cidrHost(serviceCidr, 9)
    }
    agentPoolProfiles: [
      {
        name: 'system'
        mode: 'System'
        type: 'VirtualMachineScaleSets'
        vmSize: systemPool.vmSize
        osType: 'Linux'
        osSKU: 'AzureLinux'
        availabilityZones: zones
        vnetSubnetID: nodeSubnetId
        count: systemPool.minCount
        enableAutoScaling: true
        minCount: systemPool.minCount
        maxCount: systemPool.maxCount
        maxPods: systemPool.maxPods
        nodeTaints: ['CriticalAddonsOnly=true:NoSchedule']
        upgradeSettings: { maxSurge: '33%' }
      }
      {
        name: 'user'
        mode: 'User'
        type: 'VirtualMachineScaleSets'
        vmSize: userPool.vmSize
        osType: 'Linux'
        osSKU: 'AzureLinux'
        availabilityZones: zones
        vnetSubnetID: nodeSubnetId
        count: userPool.minCount
        enableAutoScaling: true
        minCount: userPool.minCount
        maxCount: userPool.maxCount
        maxPods: userPool.maxPods
        upgradeSettings: { maxSurge: '33%' }
      }
    ]
    autoScalerProfile: { 'balance-similar-node-groups': 'true', 'max-graceful-termination-sec': '600' }
    workloadAutoScalerProfile: { keda: { enabled: kedaScales } }
    autoUpgradeProfile: { upgradeChannel: 'patch', nodeOSUpgradeChannel: 'NodeImage' }
    metricsProfile: { costAnalysis: { enabled: true } }
    azureMonitorProfile: { metrics: { enabled: true, kubeStateMetrics: { metricLabelsAllowlist: '', metricAnnotationsAllowList: '' } } }
    addonProfiles: {
      omsagent: { enabled: true, config: { logAnalyticsWorkspaceResourceID: workspaceId, useAADAuth: 'true' } }
      azurepolicy: { enabled: true }
      azureKeyvaultSecretsProvider: { enabled: true, config: { enableSecretRotation: 'true' } }
    }
    ingressProfile: { webAppRouting: { enabled: true, nginx: { defaultIngressControllerType: 'None' } } }
  }
  dependsOn: [nodeSubnetJoiner, apiSubnetJoiner]
}

resource metricsAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  name: 'prometheus'
  scope: cluster
  properties: { dataCollectionRuleId: metricsRuleId }
}

resource logsAssociation 'Microsoft.Insights/dataCollectionRuleAssociations@2024-03-11' = {
  name: 'containers'
  scope: cluster
  properties: { dataCollectionRuleId: logsRuleId }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: cluster
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [
      for category in ['kube-audit-admin', 'kube-controller-manager', 'cluster-autoscaler', 'guard']: {
        category: category
        enabled: true
      }
    ]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource flux 'Microsoft.KubernetesConfiguration/extensions@2025-03-01' = {
  name: 'flux'
  scope: cluster
  properties: { extensionType: 'microsoft.flux', autoUpgradeMinorVersion: true, releaseTrain: 'Stable' }
}

resource manifests 'Microsoft.KubernetesConfiguration/fluxConfigurations@2025-04-01' = {
  name: 'spillway'
  scope: cluster
  properties: {
    scope: 'cluster'
    namespace: 'flux-system'
    sourceKind: 'GitRepository'
    gitRepository: { url: gitops.url, repositoryRef: { branch: gitops.branch }, syncIntervalInSeconds: 60 }
    kustomizations: {
      stamp: {
        path: gitops.path
        prune: true
        syncIntervalInSeconds: 300
        retryIntervalInSeconds: 60
        postBuild: { substitute: substitutions }
      }
    }
  }
  dependsOn: [flux]
}

output clusterId string = cluster.id
output oidcIssuerUrl string = cluster.properties.oidcIssuerProfile.issuerURL
