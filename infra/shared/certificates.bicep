// The vault that TLS certificates are imported to, and the public zone of the origins.

param vaultName string
param location string
param originDomain string
param importFrom string[]
param importerPrincipalId string

var certificatesOfficerRoleId = 'a4417e6f-fecd-4de8-b567-7b0420556985'

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' = {
  name: vaultName
  location: location
  properties: {
    sku: { family: 'A', name: 'standard' }
    tenantId: tenant().tenantId
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
    // Front Door reads its certificate as a trusted service; gateways come by private endpoint.
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      bypass: 'AzureServices'
      defaultAction: 'Deny'
      ipRules: [for range in importFrom: { value: range }]
    }
  }
}

resource importer 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(importerPrincipalId)) {
  name: guid(vault.id, importerPrincipalId, certificatesOfficerRoleId)
  scope: vault
  properties: {
    principalId: importerPrincipalId
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', certificatesOfficerRoleId)
  }
}

resource zone 'Microsoft.Network/dnsZones@2018-05-01' = {
  name: originDomain
  location: 'global'
}

output vaultName string = vault.name
output nameServers string[] = zone.properties.nameServers
