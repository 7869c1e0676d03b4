// Hub and spoke of one stamp. The gateway's subnet takes Front Door and the control plane, nobody else.

import { apiServerPrefix, endpointPrefix, firewallPrefix, gatewayPrefix, hubPrefix, nodePrefix, spokePrefix } from '../addressPlan.bicep'
import { hubName, spokeName } from '../naming.bicep'

param name string
param stampName string
param location string
param addressSpace string
param zones string[]
param firewall 'off' | 'Standard' | 'Premium'

@description('Function subnets of every control-plane region: the only way to the private listener.')
param controlPlanePrefixes string[]

param workspaceId string

var publicListenerPort = '443'
var privateListenerPort = '8443'

resource gatewayRules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: 'nsg-${name}-${stampName}-gateway'
  location: location
  properties: {
    securityRules: [
      {
        name: 'front-door'
        properties: {
          description: 'Front Door of any tenant: the gateway\'s WAF narrows it to this profile by X-Azure-FDID.'
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'AzureFrontDoor.Backend'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: publicListenerPort
        }
      }
      {
        name: 'control-plane'
        properties: {
          priority: 110
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefixes: controlPlanePrefixes
          sourcePortRange: '*'
          destinationAddressPrefix: gatewayPrefix(addressSpace)
          destinationPortRange: privateListenerPort
        }
      }
      {
        name: 'gateway-manager'
        properties: {
          priority: 120
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'GatewayManager'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '65200-65535'
        }
      }
      {
        name: 'load-balancer'
        properties: {
          priority: 130
          direction: 'Inbound'
          access: 'Allow'
          protocol: '*'
          sourceAddressPrefix: 'AzureLoadBalancer'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
      {
        name: 'nobody-else'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource nodeRules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: 'nsg-${name}-${stampName}-nodes'
  location: location
  properties: {
    securityRules: [
      {
        name: 'gateway'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: gatewayPrefix(addressSpace)
          sourcePortRange: '*'
          destinationAddressPrefix: nodePrefix(addressSpace)
          destinationPortRanges: ['80', '443']
        }
      }
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

resource endpointRules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = {
  name: 'nsg-${name}-${stampName}-endpoints'
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

resource hub 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: hubName(name, stampName)
  location: location
  properties: {
    addressSpace: { addressPrefixes: [hubPrefix(addressSpace)] }
    subnets: [
      { name: 'AzureFirewallSubnet', properties: { addressPrefix: firewallPrefix(addressSpace) } }
    ]
  }
}

// Without a firewall, nodes leave by a NAT gateway: zone by zone, 64,512 ports an address.
resource egressAddress 'Microsoft.Network/publicIPAddresses@2025-05-01' = if (firewall == 'off') {
  name: 'pip-${name}-${stampName}-egress'
  location: location
  sku: { name: 'StandardV2' }
  zones: zones
  properties: { publicIPAllocationMethod: 'Static' }
}

resource egress 'Microsoft.Network/natGateways@2025-05-01' = if (firewall == 'off') {
  name: 'ng-${name}-${stampName}'
  location: location
  sku: { name: 'StandardV2' }
  zones: zones
  properties: { idleTimeoutInMinutes: 4, publicIpAddresses: [{ id: egressAddress.id }] }
}

resource routes 'Microsoft.Network/routeTables@2025-05-01' = if (firewall != 'off') {
  name: 'rt-${name}-${stampName}-nodes'
  location: location
  properties: {
    disableBgpRoutePropagation: true
    routes: [
      {
        name: 'through-firewall'
        properties: {
          addressPrefix: '0.0.0.0/0'
          nextHopType: 'VirtualAppliance'
          // Azure gives a firewall the first free address of its subnet.
          nextHopIpAddress: cidrHost(firewallPrefix(addressSpace), 3)
        }
      }
    ]
  }
}

resource spoke 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: spokeName(name, stampName)
  location: location
  properties: {
    addressSpace: { addressPrefixes: [spokePrefix(addressSpace)] }
    subnets: [
      {
        name: 'nodes'
        properties: {
          addressPrefix: nodePrefix(addressSpace)
          networkSecurityGroup: { id: nodeRules.id }
          natGateway: firewall == 'off' ? { id: egress.id } : null
          routeTable: firewall == 'off' ? null : { id: routes.id }
          defaultOutboundAccess: false
        }
      }
      {
        name: 'gateway'
        properties: {
          addressPrefix: gatewayPrefix(addressSpace)
          networkSecurityGroup: { id: gatewayRules.id }
          defaultOutboundAccess: false
        }
      }
      {
        name: 'endpoints'
        properties: {
          addressPrefix: endpointPrefix(addressSpace)
          networkSecurityGroup: { id: endpointRules.id }
          privateEndpointNetworkPolicies: 'Enabled'
          defaultOutboundAccess: false
        }
      }
      {
        name: 'api-server'
        properties: {
          addressPrefix: apiServerPrefix(addressSpace)
          delegations: [
            { name: 'aks', properties: { serviceName: 'Microsoft.ContainerService/managedClusters' } }
          ]
          defaultOutboundAccess: false
        }
      }
    ]
  }
}

resource toSpoke 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2025-05-01' = {
  parent: hub
  name: 'to-spoke'
  properties: { remoteVirtualNetwork: { id: spoke.id }, allowVirtualNetworkAccess: true, allowForwardedTraffic: true }
}

resource toHub 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings@2025-05-01' = {
  parent: spoke
  name: 'to-hub'
  properties: { remoteVirtualNetwork: { id: hub.id }, allowVirtualNetworkAccess: true, allowForwardedTraffic: true }
}

resource egressDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = if (firewall == 'off') {
  name: 'to-workspace'
  scope: egressAddress
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource hubDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: hub
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource spokeDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: spoke
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource gatewayRulesDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: gatewayRules
  properties: { workspaceId: workspaceId, logs: [{ categoryGroup: 'allLogs', enabled: true }] }
}

resource nodeRulesDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: nodeRules
  properties: { workspaceId: workspaceId, logs: [{ categoryGroup: 'allLogs', enabled: true }] }
}

resource endpointRulesDiagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: endpointRules
  properties: { workspaceId: workspaceId, logs: [{ categoryGroup: 'allLogs', enabled: true }] }
}

output hubId string = hub.id
output spokeId string = spoke.id
output nodeSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', spoke.name, 'nodes')
output gatewaySubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', spoke.name, 'gateway')
output endpointSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', spoke.name, 'endpoints')
output apiServerSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', spoke.name, 'api-server')
