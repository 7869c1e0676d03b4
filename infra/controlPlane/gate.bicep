// The gate of one stamp: a small account in the stamp's own region (it shares nothing with another stamp's gate,
// nor with the control plane) and the identity with which the gate in the cluster reads it.

import { stampIdentityName, storageName, suffix } from '../naming.bicep'
import { holderType } from '../types.bicep'

param name string
param stampName string
param location string
param homeSubscriptionId string
param publicAccess 'Enabled' | 'Disabled'
param sku 'Standard_LRS' | 'Standard_ZRS'
param writers holderType[]
param workspaceId string

var accountName = storageName(name, 'gt', stampName, suffix(homeSubscriptionId, name))
var containerName = 'gate'

module store 'store.bicep' = {
  params: {
    accountName: accountName
    location: location
    sku: sku
    containerNames: [containerName]
    publicAccess: publicAccess
    workspaceId: workspaceId
  }
}

resource reader 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: stampIdentityName(name, stampName, 'gate')
  location: location
}

module writerAccess '../access/containerAccess.bicep' = {
  params: {
    name: name
    homeSubscriptionId: homeSubscriptionId
    accountName: accountName
    containerName: containerName
    roleKey: 'gateWriter'
    holders: writers
  }
  dependsOn: [store]
}

module readerAccess '../access/containerAccess.bicep' = {
  params: {
    name: name
    homeSubscriptionId: homeSubscriptionId
    accountName: accountName
    containerName: containerName
    roleKey: 'gateReader'
    holders: [{ identityId: reader.id, principalId: reader.properties.principalId }]
  }
  dependsOn: [store]
}

output accountId string = store.outputs.accountId
output blobUrl string = '${store.outputs.blobUrl}${containerName}/${stampName}.json'
output readerClientId string = reader.properties.clientId
