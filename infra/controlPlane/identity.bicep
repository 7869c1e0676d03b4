// The one identity with which a control-plane region does everything it does.

import { controlIdentityName } from '../naming.bicep'

param name string
param regionName string
param location string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: controlIdentityName(name, regionName)
  location: location
}

output principalId string = identity.properties.principalId
output clientId string = identity.properties.clientId
