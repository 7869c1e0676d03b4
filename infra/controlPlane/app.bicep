// The Functions app of one control-plane region, on Flex Consumption, with its Application Insights.

import { functionAppName } from '../naming.bicep'
import { apiType } from '../types.bicep'

param name string
param regionName string
param location string
param suffix string
param zoneRedundant bool
param identityId string
param principalId string
param clientId string
param subnetId string
param storageAccountName string
param packageContainerUrl string
param nodeVersion string

@description('Instances kept warm for HTTP and for orchestrations: an alert is answered without a cold start.')
param alwaysReady bool

@description('Of another control-plane region, see workspace.bicep.')
param telemetryWorkspaceId string
param diagnosticsWorkspaceId string
param cosmosEndpoint string
param cosmosDatabase string
param fenceContainerUrl string
param outboxContainerUrl string
param api apiType

param durableBackend 'storage' | 'taskScheduler'

@description('Endpoint of the region\'s Durable Task Scheduler, empty for the storage provider.')
param schedulerEndpoint string
param taskHubName string

var metricsPublisherRoleId = '3913510d-42f4-4e42-8a64-420c390055eb'
var appName = functionAppName(name, regionName, suffix)
// A zone-redundant plan keeps two of each group warm, whatever is asked for, and bills them.
var warmInstances = zoneRedundant ? 2 : 1

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: 'appi-${name}-cp-${regionName}'
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: telemetryWorkspaceId
    IngestionMode: 'LogAnalytics'
    DisableLocalAuth: true
  }
}

resource publisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(insights.id, identityId, metricsPublisherRoleId)
  scope: insights
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', metricsPublisherRoleId)
  }
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'asp-${name}-cp-${regionName}'
  location: location
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: appName
  location: location
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: subnetId
    siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2', ftpsState: 'Disabled', http20Enabled: true }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageContainerUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: 'node', version: nodeVersion }
      scaleAndConcurrency: {
        instanceMemoryMB: 2048
        maximumInstanceCount: 40
        alwaysReady: alwaysReady ? [{ name: 'http', instanceCount: warmInstances }, { name: 'durable', instanceCount: warmInstances }] : []
      }
    }
  }

  resource settings 'config' = {
    name: 'appsettings'
    properties: union(
      {
        AzureWebJobsStorage__accountName: storageAccountName
        AzureWebJobsStorage__credential: 'managedidentity'
        AzureWebJobsStorage__clientId: clientId
        AZURE_CLIENT_ID: clientId
        APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
        APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
        SPILLWAY_FLEET: 'fleet.json'
        SPILLWAY_CONTROL_REGION: location
        SPILLWAY_COSMOS_ENDPOINT: cosmosEndpoint
        SPILLWAY_COSMOS_DATABASE: cosmosDatabase
        SPILLWAY_FENCE_BLOB_URL: fenceContainerUrl
        SPILLWAY_OUTBOX_BLOB_URL: outboxContainerUrl
        SPILLWAY_TENANT_ID: tenant().tenantId
        SPILLWAY_API_AUDIENCE: api.clientId
        SPILLWAY_ALERT_AUDIENCE: api.clientId
      },
      durableBackend == 'storage'
        ? {}
        : {
            AzureFunctionsJobHost__extensions__durableTask__storageProvider__type: 'azureManaged'
            AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName: 'DURABLE_TASK_SCHEDULER'
            DURABLE_TASK_SCHEDULER: 'Endpoint=${schedulerEndpoint};TaskHub=${taskHubName};Authentication=ManagedIdentity;ClientID=${clientId}'
          }
    )
  }

  resource scmPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }

  resource ftpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: app
  properties: {
    workspaceId: diagnosticsWorkspaceId
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

output hostName string = app.properties.defaultHostName
output appName string = app.name
