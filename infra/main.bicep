// Spillway, and in deploy mode the whole architecture that it stands in; see docs/deploy.md.
//   deploy  stamps, Front Door, registry and the control plane, from one list of regions
//   attach  the control plane beside a fleet that exists: nothing of theirs changes but role assignments and alert rules
targetScope = 'subscription'

import {
  clusterName
  controlGroup
  controlIdentityName
  cosmosName
  frontDoorName
  gatewayName
  regionGroup
  sharedGroup
  spokeName
  stampGroup
  stampIdentityName
  storageName
  suffix
} from 'naming.bicep'
import {
  apiType
  attachedFleetType
  controlPlaneRegionType
  deployedStampType
  featuresType
  frontDoorSettingsType
  platformType
  stampType
  targetType
} from 'types.bicep'

@description('Part of every name: 3 to 8 lower-case letters and digits.')
@minLength(3)
@maxLength(8)
param name string
param mode 'deploy' | 'attach'

@description('Deploy mode: the stamps. Attach mode: empty.')
param stamps stampType[] = []

@description('Deploy mode: what the stamps have in common.')
param platform platformType?
param frontDoor frontDoorSettingsType?

@description('Attach mode: the fleet that exists.')
param attachTo attachedFleetType?

@description('Where Spillway runs. The first one holds Cosmos DB\'s write region.')
@minLength(2)
param controlPlane controlPlaneRegionType[]

@description('A further region for the fence, so that the loss of one control-plane region leaves the other able to act.')
param fenceRegion controlPlaneRegionType

@description('More regions for Cosmos DB alone: Strong consistency wants three in all.')
param dataRegions controlPlaneRegionType[] = []
param ledgerConsistency 'Session' | 'Strong'
param durableBackend 'storage' | 'taskScheduler' = 'storage'

param alwaysReady bool
param nodeVersion string = '22'
param api apiType
param features featuresType

@description('Capacity reservation groups that node pools are bound to, with reserved room that the plan may count on.')
param capacityReservationGroupIds string[] = []

@description('Namespaces whose HPAs Spillway may raise: the namespaces of the fleet file\'s workloads.')
@minLength(1)
param workloadNamespaces string[]

var deploys = mode == 'deploy'
var home = subscription().subscriptionId
var unique = suffix(home, name)
var shared = sharedGroup(name)
var control = controlGroup(name)
var hubLocation = controlPlane[0].region
var blobZone = 'privatelink.blob.${environment().suffixes.storage}'

// One shape for both modes: everything below the fleet works on targets.
var deployedTargets = map(stamps, stamp => {
  name: stamp.name
  region: stamp.region
  subscriptionId: home
  clusterResourceGroup: stampGroup(name, stamp.name)
  clusterName: clusterName(name, stamp.name)
  gatewaySubscriptionId: home
  gatewayResourceGroup: stampGroup(name, stamp.name)
  gatewayName: gatewayName(name, stamp.name)
  networkSubscriptionId: home
  networkResourceGroup: stampGroup(name, stamp.name)
  virtualNetworkName: spokeName(name, stamp.name)
  nodeSubnetName: 'nodes'
})
var attachedStamps = attachTo.?stamps ?? []
var attachedTargets = map(attachedStamps, stamp => {
  name: stamp.name
  region: stamp.region
  subscriptionId: split(stamp.clusterId, '/')[2]
  clusterResourceGroup: split(stamp.clusterId, '/')[4]
  clusterName: last(split(stamp.clusterId, '/'))
  gatewaySubscriptionId: split(stamp.gatewayId, '/')[2]
  gatewayResourceGroup: split(stamp.gatewayId, '/')[4]
  gatewayName: last(split(stamp.gatewayId, '/'))
  networkSubscriptionId: split(stamp.virtualNetworkId, '/')[2]
  networkResourceGroup: split(stamp.virtualNetworkId, '/')[4]
  virtualNetworkName: last(split(stamp.virtualNetworkId, '/'))
  nodeSubnetName: stamp.nodeSubnetName
})
var targets targetType[] = deploys ? deployedTargets : attachedTargets
var clusterSubscriptions = union(map(targets, target => target.subscriptionId), [])
var targetSubscriptions = union(
  clusterSubscriptions,
  map(targets, target => target.gatewaySubscriptionId),
  map(targets, target => target.networkSubscriptionId),
  [home]
)
var frontDoorParts = split(attachTo.?frontDoorProfileId ?? '', '/')
var profileName = deploys ? frontDoorName(name, unique) : last(frontDoorParts)
var profileSubscription = deploys ? home : frontDoorParts[2]
var profileGroup = deploys ? shared : frontDoorParts[4]
var classic = !deploys && contains(toLower(attachTo.?frontDoorProfileId ?? ''), '/providers/microsoft.network/frontdoors/')
var profileId = classic
  ? resourceId(profileSubscription, profileGroup, 'Microsoft.Network/frontDoors', profileName)
  : resourceId(profileSubscription, profileGroup, 'Microsoft.Cdn/profiles', profileName)
