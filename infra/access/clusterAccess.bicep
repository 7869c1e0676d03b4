// The control plane at one cluster, and inside it at the namespaces of its workloads.

import { roleId } from '../naming.bicep'
import { featuresType, holderType } from '../types.bicep'

param name string
param homeSubscriptionId string
param clusterName string
param namespaces string[]
param features featuresType
param holders holderType[]

var poolOperator = roleId(name, homeSubscriptionId, 'clusterOperator')
var namespaced = concat(['workloadOperator'], features.keda ? ['kedaScaler'] : [], features.shedding ? ['shedder'] : [])
var conditions = toObject(loadJsonContent('../roles/roleTable.json'), row => row.key, row => row.condition)
var inNamespaces = flatten(map(
  namespaces,
  namespace => flatten(map(namespaced, key => map(holders, holder => { namespace: namespace, key: key, holder: holder })))
))

resource cluster 'Microsoft.ContainerService/managedClusters@2026-02-01' existing = {
  name: clusterName
}

resource atCluster 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for holder in holders: {
    name: guid(cluster.id, holder.identityId, poolOperator)
    scope: cluster
    properties: {
      principalId: holder.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', poolOperator)
    }
  }
]

// A namespace is no resource of its own in Azure's catalogue; Azure RBAC for Kubernetes takes it as a scope.
#disable-next-line BCP081
resource namespaceScope 'Microsoft.ContainerService/managedClusters/namespaces@2026-02-01' existing = [
  for assignment in inNamespaces: {
    parent: cluster
    name: assignment.namespace
  }
]

resource atNamespace 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for (assignment, i) in inNamespaces: {
    name: guid(cluster.id, assignment.namespace, assignment.holder.identityId, assignment.key)
    scope: namespaceScope[i]
    properties: {
      principalId: assignment.holder.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleId(name, homeSubscriptionId, assignment.key))
      condition: empty(conditions[assignment.key]) ? null : conditions[assignment.key]
      conditionVersion: empty(conditions[assignment.key]) ? null : '2.0'
    }
  }
]
