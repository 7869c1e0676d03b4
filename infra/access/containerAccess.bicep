// Holders at one blob container, with the role of that row of the role table.

import { roleId } from '../naming.bicep'
import { holderType } from '../types.bicep'

param name string
param homeSubscriptionId string
param accountName string
param containerName string
param roleKey 'gateWriter' | 'gateReader' | 'outboxWriter' | 'fenceHolder'
param holders holderType[]

var role = roleId(name, homeSubscriptionId, roleKey)

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' existing = {
  name: '${accountName}/default/${containerName}'
}

resource atContainer 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for holder in holders: {
    name: guid(container.id, holder.identityId, role)
    scope: container
    properties: {
      principalId: holder.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]
