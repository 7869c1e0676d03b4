// Everything of one stamp but its resource group. Stamps know nothing of each other.

import { ingressAddress } from '../addressPlan.bicep'
import { sharedGroup, spokeName, stampIdentityName, suffix } from '../naming.bicep'
import { gateType, platformType, stampType } from '../types.bicep'

param name string
param stamp stampType
param platform platformType
param kedaScales bool
param homeSubscriptionId string
param frontDoorId string
param registryName string
param controlPlanePrefixes string[]
param firewallPolicyId string
param actionGroupId string
param gate gateType

var hostName = '${stamp.name}.${platform.originDomain}'
var shared = sharedGroup(name)
var identityType = 'Microsoft.ManagedIdentity/userAssignedIdentities'
var clusterIdentityId = resourceId(identityType, stampIdentityName(name, stamp.name, 'cluster'))
var kubeletIdentityId = resourceId(identityType, stampIdentityName(name, stamp.name, 'kubelet'))
var gatewayIdentityId = resourceId(identityType, stampIdentityName(name, stamp.name, 'gateway'))
var vaultZone = 'privatelink.vaultcore.azure.net'
var blobZone = 'privatelink.blob.${environment().suffixes.storage}'
var registryZone = 'privatelink${environment().suffixes.acrLoginServer}'
var podCidr = '100.64.0.0/12'
var serviceCidr = '100.112.0.0/16'

module observability 'observability.bicep' = {
  params: { name: name, stampName: stamp.name, location: stamp.region }
}

module network 'network.bicep' = {
  params: {
    name: name
    stampName: stamp.name
    location: stamp.region
    addressSpace: stamp.addressSpace
    zones: stamp.zones
    firewall: platform.firewall
    controlPlanePrefixes: controlPlanePrefixes
    workspaceId: observability.outputs.workspaceId
  }
}

module firewall 'firewall.bicep' = if (platform.firewall != 'off') {
  params: {
    name: name
    stampName: stamp.name
    location: stamp.region
    zones: stamp.zones
    tier: platform.firewall == 'Premium' ? 'Premium' : 'Standard'
    basePolicyId: firewallPolicyId
    policyLocation: platform.location
    workspaceId: observability.outputs.workspaceId
  }
  dependsOn: [network]
}

module zones '../network/privateDnsZones.bicep' = {
  params: {
    zoneNames: [vaultZone, blobZone, registryZone]
    virtualNetworkId: resourceId('Microsoft.Network/virtualNetworks', spokeName(name, stamp.name))
  }
  dependsOn: [network]
}

module identities 'identities.bicep' = {
  params: { name: name, stampName: stamp.name, location: stamp.region }
}

module sharedAccess 'sharedAccess.bicep' = {
  scope: resourceGroup(shared)
  params: {
    registryName: registryName
    kubeletPrincipalId: identities.outputs.kubeletPrincipalId
    kubeletIdentityId: kubeletIdentityId
    certificateVaultName: platform.certificateVaultName
    certificateName: platform.certificateName
    gatewayPrincipalId: identities.outputs.gatewayPrincipalId
    gatewayIdentityId: gatewayIdentityId
  }
}

module vault 'keyVault.bicep' = {
  params: {
    vaultName: 'kv-${name}-${stamp.name}-${suffix(homeSubscriptionId, name)}'
    location: stamp.region
    workspaceId: observability.outputs.workspaceId
  }
}

module vaultEndpoint '../network/privateEndpoint.bicep' = {
  params: {
    endpointName: 'pe-${name}-${stamp.name}-vault'
    location: stamp.region
    subnetId: network.outputs.endpointSubnetId
    targetId: vault.outputs.vaultId
    groupId: 'vault'
    zoneNames: [vaultZone]
  }
  dependsOn: [zones]
}

module certificateEndpoint '../network/privateEndpoint.bicep' = {
  params: {
    endpointName: 'pe-${name}-${stamp.name}-tls'
    location: stamp.region
    subnetId: network.outputs.endpointSubnetId
    targetId: resourceId(shared, 'Microsoft.KeyVault/vaults', platform.certificateVaultName)
    groupId: 'vault'
    zoneNames: [vaultZone]
  }
  dependsOn: [zones]
}

