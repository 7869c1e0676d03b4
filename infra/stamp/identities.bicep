// Who acts in a stamp: the cluster, its kubelets, the gateway, the gate. No secret is shared or stored.

import { stampIdentityName } from '../naming.bicep'

param name string
param stampName string
param location string

var managedIdentityOperatorRoleId = 'f1a07417-d97a-45cb-824c-7a7467783830'

resource cluster 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: stampIdentityName(name, stampName, 'cluster')
  location: location
}

resource kubelet 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: stampIdentityName(name, stampName, 'kubelet')
  location: location
}

resource gateway 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: stampIdentityName(name, stampName, 'gateway')
  location: location
}

resource kubeletAssigner 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(kubelet.id, cluster.id, managedIdentityOperatorRoleId)
  scope: kubelet
  properties: {
    principalId: cluster.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', managedIdentityOperatorRoleId)
  }
}

output clusterPrincipalId string = cluster.properties.principalId
output kubeletClientId string = kubelet.properties.clientId
output kubeletPrincipalId string = kubelet.properties.principalId
output gatewayPrincipalId string = gateway.properties.principalId
