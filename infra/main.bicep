// Spillway, and in deploy mode the whole architecture that it stands in; see docs/deploy.md.
//   deploy  stamps, Front Door, registry and the control plane, from one list of regions
//   attach  the control plane beside a fleet that exists: nothing of theirs changes but role assignments and alert rules
targetScope = 'subscription'

import {
  clusterName
  controlGroup
  controlIdentityId
  frontDoorName
  gatewayName
  regionGroup
  sharedGroup
  spokeName
  stampGroup
  storageName
  suffix
} from 'naming.bicep'
import {
  apiType
  attachedFleetType
  controlPlaneRegionType
  dataRegionType
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
param fenceRegion dataRegionType

@description('More regions for Cosmos DB alone: Strong consistency wants three in all.')
param dataRegions dataRegionType[] = []
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
  gateAccess: 'private'
  zoneRedundant: length(stamp.zones) > 1
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
  gateAccess: stamp.?privateEndpointSubnetId == null ? 'public' : 'private'
  zoneRedundant: stamp.zoneRedundant
})
var targets targetType[] = deploys ? deployedTargets : attachedTargets
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

// Wherever a role is assigned below, it must be assignable.
var assignedSubscriptions = union(
  map(targets, target => target.subscriptionId),
  map(targets, target => target.gatewaySubscriptionId),
  map(targets, target => target.networkSubscriptionId),
  map(capacityReservationGroupIds, id => split(id, '/')[2]),
  length(logParts) > 2 ? [logParts[2]] : [],
  [profileSubscription, home]
)

// Resource Health and Service Health are seen subscription by subscription, by a rule that lies in one of its groups.
var watchedPlaces = concat(
  [{ subscriptionId: home, resourceGroup: control }],
  map(targets, target => { subscriptionId: target.subscriptionId, resourceGroup: target.clusterResourceGroup }),
  map(targets, target => { subscriptionId: target.gatewaySubscriptionId, resourceGroup: target.gatewayResourceGroup }),
  [{ subscriptionId: profileSubscription, resourceGroup: profileGroup }]
)
var watchedSubscriptions = union(map(watchedPlaces, place => place.subscriptionId), [])

// --- the control plane, and its gates in front of the stamps ---------------------------------------------------

module roles 'roles/roleDefinitions.bicep' = {
  params: {
    name: name
    homeSubscriptionId: home
    assignableScopes: map(assignedSubscriptions, id => '/subscriptions/${id}')
    features: features
    withReservations: !empty(capacityReservationGroupIds)
    withClassicFrontDoor: classic
  }
}

module spillway 'controlPlane/controlPlane.bicep' = {
  params: {
    name: name
    regions: controlPlane
    fenceRegion: fenceRegion
    dataRegions: dataRegions
    ledgerConsistency: ledgerConsistency
    durableBackend: durableBackend
    alwaysReady: alwaysReady
    nodeVersion: nodeVersion
    api: api
  }
  dependsOn: [roles]
}

module gates 'controlPlane/gates.bicep' = {
  params: {
    name: name
    targets: targets
    regions: controlPlane
    endpointSubnetIds: spillway.outputs.endpointSubnetIds
    writers: [
      for (place, i) in controlPlane: {
        identityId: controlIdentityId(home, name, place.name)
        principalId: spillway.outputs.principalIds[i]
      }
    ]
    workspaceId: spillway.outputs.workspaceId
  }
}

// --- the fleet: deployed, or attached to -----------------------------------------------------------------------

module deployedFleet 'deployed/fleet.bicep' = if (deploys) {
  params: {
    name: name
    stamps: stamps
    platform: platform!
    frontDoor: frontDoor!
    profileName: profileName
    sharedWorkspaceName: sharedWorkspace
    controlPlane: controlPlane
    kedaScales: features.keda
    gates: gates.outputs.gates
    actionGroupId: spillway.outputs.actionGroupId
  }
}

module attachedFleet 'attached/fleet.bicep' = if (!deploys) {
  params: {
    name: name
    stamps: attachedStamps
    gates: gates.outputs.gates
    actionGroupId: spillway.outputs.actionGroupId
  }
}

// Classic metrics have no origins to tell apart: the control plane's own reading of its pools must do.
module frontDoorAlerts 'controlPlane/frontDoorAlerts.bicep' = if (!classic) {
  scope: resourceGroup(profileSubscription, profileGroup)
  params: { name: name, frontDoorProfileId: profileId, actionGroupId: spillway.outputs.actionGroupId }
  dependsOn: [deployedFleet]
}

module healthAlerts 'controlPlane/healthAlerts.bicep' = [
  for id in watchedSubscriptions: {
    scope: resourceGroup(id, filter(watchedPlaces, place => place.subscriptionId == id)[0].resourceGroup)
    params: { name: name, actionGroupId: spillway.outputs.actionGroupId }
  }
]

module fleetAccess 'access/fleetAccess.bicep' = {
  params: {
    name: name
    holders: [
      for (place, i) in controlPlane: {
        identityId: controlIdentityId(home, name, place.name)
        principalId: spillway.outputs.principalIds[i]
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
  dependsOn: [deployedFleet]
}

// --- what the fleet file and the workflows need ----------------------------------------------------------------

output mode string = mode
output frontDoorProfileId string = profileId
// Where users enter; read where the feature is on, and where the log has the columns of a Standard or Premium profile.
output accessLogWorkspaceId string? = features.accessLog && !classic
  ? (deploys ? resourceId(home, shared, 'Microsoft.OperationalInsights/workspaces', sharedWorkspace) : attachTo.?accessLogWorkspaceId)
  : null
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
output appNames string[] = spillway.outputs.appNames
output appResourceGroups string[] = [for place in controlPlane: regionGroup(name, place.name)]
output appHostNames string[] = spillway.outputs.appHostNames
