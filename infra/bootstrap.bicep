// First step of deploy mode: what needs a person between it and the rest (delegate the zone, import the certificate).
targetScope = 'subscription'

import { sharedGroup, suffix } from 'naming.bicep'

@minLength(3)
@maxLength(8)
param name string
param location string

@description('Public DNS zone of the origins, such as origin.contoso.com.')
param originDomain string

@description('Addresses that may import the certificate, in CIDR form; empty once it is there.')
param importFrom string[] = []

@description('Object id of whoever imports the certificate; empty for nobody.')
param importerPrincipalId string = ''

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: sharedGroup(name)
  location: location
}

module certificates 'shared/certificates.bicep' = {
  scope: group
  params: {
    vaultName: 'kv-${name}-tls-${suffix(subscription().subscriptionId, name)}'
    location: location
    originDomain: originDomain
    importFrom: importFrom
    importerPrincipalId: importerPrincipalId
  }
}

output certificateVaultName string = certificates.outputs.vaultName
output nameServers string[] = certificates.outputs.nameServers
