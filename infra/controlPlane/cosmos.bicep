// The ledger and the state. One write region and automatic failover: a lease or an If-Match means nothing where two
// regions may both write (docs/adr/0103). While no region takes writes, the outbox of each control-plane region does.

import { holderType } from '../types.bicep'

param accountName string
param location string

@description('Regions that hold the data, the write region first.')
param regions cosmosRegionType[]

@description('Strong needs three regions to survive the loss of one without refusing writes.')
param consistency 'Session' | 'Strong'
param holders holderType[]
param workspaceId string

type cosmosRegionType = {
  region: string
  zoneRedundant: bool
}

var databaseName = 'spillway'
var rows = filter(loadJsonContent('../roles/roleTable.json'), row => row.plane == 'cosmos')
var containerOf = { ledgerWriter: 'ledger', stateWriter: 'state' }

resource account 'Microsoft.DocumentDB/databaseAccounts@2025-10-15' = {
  name: accountName
  location: location
  kind: 'GlobalDocumentDB'
  properties: {
    databaseAccountOfferType: 'Standard'
    locations: [
      for (place, i) in regions: {
        locationName: place.region
        failoverPriority: i
        isZoneRedundant: place.zoneRedundant
      }
    ]
    consistencyPolicy: { defaultConsistencyLevel: consistency }
    enableAutomaticFailover: true
    enableMultipleWriteLocations: false
    disableLocalAuth: true
    disableKeyBasedMetadataWriteAccess: true
    minimalTlsVersion: 'Tls12'
    publicNetworkAccess: 'Disabled'
    backupPolicy: { type: 'Continuous', continuousModeProperties: { tier: 'Continuous7Days' } }
  }
}

resource database 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases@2025-10-15' = {
  parent: account
  name: databaseName
  properties: { resource: { id: databaseName } }
}

// Append-only by role, kept for ever: no TTL. Bodies are not searched, so only what queries name is indexed.
resource ledger 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-10-15' = {
  parent: database
  name: 'ledger'
  properties: {
    options: { autoscaleSettings: { maxThroughput: 1000 } }
    resource: {
      id: 'ledger'
      partitionKey: { paths: ['/runId'], kind: 'Hash', version: 2 }
      // Two writers cannot both take the next place in a run's chain.
      uniqueKeyPolicy: { uniqueKeys: [{ paths: ['/seq'] }] }
      indexingPolicy: {
        indexingMode: 'consistent'
        automatic: true
        includedPaths: [{ path: '/*' }]
        excludedPaths: [{ path: '/body/*' }, { path: '/"_etag"/?' }]
      }
    }
  }
}

// Small records with a life of their own: TTL is on, and each item says how long.
resource state 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers@2025-10-15' = {
  parent: database
  name: 'state'
  properties: {
    options: { autoscaleSettings: { maxThroughput: 1000 } }
    resource: {
      id: 'state'
      partitionKey: { paths: ['/kind'], kind: 'Hash', version: 2 }
      defaultTtl: -1
      indexingPolicy: {
        indexingMode: 'consistent'
        automatic: true
        includedPaths: [{ path: '/*' }]
        excludedPaths: [{ path: '/value/*' }, { path: '/"_etag"/?' }]
      }
    }
  }
}

resource role 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions@2025-10-15' = [
  for row in rows: {
    parent: account
    name: guid(account.id, row.key)
    properties: {
      roleName: row.name
      type: 'CustomRole'
      assignableScopes: ['${account.id}/dbs/${databaseName}/colls/${containerOf[row.key]}']
      permissions: [{ dataActions: row.dataActions }]
    }
  }
]

resource ledgerAccess 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-10-15' = [
  for holder in holders: {
    parent: account
    name: guid(account.id, holder.identityId, 'ledgerWriter')
    properties: {
      principalId: holder.principalId
      roleDefinitionId: resourceId(
        'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions',
        accountName,
        guid(account.id, 'ledgerWriter')
      )
      scope: '${account.id}/dbs/${databaseName}/colls/ledger'
    }
    dependsOn: [role, ledger]
  }
]

resource stateAccess 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments@2025-10-15' = [
  for holder in holders: {
    parent: account
    name: guid(account.id, holder.identityId, 'stateWriter')
    properties: {
      principalId: holder.principalId
      roleDefinitionId: resourceId('Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions', accountName, guid(account.id, 'stateWriter'))
      scope: '${account.id}/dbs/${databaseName}/colls/state'
    }
    dependsOn: [role, state]
  }
]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: account
  properties: {
    workspaceId: workspaceId
    logAnalyticsDestinationType: 'Dedicated'
    logs: [{ category: 'ControlPlaneRequests', enabled: true }, { category: 'DataPlaneRequests', enabled: true }]
    metrics: [{ category: 'Requests', enabled: true }]
  }
}

output accountId string = account.id
output endpoint string = account.properties.documentEndpoint
