// The rules that every stamp's firewall inherits. A child policy must lie in its parent's region; a firewall need not.

param policyName string
param location string
param tier 'Standard' | 'Premium'

@description('Node subnets of all stamps: the sources of the common rules.')
param nodePrefixes string[]

resource policy 'Microsoft.Network/firewallPolicies@2025-05-01' = {
  name: policyName
  location: location
  properties: {
    sku: { tier: tier }
    threatIntelMode: 'Deny'
    dnsSettings: { enableProxy: true }
  }
}

resource common 'Microsoft.Network/firewallPolicies/ruleCollectionGroups@2025-05-01' = {
  parent: policy
  name: 'cluster-egress'
  properties: {
    priority: 200
    ruleCollections: [
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'aks'
        priority: 200
        action: { type: 'Allow' }
        rules: [
          {
            ruleType: 'ApplicationRule'
            name: 'aks-required'
            sourceAddresses: nodePrefixes
            protocols: [{ protocolType: 'Https', port: 443 }]
            fqdnTags: ['AzureKubernetesService']
          }
          {
            // Not in the tag: without the first, Flux never reports and never gets its configuration; without the others,
            // the policy add-on has no policies.
            ruleType: 'ApplicationRule'
            name: 'extensions-and-policy'
            sourceAddresses: nodePrefixes
            protocols: [{ protocolType: 'Https', port: 443 }]
            targetFqdns: [
              '*.dp.kubernetesconfiguration.azure.com'
              'data.policy.${environment().suffixes.storage}'
              'store.policy.${environment().suffixes.storage}'
            ]
          }
          {
            ruleType: 'ApplicationRule'
            name: 'gitops'
            sourceAddresses: nodePrefixes
            protocols: [{ protocolType: 'Https', port: 443 }]
            targetFqdns: ['github.com', '*.githubusercontent.com', 'ghcr.io']
          }
        ]
      }
      {
        ruleCollectionType: 'FirewallPolicyFilterRuleCollection'
        name: 'azure'
        priority: 210
        action: { type: 'Allow' }
        rules: [
          {
            ruleType: 'NetworkRule'
            name: 'monitor-and-identity'
            sourceAddresses: nodePrefixes
            destinationAddresses: ['AzureMonitor', 'AzureActiveDirectory', 'AzureContainerRegistry']
            destinationPorts: ['443']
            ipProtocols: ['TCP']
          }
          {
            ruleType: 'NetworkRule'
            name: 'time'
            sourceAddresses: nodePrefixes
            destinationFqdns: ['ntp.ubuntu.com']
            destinationPorts: ['123']
            ipProtocols: ['UDP']
          }
        ]
      }
    ]
  }
}

output policyId string = policy.id
