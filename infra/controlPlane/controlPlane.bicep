// Spillway itself: its regions, the fence, the ledger, and who is told. It knows nothing of the fleet.
targetScope = 'subscription'

import { controlGroup, controlIdentityId, cosmosName, regionGroup, storageName, suffix } from '../naming.bicep'
import { apiType, controlPlaneRegionType, dataRegionType } from '../types.bicep'

param name string
param regions controlPlaneRegionType[]
param fenceRegion dataRegionType
param dataRegions dataRegionType[]
param ledgerConsistency 'Session' | 'Strong'
param durableBackend 'storage' | 'taskScheduler'
param alwaysReady bool
param nodeVersion string
param api apiType

var home = subscription().subscriptionId
var unique = suffix(home, name)
var hubLocation = regions[0].region
var fenceAccount = storageName(name, 'fc', fenceRegion.name, unique)

resource controlResources 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: controlGroup(name)
  location: hubLocation
}

resource regionResources 'Microsoft.Resources/resourceGroups@2025-04-01' = [
  for place in regions: {
    name: regionGroup(name, place.name)
    location: place.region
  }
]

module workspaces 'workspace.bicep' = [
  for (place, i) in regions: {
    scope: regionResources[i]
    params: { workspaceName: 'log-${name}-cp-${place.name}', location: place.region }
  }
]

module networks 'network.bicep' = [
  for (place, i) in regions: {
    scope: regionResources[i]
    params: {
      name: name
      regionName: place.name
      location: place.region
      addressSpace: place.addressSpace
      zoneRedundant: place.zoneRedundant
      workspaceId: workspaces[i].outputs.workspaceId
    }
  }
]

module identities 'identity.bicep' = [
  for (place, i) in regions: {
    scope: regionResources[i]
    params: { name: name, regionName: place.name, location: place.region }
  }
]

// --- what all regions share: the ledger and the fence ----------------------------------------------------------

module cosmos 'cosmos.bicep' = {
  scope: controlResources
  params: {
    accountName: cosmosName(name, unique)
    location: hubLocation
    regions: concat(
      map(regions, place => { region: place.region, zoneRedundant: place.zoneRedundant }),
      map(dataRegions, place => { region: place.region, zoneRedundant: place.zoneRedundant })
    )
    consistency: ledgerConsistency
    holders: [
      for (place, i) in regions: {
        identityId: controlIdentityId(home, name, place.name)
        principalId: identities[i].outputs.principalId
      }
    ]
    workspaceId: workspaces[0].outputs.workspaceId
  }
}

module fence 'store.bicep' = {
  scope: controlResources
  params: {
    accountName: fenceAccount
    location: fenceRegion.region
    sku: fenceRegion.zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
    containerNames: ['fence']
    publicAccess: 'Disabled'
    workspaceId: workspaces[0].outputs.workspaceId
  }
}

module fenceAccess '../access/containerAccess.bicep' = {
  scope: controlResources
  params: {
    name: name
    homeSubscriptionId: home
    accountName: fenceAccount
    containerName: 'fence'
    roleKey: 'fenceHolder'
    holders: [
      for (place, i) in regions: {
        identityId: controlIdentityId(home, name, place.name)
        principalId: identities[i].outputs.principalId
      }
    ]
  }
  dependsOn: [fence]
}

module fenceEndpoints '../network/privateEndpoint.bicep' = [
  for (place, i) in regions: {
    scope: regionResources[i]
    params: {
      endpointName: 'pe-${name}-cp-${place.name}-fence'
      location: place.region
      subnetId: networks[i].outputs.endpointSubnetId
      targetId: fence.outputs.accountId
      groupId: 'blob'
      zoneNames: ['privatelink.blob.${environment().suffixes.storage}']
    }
  }
]