var sharedWorkspace = 'log-${name}-shared'
var logParts = split(attachTo.?accessLogWorkspaceId ?? '', '/')

// --- resource groups -------------------------------------------------------------------------------------------

resource controlResources 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: control
  location: hubLocation
}

resource regionResources 'Microsoft.Resources/resourceGroups@2025-04-01' = [
  for place in controlPlane: {
    name: regionGroup(name, place.name)
    location: place.region
  }
]

// --- roles -----------------------------------------------------------------------------------------------------

module roles 'roles/roleDefinitions.bicep' = {
  params: {
    name: name
    homeSubscriptionId: home
    assignableScopes: map(union(targetSubscriptions, [profileSubscription]), id => '/subscriptions/${id}')
    features: features
    withReservations: !empty(capacityReservationGroupIds)
    withClassicFrontDoor: classic
  }
}

// --- control plane ---------------------------------------------------------------------------------------------

module workspaces 'controlPlane/workspace.bicep' = [
  for (place, i) in controlPlane: {
    scope: regionResources[i]
    params: { workspaceName: 'log-${name}-cp-${place.name}', location: place.region }
  }
]

module networks 'controlPlane/network.bicep' = [
  for (place, i) in controlPlane: {
    scope: regionResources[i]
    params: {
      name: name
      regionName: place.name
      location: place.region
      addressSpace: place.addressSpace
      workspaceId: workspaces[i].outputs.workspaceId
    }
  }
]

module identities 'controlPlane/identity.bicep' = [
  for (place, i) in controlPlane: {
    scope: regionResources[i]
    params: { name: name, regionName: place.name, location: place.region }
  }
]

module cosmos 'controlPlane/cosmos.bicep' = {
  scope: controlResources
  params: {
    accountName: cosmosName(name, unique)
    location: hubLocation
    regions: map(concat(controlPlane, dataRegions), place => {
      region: place.region
      zoneRedundant: place.zoneRedundant
    })
    consistency: ledgerConsistency
    holders: [
      for (place, i) in controlPlane: {
        identityId: resourceId(
          home,
          regionGroup(name, place.name),
          'Microsoft.ManagedIdentity/userAssignedIdentities',
          controlIdentityName(name, place.name)
        )
        principalId: identities[i].outputs.principalId
      }
    ]
    workspaceId: workspaces[0].outputs.workspaceId
  }
}

var fenceAccount = storageName(name, 'fc', fenceRegion.name, unique)

