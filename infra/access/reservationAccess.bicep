// The control plane at one capacity reservation group: what is reserved, and leave to keep it named in a node pool.

import { roleId } from '../naming.bicep'
import { holderType } from '../types.bicep'

param name string
param homeSubscriptionId string
param groupName string
param holders holderType[]

var reservationUser = roleId(name, homeSubscriptionId, 'reservationUser')

resource group 'Microsoft.Compute/capacityReservationGroups@2025-04-01' existing = {
  name: groupName
}

resource atGroup 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for holder in holders: {
    name: guid(group.id, holder.identityId, reservationUser)
    scope: group
    properties: {
      principalId: holder.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', reservationUser)
    }
  }
]
