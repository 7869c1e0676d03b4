// A private endpoint and its record in the network's own zone.

param endpointName string
param location string
param subnetId string
param targetId string

@description('Sub-resource, such as blob, vault, Sql or registry.')
param groupId string

@description('Zones of the resource group this is deployed to; empty where somebody else keeps the records.')
param zoneNames string[]

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = {
  name: endpointName
  location: location
  properties: {
    subnet: { id: subnetId }
    customNetworkInterfaceName: 'nic-${endpointName}'
    privateLinkServiceConnections: [
      { name: groupId, properties: { privateLinkServiceId: targetId, groupIds: [groupId] } }
    ]
  }
}

resource records 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = if (!empty(zoneNames)) {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      for zoneName in zoneNames: {
        name: replace(zoneName, '.', '-')
        properties: { privateDnsZoneId: resourceId('Microsoft.Network/privateDnsZones', zoneName) }
      }
    ]
  }
}
