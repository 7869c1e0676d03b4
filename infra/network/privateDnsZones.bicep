// Private DNS zones of one network. Each network has its own set, so that a name answers with the endpoint nearby
// and one region's endpoint is never another region's answer.

param zoneNames string[]
param virtualNetworkId string

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for zoneName in zoneNames: {
    name: zoneName
    location: 'global'
  }
]

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (zoneName, i) in zoneNames: {
    parent: zone[i]
    name: last(split(virtualNetworkId, '/'))
    location: 'global'
    properties: { registrationEnabled: false, virtualNetwork: { id: virtualNetworkId } }
  }
]
