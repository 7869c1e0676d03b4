// The control plane at one Application Gateway: its metrics.

import { roleId } from '../naming.bicep'
import { holderType } from '../types.bicep'

param name string
param homeSubscriptionId string
param gatewayName string
param holders holderType[]

var metricsReader = roleId(name, homeSubscriptionId, 'gatewayMetricsReader')

resource gateway 'Microsoft.Network/applicationGateways@2025-05-01' existing = {
  name: gatewayName
}

resource atGateway 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for holder in holders: {
    name: guid(gateway.id, holder.identityId, metricsReader)
    scope: gateway
    properties: {
      principalId: holder.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsReader)
    }
  }
]
