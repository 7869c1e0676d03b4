// Spillway beside a fleet that exists, its network and its log workspace in subscriptions of their own. Ids in; nothing of theirs is changed but
// role assignments and alert rules.
using '../main.bicep'

param name = 'watch'
param mode = 'attach'

param attachTo = {
  frontDoorProfileId: '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-edge/providers/Microsoft.Cdn/profiles/afd-shop'
  accessLogWorkspaceId: '/subscriptions/55555555-5555-5555-5555-555555555555/resourceGroups/rg-logs/providers/Microsoft.OperationalInsights/workspaces/log-central'
  stamps: [
    {
      name: 'uks'
      region: 'uksouth'
      clusterId: '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-shop-uks/providers/Microsoft.ContainerService/managedClusters/aks-shop-uks'
      gatewayId: '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-shop-uks/providers/Microsoft.Network/applicationGateways/agw-shop-uks'
      virtualNetworkId: '/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/rg-net-uks/providers/Microsoft.Network/virtualNetworks/vnet-uks'
      nodeSubnetName: 'aks'
      privateEndpointSubnetId: '/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/rg-net-uks/providers/Microsoft.Network/virtualNetworks/vnet-uks/subnets/endpoints'
      oidcIssuerUrl: 'https://uksouth.oic.example.com/11111111-1111-1111-1111-111111111111/uks/'
      zoneRedundant: true
    }
    {
      name: 'ukw'
      region: 'ukwest'
      clusterId: '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-shop-ukw/providers/Microsoft.ContainerService/managedClusters/aks-shop-ukw'
      gatewayId: '/subscriptions/33333333-3333-3333-3333-333333333333/resourceGroups/rg-shop-ukw/providers/Microsoft.Network/applicationGateways/agw-shop-ukw'
      virtualNetworkId: '/subscriptions/44444444-4444-4444-4444-444444444444/resourceGroups/rg-net-ukw/providers/Microsoft.Network/virtualNetworks/vnet-ukw'
      nodeSubnetName: 'aks'
      zoneRedundant: false
    }
  ]
}

param controlPlane = [
  { name: 'weu', region: 'westeurope', addressSpace: '10.100.0.0/24', zoneRedundant: true }
  { name: 'neu', region: 'northeurope', addressSpace: '10.100.1.0/24', zoneRedundant: true }
]
param fenceRegion = { name: 'frc', region: 'francecentral', zoneRedundant: true }
param ledgerConsistency = 'Session'
param alwaysReady = true

param api = {
  clientId: '00000000-0000-0000-0000-000000000002'
  applicationObjectId: '00000000-0000-0000-0000-000000000003'
  identifierUri: 'api://00000000-0000-0000-0000-000000000002'
}
param features = { keda: false, shedding: false, accessLog: true, metricChecks: false }
// The fleet file's other half says which workloads there are; their namespaces are not said twice.
param workloadNamespaces = union(map(loadYamlContent('attach.policy.yaml').workloads, workload => workload.namespace), [])
