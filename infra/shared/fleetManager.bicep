// Optional hub that rolls Kubernetes and node image upgrades through the stamps, one after the other.

param fleetManagerName string
param location string
param members memberType[]

type memberType = {
  name: string
  resourceGroupName: string
  clusterName: string
}

resource fleet 'Microsoft.ContainerService/fleets@2025-03-01' = {
  name: fleetManagerName
  location: location
}

resource member 'Microsoft.ContainerService/fleets/members@2025-03-01' = [
  for cluster in members: {
    parent: fleet
    name: cluster.name
    properties: {
      clusterResourceId: resourceId(cluster.resourceGroupName, 'Microsoft.ContainerService/managedClusters', cluster.clusterName)
      group: cluster.name
    }
  }
]

resource strategy 'Microsoft.ContainerService/fleets/updateStrategies@2025-03-01' = {
  parent: fleet
  name: 'one-stamp-at-a-time'
  properties: {
    strategy: {
      stages: [
        for cluster in members: {
          name: cluster.name
          groups: [{ name: cluster.name }]
          afterStageWaitInSeconds: 3600
        }
      ]
    }
  }
}
