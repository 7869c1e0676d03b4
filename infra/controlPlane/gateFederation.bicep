// Lets the gate's service account in one cluster act as the gate's identity: no secret in the cluster.

param identityName string
param oidcIssuerUrl string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource federation 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials@2024-11-30' = {
  parent: identity
  name: 'spillway-gate'
  properties: {
    issuer: oidcIssuerUrl
    subject: 'system:serviceaccount:spillway:spillway-gate'
    audiences: ['api://AzureADTokenExchange']
  }
}
