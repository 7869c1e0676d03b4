// The control plane at one subscription of the fleet: quota, SKUs and the status of AKS operations have no narrower scope.
targetScope = 'subscription'

import { roleId } from '../naming.bicep'
import { holderType } from '../types.bicep'

param name string
param homeSubscriptionId string
param holders holderType[]

var quotaReader = roleId(name, homeSubscriptionId, 'quotaReader')

resource atSubscription 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for holder in holders: {
    name: guid(subscription().id, holder.identityId, quotaReader)
    properties: {
      principalId: holder.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', quotaReader)
    }
  }
]
