// The control plane at one stamp's network: how many addresses are left, and the node subnet by name.

import { roleId } from '../naming.bicep'
import { holderType } from '../types.bicep'

param name string
param homeSubscriptionId string
param virtualNetworkName string
param nodeSubnetName string
param holders holderType[]

var addressReader = roleId(name, homeSubscriptionId, 'addressReader')
var subnetJoiner = roleId(name, homeSubscriptionId, 'subnetJoiner')

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' existing = {
  name: virtualNetworkName

  resource nodes 'subnets' existing = {
    name: nodeSubnetName
  }
}

resource atNetwork 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for holder in holders: {
    name: guid(network.id, holder.identityId, addressReader)
    scope: network
    properties: {
      principalId: holder.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', addressReader)
    }
  }
]

resource atSubnet 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for holder in holders: {
    name: guid(network::nodes.id, holder.identityId, subnetJoiner)
    scope: network::nodes
    properties: {
      principalId: holder.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', subnetJoiner)
    }
  }
]
