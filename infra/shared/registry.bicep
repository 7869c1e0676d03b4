// Container registry, replicated to every stamp's region: a region that fails takes no other region's images with it.

param registryName string
param location string
param replicaRegions string[]
param workspaceId string

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: registryName
  location: location
  sku: { name: 'Premium' }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    dataEndpointEnabled: true
    publicNetworkAccess: 'Disabled'
    networkRuleBypassOptions: 'AzureServices'
    zoneRedundancy: 'Enabled'
  }
}

resource replication 'Microsoft.ContainerRegistry/registries/replications@2025-11-01' = [
  for region in replicaRegions: if (region != location) {
    parent: registry
    name: region
    location: region
    properties: { zoneRedundancy: 'Enabled', regionEndpointEnabled: true }
  }
]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: registry
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
