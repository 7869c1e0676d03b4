// The control plane at one classic Front Door, which is changed only as a whole.

import { roleId } from '../naming.bicep'
import { holderType } from '../types.bicep'

param name string
param homeSubscriptionId string
param frontDoorName string
param holders holderType[]

var operator = roleId(name, homeSubscriptionId, 'frontDoorClassicOperator')

resource frontDoor 'Microsoft.Network/frontDoors@2025-11-01' existing = {
  name: frontDoorName
}

resource atFrontDoor 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for holder in holders: {
    name: guid(frontDoor.id, holder.identityId, operator)
    scope: frontDoor
    properties: {
      principalId: holder.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', operator)
    }
  }
]
