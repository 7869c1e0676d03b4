// What the control plane may do in the fleet, scope by scope; the same in both modes.
targetScope = 'subscription'

import { featuresType, holderType, targetType } from '../types.bicep'

param name string
param holders holderType[]
param targets targetType[]
param profileSubscription string
param profileGroup string
param profileName string
param frontDoorKind 'standardPremium' | 'classic'
param capacityReservationGroupIds string[]
param namespaces string[]
param features featuresType

@description('Workspace of Front Door\'s access log; empty where there is none.')
param workspaceSubscription string
param workspaceGroup string
param workspaceName string

var home = subscription().subscriptionId

module frontDoorAccess 'frontDoorAccess.bicep' = if (frontDoorKind == 'standardPremium') {
  scope: resourceGroup(profileSubscription, profileGroup)
  params: { name: name, homeSubscriptionId: home, profileName: profileName, holders: holders }
}

module classicFrontDoorAccess 'classicFrontDoorAccess.bicep' = if (frontDoorKind == 'classic') {
  scope: resourceGroup(profileSubscription, profileGroup)
  params: { name: name, homeSubscriptionId: home, frontDoorName: profileName, holders: holders }
}

module reservationAccess 'reservationAccess.bicep' = [
  for id in capacityReservationGroupIds: {
    scope: resourceGroup(split(id, '/')[2], split(id, '/')[4])
    params: { name: name, homeSubscriptionId: home, groupName: last(split(id, '/')), holders: holders }
  }
]

module clusterAccess 'clusterAccess.bicep' = [
  for target in targets: {
    scope: resourceGroup(target.subscriptionId, target.clusterResourceGroup)
    params: {
      name: name
      homeSubscriptionId: home
      clusterName: target.clusterName
      namespaces: namespaces
      features: features
      holders: holders
    }
  }
]

module networkAccess 'networkAccess.bicep' = [
  for target in targets: {
    scope: resourceGroup(target.networkSubscriptionId, target.networkResourceGroup)
    params: {
      name: name
      homeSubscriptionId: home
      virtualNetworkName: target.virtualNetworkName
      nodeSubnetName: target.nodeSubnetName
      holders: holders
    }
  }
]

module gatewayAccess 'gatewayAccess.bicep' = [
  for target in targets: {
    scope: resourceGroup(target.gatewaySubscriptionId, target.gatewayResourceGroup)
    params: { name: name, homeSubscriptionId: home, gatewayName: target.gatewayName, holders: holders }
  }
]

module subscriptionAccess 'subscriptionAccess.bicep' = [
  for id in union(map(targets, target => target.subscriptionId), []): {
    scope: subscription(id)
    params: { name: name, homeSubscriptionId: home, holders: holders }
  }
]

module logAccess 'workspaceAccess.bicep' = if (features.accessLog && !empty(workspaceName)) {
  scope: resourceGroup(workspaceSubscription, workspaceGroup)
  params: { name: name, homeSubscriptionId: home, workspaceName: workspaceName, holders: holders }
}
