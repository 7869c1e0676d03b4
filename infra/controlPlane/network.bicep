// Network of one control-plane region: the app's outbound subnet and its private endpoints.

import { controlEndpointPrefix, functionsPrefix } from '../addressPlan.bicep'
import { controlNetworkName } from '../naming.bicep'

param name string
param regionName string
param location string
param addressSpace string
param zoneRedundant bool
param workspaceId string

var egressSku = zoneRedundant ? 'StandardV2' : 'Standard'
var egressZones = zoneRedundant ? ['1', '2', '3'] : []

resource rules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: 'nsg-${name}-cp-${regionName}'
  location: location
  properties: {
    securityRules: [
      {
        name: 'no-internet'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource egressAddress 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: 'pip-${name}-cp-${regionName}-egress'
  location: location
  sku: { name: egressSku }
  zones: egressZones
  properties: { publicIPAllocationMethod: 'Static' }
}

// Probes, Resource Manager and Kubernetes calls leave by one known address, with ports to spare.
resource egress 'Microsoft.Network/natGateways@2025-05-01' = {
  name: 'ng-${name}-cp-${regionName}'
  location: location
  sku: { name: egressSku }
  zones: egressZones
  properties: { idleTimeoutInMinutes: 4, publicIpAddresses: [{ id: egressAddress.id }] }
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: controlNetworkName(name, regionName)
  location: location
  properties: {
    addressSpace: { addressPrefixes: [addressSpace] }
    subnets: [
      {
        name: 'functions'
        properties: {
          addressPrefix: functionsPrefix(addressSpace)
          networkSecurityGroup: { id: rules.id }
          natGateway: { id: egress.id }
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
          defaultOutboundAccess: false
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: controlEndpointPrefix(addressSpace)
          networkSecurityGroup: { id: rules.id }
          privateEndpointNetworkPolicies: 'Enabled'
          defaultOutboundAccess: false
        }
      }
    ]
  }
}

resource egressDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: egressAddress
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: network
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource rulesDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: rules
  properties: { workspaceId: workspaceId, logs: [{ categoryGroup: 'allLogs', enabled: true }] }
}

module zones '../network/privateDnsZones.bicep' = {
  params: {
    zoneNames: [
      'privatelink.blob.${environment().suffixes.storage}'
      'privatelink.queue.${environment().suffixes.storage}'
      'privatelink.table.${environment().suffixes.storage}'
      'privatelink.documents.azure.com'
    ]
    virtualNetworkId: network.id
  }
}

output networkId string = network.id
output functionsSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'functions')
output endpointSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'endpoints')
output egressAddress string = egressAddress.properties.ipAddress
