// The gates of all stamps, and every control-plane region's own private way to each of them.
targetScope = 'subscription'

import { controlGroup, regionGroup } from '../naming.bicep'
import { controlPlaneRegionType, gateType, holderType, targetType } from '../types.bicep'

param name string
param targets targetType[]
param regions controlPlaneRegionType[]

@description('Where each region\'s private endpoints go, in the same order.')
param endpointSubnetIds string[]
param writers holderType[]
param workspaceId string

var ways = flatten(map(range(0, length(regions)), place => map(range(0, length(targets)), target => { region: place, target: target })))

module gate 'gate.bicep' = [
  for target in targets: {
    scope: resourceGroup(controlGroup(name))
    params: {
      name: name
      stampName: target.name
      location: target.region
      homeSubscriptionId: subscription().subscriptionId
      publicAccess: target.gateAccess == 'private' ? 'Disabled' : 'Enabled'
      sku: target.zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
      writers: writers
      workspaceId: workspaceId
    }
  }
]

module endpoints '../network/privateEndpoint.bicep' = [
  for way in ways: {
    scope: resourceGroup(regionGroup(name, regions[way.region].name))
    params: {
      endpointName: 'pe-${name}-cp-${regions[way.region].name}-gate-${targets[way.target].name}'
      location: regions[way.region].region
      subnetId: endpointSubnetIds[way.region]
      targetId: gate[way.target].outputs.accountId
      groupId: 'blob'
      zoneNames: ['privatelink.blob.${environment().suffixes.storage}']
    }
  }
]

output gates gateType[] = [
  for (target, i) in targets: {
    accountId: gate[i].outputs.accountId
    blobUrl: gate[i].outputs.blobUrl
    readerClientId: gate[i].outputs.readerClientId
  }
]