// One after the other: the account takes one change at a time.
@batchSize(1)
module cosmosEndpoints '../network/privateEndpoint.bicep' = [
  for (place, i) in regions: {
    scope: regionResources[i]
    params: {
      endpointName: 'pe-${name}-cp-${place.name}-cosmos'
      location: place.region
      subnetId: networks[i].outputs.endpointSubnetId
      targetId: cosmos.outputs.accountId
      groupId: 'Sql'
      zoneNames: ['privatelink.documents.azure.com']
    }
  }
]

// --- each region -----------------------------------------------------------------------------------------------

module apps 'region.bicep' = [
  for (place, i) in regions: {
    scope: regionResources[i]
    params: {
      name: name
      place: place
      homeSubscriptionId: home
      principalId: identities[i].outputs.principalId
      clientId: identities[i].outputs.clientId
      functionsSubnetId: networks[i].outputs.functionsSubnetId
      durableBackend: durableBackend
      egressAddress: networks[i].outputs.egressAddress
      alwaysReady: alwaysReady
      nodeVersion: nodeVersion
      api: api
      cosmosEndpoint: cosmos.outputs.endpoint
      fenceContainerUrl: '${fence.outputs.blobUrl}fence'
      telemetryWorkspaceId: workspaces[(i + 1) % length(regions)].outputs.workspaceId
      workspaceId: workspaces[i].outputs.workspaceId
    }
    dependsOn: [cosmosEndpoints, fenceEndpoints]
  }
]

// --- who is told, and what people look at ----------------------------------------------------------------------

module actionGroup 'actionGroup.bicep' = {
  scope: controlResources
  params: {
    name: name
    receivers: [for (place, i) in regions: { name: place.name, hostName: apps[i].outputs.hostName }]
    api: api
  }
}

module heartbeats 'silenceAlert.bicep' = [
  for (place, i) in regions: {
    scope: regionResources[(i + 1) % length(regions)]
    params: {
      name: name
      what: 'heartbeat'
      metricName: 'spillway.heartbeat'
      severity: 1
      afterSeconds: 180
      evaluationFrequency: 'PT1M'
      watchedRegionName: place.name
      watchedRegion: place.region
      workspaceId: workspaces[(i + 1) % length(regions)].outputs.workspaceId
      location: regions[(i + 1) % length(regions)].region
      actionGroupId: actionGroup.outputs.actionGroupId
    }
  }
]

module certificateSilence 'silenceAlert.bicep' = [
  for (place, i) in regions: {
    scope: regionResources[(i + 1) % length(regions)]
    params: {
      name: name
      what: 'certificate'
      metricName: 'spillway.certificate'
      severity: 2
      afterSeconds: 300
      evaluationFrequency: 'PT5M'
      watchedRegionName: place.name
      watchedRegion: place.region
      workspaceId: workspaces[(i + 1) % length(regions)].outputs.workspaceId
      location: regions[(i + 1) % length(regions)].region
      actionGroupId: actionGroup.outputs.actionGroupId
    }
  }
]

module certificates 'certificateAlert.bicep' = [
  for (place, i) in regions: {
    scope: regionResources[(i + 1) % length(regions)]
    params: {
      name: name
      watchedRegionName: place.name
      watchedRegion: place.region
      workspaceId: workspaces[(i + 1) % length(regions)].outputs.workspaceId
      location: regions[(i + 1) % length(regions)].region
      actionGroupId: actionGroup.outputs.actionGroupId
    }
  }
]

module workbook 'workbook.bicep' = {
  scope: controlResources
  params: {
    name: name
    location: hubLocation
    workspaceIds: [for (place, i) in regions: workspaces[i].outputs.workspaceId]
  }
}

output principalIds string[] = [for (place, i) in regions: identities[i].outputs.principalId]
output endpointSubnetIds string[] = [for (place, i) in regions: networks[i].outputs.endpointSubnetId]
output workspaceId string = workspaces[0].outputs.workspaceId
output actionGroupId string = actionGroup.outputs.actionGroupId
output appNames string[] = [for (place, i) in regions: apps[i].outputs.appName]
output appHostNames string[] = [for (place, i) in regions: apps[i].outputs.hostName]
