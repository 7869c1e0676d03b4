// A production-like set: three stamps on two continents' worth of latency, firewalls, private clusters, three copies of the ledger.
using '../main.bicep'

param name = 'prod'
param mode = 'deploy'

param stamps = [
  {
    name: 'eus2'
    region: 'eastus2'
    addressSpace: '10.20.0.0/16'
    zones: ['1', '2', '3']
    originWeight: 500
    originPriority: 1
    systemPool: { vmSize: 'Standard_D4ds_v5', minCount: 3, maxCount: 6, maxPods: 60 }
    userPool: { vmSize: 'Standard_D8ds_v5', minCount: 12, maxCount: 60, maxPods: 110 }
  }
  {
    name: 'cus'
    region: 'centralus'
    addressSpace: '10.21.0.0/16'
    zones: ['1', '2', '3']
    originWeight: 500
    originPriority: 1
    systemPool: { vmSize: 'Standard_D4ds_v5', minCount: 3, maxCount: 6, maxPods: 60 }
    userPool: { vmSize: 'Standard_D8ds_v5', minCount: 12, maxCount: 60, maxPods: 110 }
  }
  {
    name: 'wus3'
    region: 'westus3'
    addressSpace: '10.22.0.0/16'
    zones: ['1', '2', '3']
    originWeight: 500
    originPriority: 1
    systemPool: { vmSize: 'Standard_D4ds_v5', minCount: 3, maxCount: 6, maxPods: 60 }
    userPool: { vmSize: 'Standard_D8ds_v5', minCount: 12, maxCount: 60, maxPods: 110 }
  }
]

param platform = {
  location: 'southcentralus'
  originDomain: 'origin.example.com'
  certificateVaultName: 'kv-prod-tls-000000'
  certificateName: 'origin'
  firewall: 'Standard'
  privateClusters: true
  kubernetesVersion: '1.34'
  fleetManager: true
  gitops: { url: 'https://github.com/example/fleet', branch: 'main', path: './gitops/overlays/flux' }
  clusterAdminGroupIds: ['00000000-0000-0000-0000-000000000001']
  policyEffect: 'deny'
}

param frontDoor = {
  // East US 2 to Central US is about 30 ms, Central US to West US 3 about 35 ms: 40 ms lets neighbours share and
  // keeps the coasts, about 60 ms apart, to themselves. A user pays at most these 40 ms for being shared.
  latencyWindowMs: 40
  probeIntervalSeconds: 30
  gatePath: '/spillway/gate'
  customDomain: { hostName: 'www.example.com', certificateName: 'www' }
}

param controlPlane = [
  { name: 'scus', region: 'southcentralus', addressSpace: '10.100.0.0/24', zoneRedundant: true }
  { name: 'eus', region: 'eastus', addressSpace: '10.100.1.0/24', zoneRedundant: true }
]
param fenceRegion = { name: 'wus2', region: 'westus2', zoneRedundant: true }
param dataRegions = [{ name: 'wus2', region: 'westus2', zoneRedundant: true }]
param ledgerConsistency = 'Strong'
param durableBackend = 'taskScheduler'
param alwaysReady = true

param api = {
  clientId: '00000000-0000-0000-0000-000000000002'
  applicationObjectId: '00000000-0000-0000-0000-000000000003'
  identifierUri: 'api://00000000-0000-0000-0000-000000000002'
}
// Reserved vCPUs are the only ones that are certain: name the groups that the user pools are bound to.
param capacityReservationGroupIds = [
  '/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-reserved/providers/Microsoft.Compute/capacityReservationGroups/crg-prod'
]
param features = { keda: true, shedding: true, accessLog: true, metricChecks: false }
// The fleet file's other half says which workloads there are; their namespaces are not said twice.
param workloadNamespaces = union(map(loadYamlContent('fleet.policy.yaml').workloads, workload => workload.namespace), [])
