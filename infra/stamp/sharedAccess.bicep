// What a stamp's identities may do in the shared resource group: pull images, read the origin's certificate.

param registryName string
param kubeletPrincipalId string
param kubeletIdentityId string
param certificateVaultName string
param certificateName string
param gatewayPrincipalId string
param gatewayIdentityId string

var acrPullRoleId = '7f951dda-4ed3-4680-a7ca-43fe172d538d'
var secretsUserRoleId = '4633458b-17de-408a-b874-0445c86b69e6'

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

resource vault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: certificateVaultName
}

resource certificate 'Microsoft.KeyVault/vaults/secrets@2025-05-01' existing = {
  parent: vault
  name: certificateName
}

resource pull 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(registry.id, kubeletIdentityId, acrPullRoleId)
  scope: registry
  properties: {
    principalId: kubeletPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPullRoleId)
  }
}

resource read 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(certificate.id, gatewayIdentityId, secretsUserRoleId)
  scope: certificate
  properties: {
    principalId: gatewayPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsUserRoleId)
  }
}
