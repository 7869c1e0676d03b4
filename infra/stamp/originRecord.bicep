// The origin's name in the public zone: an alias of the gateway's address.

param originDomain string
param stampName string
param addressId string

resource zone 'Microsoft.Network/dnsZones@2018-05-01' existing = {
  name: originDomain
}

resource record 'Microsoft.Network/dnsZones/A@2018-05-01' = {
  parent: zone
  name: stampName
  properties: { TTL: 60, targetResource: { id: addressId } }
}
