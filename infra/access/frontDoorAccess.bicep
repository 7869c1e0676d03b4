// The control plane at one Front Door profile, and at the resource group in which its operation results lie.

import { roleId } from '../naming.bicep'
import { holderType } from '../types.bicep'

param name string
param homeSubscriptionId string
param profileName string
param holders holderType[]

var operator = roleId(name, homeSubscriptionId, 'frontDoorOriginOperator')
var operationReader = roleId(name, homeSubscriptionId, 'frontDoorOperationReader')

resource profile 'Microsoft.Cdn/profiles@2025-06-01' existing = {
  name: profileName
}

resource atProfile 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for holder in holders: {
    name: guid(profile.id, holder.identityId, operator)
    scope: profile
    properties: {
      principalId: holder.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', operator)
    }
  }
]

resource atGroup 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for holder in holders: {
    name: guid(resourceGroup().id, holder.identityId, operationReader)
    properties: {
      principalId: holder.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', operationReader)
    }
  }
]