module registryEndpoint '../network/privateEndpoint.bicep' = {
  params: {
    endpointName: 'pe-${name}-${stamp.name}-registry'
    location: stamp.region
    subnetId: network.outputs.endpointSubnetId
    targetId: resourceId(shared, 'Microsoft.ContainerRegistry/registries', registryName)
    groupId: 'registry'
    zoneNames: [registryZone]
  }
  dependsOn: [zones]
}

module gateEndpoint '../network/privateEndpoint.bicep' = {
  params: {
    endpointName: 'pe-${name}-${stamp.name}-gate'
    location: stamp.region
    subnetId: network.outputs.endpointSubnetId
    targetId: gate.accountId
    groupId: 'blob'
    zoneNames: [blobZone]
  }
  dependsOn: [zones]
}

module cluster 'cluster.bicep' = {
  params: {
    name: name
    stampName: stamp.name
    location: stamp.region
    zones: stamp.zones
    kubernetesVersion: platform.kubernetesVersion
    systemPool: stamp.systemPool
    userPool: stamp.userPool
    podCidr: podCidr
    serviceCidr: serviceCidr
    privateCluster: platform.privateClusters
    kedaScales: kedaScales
    outbound: platform.firewall == 'off' ? 'userAssignedNATGateway' : 'userDefinedRouting'
    clusterAdminGroupIds: platform.clusterAdminGroupIds
    clusterIdentityId: clusterIdentityId
    clusterPrincipalId: identities.outputs.clusterPrincipalId
    kubeletIdentityId: kubeletIdentityId
    kubeletClientId: identities.outputs.kubeletClientId
    kubeletPrincipalId: identities.outputs.kubeletPrincipalId
    nodeSubnetId: network.outputs.nodeSubnetId
    apiServerSubnetId: network.outputs.apiServerSubnetId
    workspaceId: observability.outputs.workspaceId
    metricsRuleId: observability.outputs.metricsRuleId
    logsRuleId: observability.outputs.logsRuleId
    gitops: platform.gitops
    substitutions: {
      STAMP: stamp.name
      REGISTRY: '${registryName}${environment().suffixes.acrLoginServer}'
      HOST_NAME: hostName
      INGRESS_ADDRESS: ingressAddress(stamp.addressSpace)
      GATE_BLOB_URL: gate.blobUrl
      GATE_CLIENT_ID: gate.readerClientId
    }
  }
  // A node that cannot leave, or cannot pull, never becomes ready.
  dependsOn: [firewall, sharedAccess, registryEndpoint]
}

module gateway 'gateway.bicep' = {
  params: {
    name: name
    stampName: stamp.name
    location: stamp.region
    zones: stamp.zones
    addressSpace: stamp.addressSpace
    subnetId: network.outputs.gatewaySubnetId
    hostName: hostName
    frontDoorId: frontDoorId
    identityId: gatewayIdentityId
    certificateVaultName: platform.certificateVaultName
    certificateName: platform.certificateName
    controlPlanePrefixes: controlPlanePrefixes
    minCapacity: 2
    maxCapacity: 30
    workspaceId: observability.outputs.workspaceId
  }
  dependsOn: [sharedAccess, certificateEndpoint]
}

module record 'originRecord.bicep' = {
  scope: resourceGroup(shared)
  params: { originDomain: platform.originDomain, stampName: stamp.name, addressId: gateway.outputs.addressId }
}

module policy 'policy.bicep' = {
  params: { effect: platform.policyEffect }
}

module alerts 'alerts.bicep' = {
  params: {
    prefix: 'alert-${name}-${stamp.name}'
    stampName: stamp.name
    clusterId: cluster.outputs.clusterId
    gatewayId: gateway.outputs.gatewayId
    actionGroupId: actionGroupId
  }
}

output oidcIssuerUrl string = cluster.outputs.oidcIssuerUrl
