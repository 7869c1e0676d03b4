// One control-plane region: its storage, its private way to everything it talks to, and the app.

import { controlIdentityName, controlNetworkName, storageName, suffix } from '../naming.bicep'
import { apiType, controlPlaneRegionType } from '../types.bicep'

param name string
param place controlPlaneRegionType
param homeSubscriptionId string
param principalId string
param clientId string
param functionsSubnetId string
param durableBackend 'storage' | 'taskScheduler'

@description('The one address by which the region\'s app leaves: the Durable Task Scheduler takes no other.')
param egressAddress string
param alwaysReady bool
param nodeVersion string
param api apiType
param cosmosEndpoint string
param fenceContainerUrl string
param telemetryWorkspaceId string
param workspaceId string

var unique = suffix(homeSubscriptionId, name)
var hostAccount = storageName(name, 'fn', place.name, unique)
var outboxAccount = storageName(name, 'ob', place.name, unique)
var sku = place.zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
var identityId = resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', controlIdentityName(name, place.name))
var hubName = 'Spillway'
var storageSuffix = environment().suffixes.storage
var endpointSubnetId = resourceId('Microsoft.Network/virtualNetworks/subnets', controlNetworkName(name, place.name), 'endpoints')
var hostParts = [
  { groupId: 'blob', zoneName: 'privatelink.blob.${storageSuffix}' }
  { groupId: 'queue', zoneName: 'privatelink.queue.${storageSuffix}' }
  { groupId: 'table', zoneName: 'privatelink.table.${storageSuffix}' }
]

module hostStore 'store.bicep' = {
  params: {
    accountName: hostAccount
    location: place.region
    sku: sku
    containerNames: ['packages']
    publicAccess: 'Disabled'
    workspaceId: workspaceId
  }
}

module hostAccess 'hostStorage.bicep' = {
  params: { accountName: hostAccount, identityId: identityId, principalId: principalId }
  dependsOn: [hostStore]
}

module outbox 'store.bicep' = {
  params: {
    accountName: outboxAccount
    location: place.region
    sku: sku
    containerNames: ['outbox']
    publicAccess: 'Disabled'
    workspaceId: workspaceId
  }
}

module outboxAccess '../access/containerAccess.bicep' = {
  params: {
    name: name
    homeSubscriptionId: homeSubscriptionId
    accountName: outboxAccount
    containerName: 'outbox'
    roleKey: 'outboxWriter'
    holders: [{ identityId: identityId, principalId: principalId }]
  }
  dependsOn: [outbox]
}

module hostEndpoints '../network/privateEndpoint.bicep' = [
  for part in hostParts: {
    params: {
      endpointName: 'pe-${name}-cp-${place.name}-host-${part.groupId}'
      location: place.region
      subnetId: endpointSubnetId
      targetId: hostStore.outputs.accountId
      groupId: part.groupId
      zoneNames: [part.zoneName]
    }
  }
]

module outboxEndpoint '../network/privateEndpoint.bicep' = {
  params: {
    endpointName: 'pe-${name}-cp-${place.name}-outbox'
    location: place.region
    subnetId: endpointSubnetId
    targetId: outbox.outputs.accountId
    groupId: 'blob'
    zoneNames: ['privatelink.blob.${storageSuffix}']
  }
}

module scheduler 'taskScheduler.bicep' = if (durableBackend == 'taskScheduler') {
  params: {
    schedulerName: 'dts-${name}-cp-${place.name}-${unique}'
    location: place.region
    hubName: hubName
    identityId: identityId
    principalId: principalId
    allowedRanges: ['${egressAddress}/32']
  }
}

module app 'app.bicep' = {
  params: {
    name: name
    regionName: place.name
    location: place.region
    suffix: unique
    zoneRedundant: place.zoneRedundant
    identityId: identityId
    principalId: principalId
    clientId: clientId
    subnetId: functionsSubnetId
    storageAccountName: hostAccount
    packageContainerUrl: '${hostStore.outputs.blobUrl}packages'
    nodeVersion: nodeVersion
    alwaysReady: alwaysReady
    telemetryWorkspaceId: telemetryWorkspaceId
    diagnosticsWorkspaceId: workspaceId
    cosmosEndpoint: cosmosEndpoint
    cosmosDatabase: 'spillway'
    fenceContainerUrl: fenceContainerUrl
    outboxContainerUrl: '${outbox.outputs.blobUrl}outbox'
    api: api
    durableBackend: durableBackend
    schedulerEndpoint: scheduler.?outputs.endpoint ?? ''
    taskHubName: hubName
  }
  dependsOn: [hostAccess, hostEndpoints]
}

output hostName string = app.outputs.hostName
output appName string = app.outputs.appName