module fence 'controlPlane/store.bicep' = {
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

module fenceAccess 'access/containerAccess.bicep' = {
  scope: controlResources
  params: {
    name: name
    homeSubscriptionId: home
    accountName: fenceAccount
    containerName: 'fence'
    roleKey: 'fenceHolder'
    holders: [
      for (place, i) in controlPlane: {
        identityId: resourceId(
          home,
          regionGroup(name, place.name),
          'Microsoft.ManagedIdentity/userAssignedIdentities',
          controlIdentityName(name, place.name)
        )
        principalId: identities[i].outputs.principalId
      }
    ]
  }
  dependsOn: [roles, fence]
}

module fenceEndpoints 'network/privateEndpoint.bicep' = [
  for (place, i) in controlPlane: {
    scope: regionResources[i]
    params: {
      endpointName: 'pe-${name}-cp-${place.name}-fence'
      location: place.region
      subnetId: networks[i].outputs.endpointSubnetId
      targetId: fence.outputs.accountId
      groupId: 'blob'
      zoneNames: [blobZone]
    }
  }
]

module cosmosEndpoints 'network/privateEndpoint.bicep' = [
  for (place, i) in controlPlane: {
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

module regions 'controlPlane/region.bicep' = [
  for (place, i) in controlPlane: {
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
      telemetryWorkspaceId: workspaces[(i + 1) % length(controlPlane)].outputs.workspaceId
      workspaceId: workspaces[i].outputs.workspaceId
    }
    dependsOn: [roles, cosmosEndpoints, fenceEndpoints]
  }
]

module actionGroup 'controlPlane/actionGroup.bicep' = {
  scope: controlResources
  params: {
    name: name
    receivers: [for (place, i) in controlPlane: { name: place.name, hostName: regions[i].outputs.hostName }]
    api: api
  }
}

module heartbeats 'controlPlane/heartbeatAlert.bicep' = [
  for (place, i) in controlPlane: {
    scope: regionResources[(i + 1) % length(controlPlane)]
    params: {
      name: name
      watchedRegionName: place.name
      watchedRegion: place.region
      workspaceId: workspaces[(i + 1) % length(controlPlane)].outputs.workspaceId
      location: controlPlane[(i + 1) % length(controlPlane)].region
      actionGroupId: actionGroup.outputs.actionGroupId
    }
  }
]

// Classic metrics have no origins to tell apart: the control plane's own reading of its pools must do.
module frontDoorAlerts 'controlPlane/frontDoorAlerts.bicep' = if (!classic) {
  scope: resourceGroup(profileSubscription, profileGroup)
  params: { name: name, frontDoorProfileId: profileId, actionGroupId: actionGroup.outputs.actionGroupId }
  dependsOn: [deployedFleet]
}

module healthAlerts 'controlPlane/healthAlerts.bicep' = [
  for id in clusterSubscriptions: {
    scope: resourceGroup(id, deploys ? control : filter(targets, target => target.subscriptionId == id)[0].clusterResourceGroup)
    params: {
      name: name
      actionGroupId: actionGroup.outputs.actionGroupId
      regions: union(map(targets, target => target.region), map(controlPlane, place => place.region))
    }
  }
]

module workbook 'controlPlane/workbook.bicep' = {
  scope: controlResources
  params: { name: name, location: hubLocation, workspaceId: workspaces[0].outputs.workspaceId }
}

module gates 'controlPlane/gate.bicep' = [
  for target in targets: {
    scope: controlResources
    params: {
      name: name
      stampName: target.name
      location: target.region
      homeSubscriptionId: home
      publicAccess: deploys || contains(privatelyGated, target.name) ? 'Disabled' : 'Enabled'
      sku: 'Standard_ZRS'
      writers: [
        for (place, i) in controlPlane: {
          identityId: resourceId(
            home,
            regionGroup(name, place.name),
            'Microsoft.ManagedIdentity/userAssignedIdentities',
            controlIdentityName(name, place.name)
          )
          principalId: identities[i].outputs.principalId
        }
      ]
      workspaceId: workspaces[0].outputs.workspaceId
    }
    dependsOn: [roles]
  }
]

var privatelyGated = map(filter(attachedStamps, stamp => stamp.?privateEndpointSubnetId != null), stamp => stamp.name)

// Every control-plane region reaches every gate by a private endpoint of its own.
var gateWays = flatten(map(
  range(0, length(controlPlane)),
  place => map(range(0, length(targets)), target => { place: place, target: target })
))

module gateEndpoints 'network/privateEndpoint.bicep' = [
  for way in gateWays: {
    scope: regionResources[way.place]
    params: {
      endpointName: 'pe-${name}-cp-${controlPlane[way.place].name}-gate-${targets[way.target].name}'
      location: controlPlane[way.place].region
      subnetId: networks[way.place].outputs.endpointSubnetId
      targetId: gates[way.target].outputs.accountId
      groupId: 'blob'
      zoneNames: [blobZone]
    }
  }
]

// --- deploy mode: the fleet itself ------------------------------------------------------------------------------

module deployedFleet 'deployed/fleet.bicep' = if (deploys) {
  params: {
    name: name
    stamps: stamps
    platform: platform!
    frontDoor: frontDoor!
    profileName: profileName
    sharedWorkspaceName: sharedWorkspace
    controlPlane: controlPlane
    gates: [
      for (target, i) in targets: {
        accountId: gates[i].outputs.accountId
        blobUrl: gates[i].outputs.blobUrl
        readerClientId: gates[i].outputs.readerClientId
      }
    ]
    actionGroupId: actionGroup.outputs.actionGroupId
  }
  dependsOn: [networks]
}

// --- attach mode: alerts and gates beside what exists ----------------------------------------------------------

module attachedAlerts 'stamp/alerts.bicep' = [
  for stamp in attachedStamps: {
    scope: resourceGroup(split(stamp.clusterId, '/')[2], split(stamp.clusterId, '/')[4])
    params: {
      prefix: 'alert-${name}-${stamp.name}'
      stampName: stamp.name
      clusterId: stamp.clusterId
      gatewayId: stamp.gatewayId
      actionGroupId: actionGroup.outputs.actionGroupId
    }
  }
]

module attachedGates 'controlPlane/gateFederation.bicep' = [
  for (stamp, i) in attachedStamps: if (stamp.?oidcIssuerUrl != null) {
    scope: controlResources
    params: { identityName: stampIdentityName(name, stamp.name, 'gate'), oidcIssuerUrl: stamp.?oidcIssuerUrl ?? '' }
    dependsOn: [gates]
  }
]

module attachedGateEndpoints 'network/privateEndpoint.bicep' = [
  for (stamp, i) in attachedStamps: if (stamp.?privateEndpointSubnetId != null) {
    scope: controlResources
    params: {
      endpointName: 'pe-${name}-${stamp.name}-gate'
      location: stamp.region
      subnetId: stamp.?privateEndpointSubnetId ?? ''
      targetId: gates[i].outputs.accountId
      groupId: 'blob'
      // Their resolver is theirs: docs/deploy.md says which record to add.
      zoneNames: []
    }
  }
]

// --- what the control plane may do, scope by scope -------------------------------------------------------------

module fleetAccess 'access/fleetAccess.bicep' = {
  params: {
    name: name
    holders: [
      for (place, i) in controlPlane: {
        identityId: resourceId(
          home,
          regionGroup(name, place.name),
          'Microsoft.ManagedIdentity/userAssignedIdentities',
          controlIdentityName(name, place.name)
        )
        principalId: identities[i].outputs.principalId
      }
    ]
    targets: targets
    profileSubscription: profileSubscription
    profileGroup: profileGroup
    profileName: profileName
    frontDoorKind: classic ? 'classic' : 'standardPremium'
    capacityReservationGroupIds: capacityReservationGroupIds
    namespaces: workloadNamespaces
    features: features
    workspaceSubscription: deploys ? home : (length(logParts) > 2 ? logParts[2] : '')
    workspaceGroup: deploys ? shared : (length(logParts) > 4 ? logParts[4] : '')
    workspaceName: deploys ? sharedWorkspace : last(logParts)
  }
  dependsOn: [roles, deployedFleet]
}

// --- what the fleet file and the workflows need ----------------------------------------------------------------

output mode string = mode
output frontDoorProfileId string = profileId
output stamps deployedStampType[] = [
  for (target, i) in targets: {
    name: target.name
    region: target.region
    clusterId: resourceId(
      target.subscriptionId,
      target.clusterResourceGroup,
      'Microsoft.ContainerService/managedClusters',
      target.clusterName
    )
    gatewayId: resourceId(
      target.gatewaySubscriptionId,
      target.gatewayResourceGroup,
      'Microsoft.Network/applicationGateways',
      target.gatewayName
    )
    nodeSubnetId: resourceId(
      target.networkSubscriptionId,
      target.networkResourceGroup,
      'Microsoft.Network/virtualNetworks/subnets',
      target.virtualNetworkName,
      target.nodeSubnetName
    )
    gateBlobUrl: 'https://${storageName(name, 'gt', target.name, unique)}.blob.${environment().suffixes.storage}/gate/${target.name}.json'
    // Attach mode knows none of these: the fleet file's own half says them.
    origins: deploys
      ? [{ originGroup: 'web', origin: target.name, normalWeight: stamps[i].originWeight, priority: stamps[i].originPriority }]
      : []
    pools: deploys ? [{ name: 'user', surgeMaxCount: stamps[i].userPool.maxCount }] : []
    privateUrl: deploys ? 'https://${target.name}.${platform!.originDomain}:8443/' : null
  }
]
output appNames string[] = [for (place, i) in controlPlane: regions[i].outputs.appName]
output appResourceGroups string[] = [for place in controlPlane: regionGroup(name, place.name)]
output appHostNames string[] = [for (place, i) in controlPlane: regions[i].outputs.hostName]
