// Application Gateway WAF v2 with two listeners and a policy for each:
//   public 443    takes this Front Door alone (service tag at the subnet, X-Azure-FDID here)
//   private 8443  takes the control plane's subnets alone, for the proof before a shift
// The backend probe asks the ingress for /healthz. It never asks the gate: a closed gate drains a stamp through
// Front Door's probes and cuts no request that is under way.

import { gatewayPrivateAddress, ingressAddress } from '../addressPlan.bicep'
import { gatewayName } from '../naming.bicep'

param name string
param stampName string
param location string
param zones string[]
param addressSpace string
param subnetId string
param hostName string
param frontDoorId string
param identityId string
param certificateVaultName string
param certificateName string
param controlPlanePrefixes string[]
param minCapacity int
param maxCapacity int
param workspaceId string

var agwName = gatewayName(name, stampName)

resource address 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: 'pip-${name}-${stampName}-gateway'
  location: location
  sku: { name: 'Standard' }
  zones: zones
  properties: { publicIPAllocationMethod: 'Static', publicIPAddressVersion: 'IPv4' }
}

var managedRules = {
  managedRuleSets: [
    { ruleSetType: 'Microsoft_DefaultRuleSet', ruleSetVersion: '2.1' }
    { ruleSetType: 'Microsoft_BotManagerRuleSet', ruleSetVersion: '1.1' }
  ]
}

resource publicPolicy 'Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies@2025-05-01' = {
  name: 'waf-${name}-${stampName}-public'
  location: location
  properties: {
    policySettings: { state: 'Enabled', mode: 'Prevention', requestBodyCheck: true, maxRequestBodySizeInKb: 128 }
    managedRules: managedRules
    customRules: [
      {
        name: 'OnlyThisFrontDoor'
        priority: 1
        ruleType: 'MatchRule'
        action: 'Block'
        state: 'Enabled'
        matchConditions: [
          {
            matchVariables: [{ variableName: 'RequestHeaders', selector: 'X-Azure-FDID' }]
            operator: 'Equal'
            negationConditon: true
            matchValues: [frontDoorId]
          }
        ]
      }
    ]
  }
}

resource privatePolicy 'Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies@2025-05-01' = {
  name: 'waf-${name}-${stampName}-private'
  location: location
  properties: {
    policySettings: { state: 'Enabled', mode: 'Prevention', requestBodyCheck: true, maxRequestBodySizeInKb: 128 }
    managedRules: managedRules
    customRules: [
      {
        name: 'OnlyTheControlPlane'
        priority: 1
        ruleType: 'MatchRule'
        action: 'Block'
        state: 'Enabled'
        matchConditions: [
          {
            matchVariables: [{ variableName: 'RemoteAddr' }]
            operator: 'IPMatch'
            negationConditon: true
            matchValues: controlPlanePrefixes
          }
        ]
      }
    ]
  }
}

resource certificateVault 'Microsoft.KeyVault/vaults@2025-05-01' existing = {
  name: certificateVaultName
  scope: resourceGroup('rg-${name}-shared')
}

resource gateway 'Microsoft.Network/applicationGateways@2025-05-01' = {
  name: agwName
  location: location
  zones: zones
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    sku: { name: 'WAF_v2', tier: 'WAF_v2' }
    autoscaleConfiguration: { minCapacity: minCapacity, maxCapacity: maxCapacity }
    enableHttp2: true
    sslPolicy: { policyType: 'Predefined', policyName: 'AppGwSslPolicy20220101' }
    firewallPolicy: { id: publicPolicy.id }
    gatewayIPConfigurations: [{ name: 'default', properties: { subnet: { id: subnetId } } }]
    frontendIPConfigurations: [
      { name: 'public', properties: { publicIPAddress: { id: address.id } } }
      {
        name: 'private'
        properties: {
          subnet: { id: subnetId }
          privateIPAllocationMethod: 'Static'
          privateIPAddress: gatewayPrivateAddress(addressSpace)
        }
      }
    ]
    frontendPorts: [
      { name: 'public', properties: { port: 443 } }
      { name: 'private', properties: { port: 8443 } }
    ]
    sslCertificates: [
      {
        name: 'origin'
        properties: { keyVaultSecretId: '${certificateVault.properties.vaultUri}secrets/${certificateName}' }
      }
    ]
    backendAddressPools: [
      { name: 'ingress', properties: { backendAddresses: [{ ipAddress: ingressAddress(addressSpace) }] } }
    ]
    probes: [
      {
        name: 'ingress'
        properties: {
          protocol: 'Http'
          // No host of the fleet: the controller answers itself. With one, a workload without such a path, or one that
          // is unwell, would take the gate's answer away with its own.
          host: '127.0.0.1'
          path: '/healthz'
          interval: 10
          timeout: 5
          unhealthyThreshold: 3
          match: { statusCodes: ['200-399'] }
        }
      }
    ]
    backendHttpSettingsCollection: [
      {
        name: 'ingress'
        properties: {
          port: 80
          protocol: 'Http'
          requestTimeout: 60
          cookieBasedAffinity: 'Disabled'
          connectionDraining: { enabled: true, drainTimeoutInSec: 60 }
          probe: { id: resourceId('Microsoft.Network/applicationGateways/probes', agwName, 'ingress') }
        }
      }
    ]
    httpListeners: [
      {
        name: 'public'
        properties: {
          protocol: 'Https'
          hostName: hostName
          frontendIPConfiguration: {
            id: resourceId('Microsoft.Network/applicationGateways/frontendIPConfigurations', agwName, 'public')
          }
          frontendPort: { id: resourceId('Microsoft.Network/applicationGateways/frontendPorts', agwName, 'public') }
          sslCertificate: { id: resourceId('Microsoft.Network/applicationGateways/sslCertificates', agwName, 'origin') }
          firewallPolicy: { id: publicPolicy.id }
        }
      }
      {
        name: 'private'
        properties: {
          protocol: 'Https'
          hostName: hostName
          frontendIPConfiguration: {
            id: resourceId('Microsoft.Network/applicationGateways/frontendIPConfigurations', agwName, 'private')
          }
          frontendPort: { id: resourceId('Microsoft.Network/applicationGateways/frontendPorts', agwName, 'private') }
          sslCertificate: { id: resourceId('Microsoft.Network/applicationGateways/sslCertificates', agwName, 'origin') }
          firewallPolicy: { id: privatePolicy.id }
        }
      }
    ]
    requestRoutingRules: [
      for (listener, i) in ['public', 'private']: {
        name: listener
        properties: {
          ruleType: 'Basic'
          priority: 100 + i
          httpListener: { id: resourceId('Microsoft.Network/applicationGateways/httpListeners', agwName, listener) }
          backendAddressPool: {
            id: resourceId('Microsoft.Network/applicationGateways/backendAddressPools', agwName, 'ingress')
          }
          backendHttpSettings: {
            id: resourceId('Microsoft.Network/applicationGateways/backendHttpSettingsCollection', agwName, 'ingress')
          }
        }
      }
    ]
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: gateway
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

output gatewayId string = gateway.id
output addressId string = address.id
