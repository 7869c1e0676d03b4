// How a control-plane region resolves the origins' names: to the private frontends, so that one certificate serves
// both listeners and the control plane's probes and proofs never need the public one.

import { gatewayPrivateAddress } from '../addressPlan.bicep'
import { controlNetworkName } from '../naming.bicep'

param name string
param regionName string
param originDomain string
param stamps originType[]

type originType = {
  name: string
  addressSpace: string
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' existing = {
  name: controlNetworkName(name, regionName)
}

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: originDomain
  location: 'global'
}

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: zone
  name: network.name
  location: 'global'
  properties: { registrationEnabled: false, virtualNetwork: { id: network.id } }
}

resource record 'Microsoft.Network/privateDnsZones/A@2024-06-01' = [
  for stamp in stamps: {
    parent: zone
    name: stamp.name
    properties: { ttl: 60, aRecords: [{ ipv4Address: gatewayPrivateAddress(stamp.addressSpace) }] }
  }
]
