// Attach mode's half: alerts beside what exists, and what lets a cluster that exists read its gate.
targetScope = 'subscription'

import { controlGroup, stampIdentityName } from '../naming.bicep'
import { attachedStampType, gateType } from '../types.bicep'

param name string
param stamps attachedStampType[]

@description('One a stamp, in the same order.')
param gates gateType[]
param actionGroupId string

module alerts '../stamp/alerts.bicep' = [
  for stamp in stamps: {
    scope: resourceGroup(split(stamp.clusterId, '/')[2], split(stamp.clusterId, '/')[4])
    params: {
      prefix: 'alert-${name}-${stamp.name}'
      stampName: stamp.name
      clusterId: stamp.clusterId
      gatewayId: stamp.gatewayId
      actionGroupId: actionGroupId
    }
  }
]

module federations '../controlPlane/gateFederation.bicep' = [
  for stamp in stamps: if (stamp.?oidcIssuerUrl != null) {
    scope: resourceGroup(controlGroup(name))
    params: { identityName: stampIdentityName(name, stamp.name, 'gate'), oidcIssuerUrl: stamp.?oidcIssuerUrl ?? '' }
  }
]

module endpoints '../network/privateEndpoint.bicep' = [
  for (stamp, i) in stamps: if (stamp.?privateEndpointSubnetId != null) {
    scope: resourceGroup(controlGroup(name))
    params: {
      endpointName: 'pe-${name}-${stamp.name}-gate'
      location: stamp.region
      subnetId: stamp.?privateEndpointSubnetId ?? ''
      targetId: gates[i].accountId
      groupId: 'blob'
      // Their resolver is theirs: docs/deploy.md says which record to add.
      zoneNames: []
    }
  }
]
