// The stamp's firewall, whose policy inherits the shared one.

import { hubName } from '../naming.bicep'

param name string
param stampName string
param location string
param zones string[]
param tier 'Standard' | 'Premium'
param basePolicyId string

@description('Region of the shared policy: a child policy must lie in it.')
param policyLocation string
param workspaceId string

resource policy 'Microsoft.Network/firewallPolicies@2025-05-01' = {
  name: 'afwp-${name}-${stampName}'
  location: policyLocation
  properties: {
    sku: { tier: tier }
    basePolicy: { id: basePolicyId }
    threatIntelMode: 'Deny'
    dnsSettings: { enableProxy: true }
  }
}

resource address 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: 'pip-${name}-${stampName}-firewall'
  location: location
  sku: { name: 'Standard' }
  zones: zones
  properties: { publicIPAllocationMethod: 'Static' }
}

resource firewall 'Microsoft.Network/azureFirewalls@2025-05-01' = {
  name: 'afw-${name}-${stampName}'
  location: location
  zones: zones
  properties: {
    sku: { name: 'AZFW_VNet', tier: tier }
    firewallPolicy: { id: policy.id }
    ipConfigurations: [
      {
        name: 'default'
        properties: {
          publicIPAddress: { id: address.id }
          subnet: { id: resourceId('Microsoft.Network/virtualNetworks/subnets', hubName(name, stampName), 'AzureFirewallSubnet') }
        }
      }
    ]
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: firewall
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource addressDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: address
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}
