// The control plane at the workspace that holds Front Door's access log.

import { roleId } from '../naming.bicep'
import { holderType } from '../types.bicep'

param name string
param homeSubscriptionId string
param workspaceName string
param holders holderType[]

var logReader = roleId(name, homeSubscriptionId, 'accessLogReader')

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' existing = {
  name: workspaceName
}

resource atWorkspace 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for holder in holders: {
    name: guid(workspace.id, holder.identityId, logReader)
    scope: workspace
    properties: {
      principalId: holder.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', logReader)
    }
  }
]
