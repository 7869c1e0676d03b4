// A small trial: two stamps, two control-plane regions, no firewall. Cheap to run for a day; docs/cost.md says how cheap.
using '../main.bicep'

param name = 'trial'
param mode = 'deploy'

param stamps = [
  {
    name: 'swc'
    region: 'swedencentral'
    addressSpace: '10.10.0.0/16'
    zones: ['1', '2', '3']
    originWeight: 500
    originPriority: 1
    systemPool: { vmSize: 'Standard_D2as_v5', minCount: 3, maxCount: 4, maxPods: 60 }
    userPool: { vmSize: 'Standard_D2as_v5', minCount: 3, maxCount: 9, maxPods: 60 }
  }
  {
    name: 'gwc'
    region: 'germanywestcentral'
    addressSpace: '10.11.0.0/16'
    zones: ['1', '2', '3']
    originWeight: 500
    originPriority: 1
    systemPool: { vmSize: 'Standard_D2as_v5', minCount: 3, maxCount: 4, maxPods: 60 }
    userPool: { vmSize: 'Standard_D2as_v5', minCount: 3, maxCount: 9, maxPods: 60 }
  }
]

param platform = {
  location: 'westeurope'
  originDomain: 'origin.example.com'
  certificateVaultName: 'kv-trial-tls-000000'
  certificateName: 'origin'
  firewall: 'off'
  privateClusters: false
  kubernetesVersion: '1.34'
  fleetManager: false
  gitops: { url: 'https://github.com/example/fleet', branch: 'main', path: './gitops/overlays/flux' }
  clusterAdminGroupIds: ['00000000-0000-0000-0000-000000000001']
  policyEffect: 'audit'
}

param frontDoor = {
  // Sweden Central and Germany West Central are about 20 ms apart: users between them are shared, and pay at most 30 ms for it.
  latencyWindowMs: 30
  probeIntervalSeconds: 30
  gatePath: '/spillway/gate'
}

param controlPlane = [
  { name: 'weu', region: 'westeurope', addressSpace: '10.100.0.0/24', zoneRedundant: true }
  { name: 'neu', region: 'northeurope', addressSpace: '10.100.1.0/24', zoneRedundant: true }
]
param fenceRegion = { name: 'frc', region: 'francecentral', zoneRedundant: true }
param ledgerConsistency = 'Session'
param alwaysReady = false

param api = {
  clientId: '00000000-0000-0000-0000-000000000002'
  applicationObjectId: '00000000-0000-0000-0000-000000000003'
  identifierUri: 'api://00000000-0000-0000-0000-000000000002'
}
param features = { keda: false, shedding: false, accessLog: true, metricChecks: false }
// The fleet file's other half says which workloads there are; their namespaces are not said twice.
param workloadNamespaces = union(map(loadYamlContent('fleet.policy.yaml').workloads, workload => workload.namespace), [])
