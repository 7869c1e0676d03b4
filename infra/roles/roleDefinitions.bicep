// Custom roles, one a row of the role table in code (src/adapters/permissions.ts): no more, no less, no wildcard.
targetScope = 'subscription'

import { roleId } from '../naming.bicep'
import { featuresType } from '../types.bicep'

param name string

@description('Subscription that the roles are named after; the same for every target subscription.')
param homeSubscriptionId string
param assignableScopes string[]
param features featuresType
param withReservations bool
param withClassicFrontDoor bool

var wanted = concat(
  [''],
  features.keda ? ['keda'] : [],
  features.shedding ? ['shedding'] : [],
  features.accessLog ? ['accessLog'] : [],
  features.metricChecks ? ['metricChecks'] : [],
  withReservations ? ['capacityReservations'] : [],
  withClassicFrontDoor ? ['classicFrontDoor'] : []
)
var rows = filter(loadJsonContent('roleTable.json'), row => row.plane == 'azure' && contains(wanted, row.optional))

resource role 'Microsoft.Authorization/roleDefinitions@2022-04-01' = [
  for row in rows: {
    name: roleId(name, homeSubscriptionId, row.key)
    properties: {
      roleName: '${row.name} (${name})'
      description: row.description
      type: 'CustomRole'
      permissions: [{ actions: row.actions, notActions: [], dataActions: row.dataActions, notDataActions: [] }]
      assignableScopes: assignableScopes
    }
  }
]
