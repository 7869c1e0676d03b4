// Deploy mode's half: the stamps, what they share, and the ways between them and the control plane.
targetScope = 'subscription'

import { functionsPrefix, nodePrefix } from '../addressPlan.bicep'
import {
  clusterName
  controlGroup
  controlNetworkName
  regionGroup
  registryName
  sharedGroup
  spokeName
  stampGroup
  stampIdentityName
  suffix
} from '../naming.bicep'
import { controlPlaneRegionType, frontDoorSettingsType, gateType, platformType, stampType } from '../types.bicep'

param name string
param stamps stampType[]
param platform platformType
param frontDoor frontDoorSettingsType
param profileName string
param sharedWorkspaceName string
param controlPlane controlPlaneRegionType[]
param kedaScales bool

@description('One a stamp, in the same order.')
param gates gateType[]
param actionGroupId string

var home = subscription().subscriptionId
var unique = suffix(home, name)
var controlPlanePrefixes = map(controlPlane, place => functionsPrefix(place.addressSpace))

resource sharedResources 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: sharedGroup(name)
  location: platform.location
}

resource stampResources 'Microsoft.Resources/resourceGroups@2025-04-01' = [
  for stamp in stamps: {
    name: stampGroup(name, stamp.name)
    location: stamp.region
  }
]

module sharedLogs '../shared/logs.bicep' = {
  scope: sharedResources
  params: { workspaceName: sharedWorkspaceName, location: platform.location }
}

module frontDoorProfile '../shared/frontDoor.bicep' = {
  scope: sharedResources
  params: {
    profileName: profileName
    settings: frontDoor
    origins: map(stamps, stamp => {
      name: stamp.name
      hostName: '${stamp.name}.${platform.originDomain}'
      weight: stamp.originWeight
      priority: stamp.originPriority
    })
    certificateVaultName: platform.certificateVaultName
    workspaceId: sharedLogs.outputs.workspaceId
  }
}

module certificateAudit '../shared/certificateAudit.bicep' = {
  scope: sharedResources
  params: { vaultName: platform.certificateVaultName, workspaceId: sharedLogs.outputs.workspaceId }
}

module registry '../shared/registry.bicep' = {
  scope: sharedResources
  params: {
    registryName: registryName(name, unique)
    location: platform.location
    replicaRegions: map(stamps, stamp => stamp.region)
    workspaceId: sharedLogs.outputs.workspaceId
  }
}

module firewallPolicy '../shared/firewallPolicy.bicep' = if (platform.firewall != 'off') {
  scope: sharedResources
  params: {
    policyName: 'afwp-${name}-shared'
    location: platform.location
    tier: platform.firewall == 'Premium' ? 'Premium' : 'Standard'
    nodePrefixes: map(stamps, stamp => nodePrefix(stamp.addressSpace))
  }
}

// One stamp after the other: what one does not survive, the next never gets.
@batchSize(1)
module stampModules '../stamp/stamp.bicep' = [
  for (stamp, i) in stamps: {
    scope: stampResources[i]
    params: {
      name: name
      stamp: stamp
      platform: platform
      kedaScales: kedaScales
      homeSubscriptionId: home
      frontDoorId: frontDoorProfile.outputs.frontDoorId
      registryName: registryName(name, unique)
      controlPlanePrefixes: controlPlanePrefixes
      firewallPolicyId: firewallPolicy.?outputs.policyId ?? ''
      actionGroupId: actionGroupId
      gate: gates[i]
    }
    dependsOn: [registry]
  }
]

module deployedGates '../controlPlane/gateFederation.bicep' = [
  for (stamp, i) in stamps: {
    scope: resourceGroup(controlGroup(name))
    params: { identityName: stampIdentityName(name, stamp.name, 'gate'), oidcIssuerUrl: stampModules[i].outputs.oidcIssuerUrl }
  }
]

// The control plane reaches each stamp's private listener, and its API server where that is private.
var networkPairs = flatten(map(
  range(0, length(controlPlane)),
  place => map(range(0, length(stamps)), stamp => { place: place, stamp: stamp })
))

// A network takes one peering at a time, so they are made in turn.
@batchSize(1)
module toStamps '../network/peering.bicep' = [
  for pair in networkPairs: {
    scope: resourceGroup(regionGroup(name, controlPlane[pair.place].name))
    params: {
      virtualNetworkName: controlNetworkName(name, controlPlane[pair.place].name)
      remoteNetworkId: resourceId(
        home,
        stampGroup(name, stamps[pair.stamp].name),
        'Microsoft.Network/virtualNetworks',
        spokeName(name, stamps[pair.stamp].name)
      )
      peeringName: 'to-${stamps[pair.stamp].name}'
    }
    dependsOn: [stampModules]
  }
]

@batchSize(1)
module fromStamps '../network/peering.bicep' = [
  for pair in networkPairs: {
    scope: stampResources[pair.stamp]
    params: {
      virtualNetworkName: spokeName(name, stamps[pair.stamp].name)
      remoteNetworkId: resourceId(
        home,
        regionGroup(name, controlPlane[pair.place].name),
        'Microsoft.Network/virtualNetworks',
        controlNetworkName(name, controlPlane[pair.place].name)
      )
      peeringName: 'to-cp-${controlPlane[pair.place].name}'
    }
    dependsOn: [toStamps]
  }
]

module originNames '../controlPlane/originNames.bicep' = [
  for (place, i) in controlPlane: {
    scope: resourceGroup(regionGroup(name, place.name))
    params: {
      name: name
      regionName: place.name
      originDomain: platform.originDomain
      stamps: map(stamps, stamp => { name: stamp.name, addressSpace: stamp.addressSpace })
    }
  }
]

module fleetManager '../shared/fleetManager.bicep' = if (platform.fleetManager) {
  scope: sharedResources
  params: {
    fleetManagerName: 'fleet-${name}'
    location: platform.location
    members: map(stamps, stamp => {
      name: stamp.name
      resourceGroupName: stampGroup(name, stamp.name)
      clusterName: clusterName(name, stamp.name)
    })
  }
  dependsOn: [stampModules]
}
