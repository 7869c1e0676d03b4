// Durable Task Scheduler of one region, in place of the storage provider.

param schedulerName string
param location string
param hubName string
param identityId string
param principalId string

@description('Addresses that may call it; callers need the data role as well.')
param allowedRanges string[]

var dataContributorRoleId = '0ad04412-c4d5-4796-b79c-f76d14c8d402'

resource scheduler 'Microsoft.DurableTask/schedulers@2026-02-01' = {
  name: schedulerName
  location: location
  properties: { sku: { name: 'Consumption' }, ipAllowlist: allowedRanges }
}

resource hub 'Microsoft.DurableTask/schedulers/taskHubs@2026-02-01' = {
  parent: scheduler
  name: hubName
}

resource access 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(hub.id, identityId, dataContributorRoleId)
  scope: hub
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', dataContributorRoleId)
  }
}

output endpoint string = scheduler.properties.endpoint
