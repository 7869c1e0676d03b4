// What Azure Monitor tells the control plane about one stamp. An alert is a signal, never an order.

param prefix string
param clusterId string
param gatewayId string
param actionGroupId string

@description('Labels that travel with the alert, in its custom properties.')
param stampName string

var rules = [
  {
    name: 'gateway-unhealthy-hosts'
    description: 'Hosts behind the gateway fail its probe.'
    scope: gatewayId
    every: 'PT1M'
    severity: 1
    namespace: 'Microsoft.Network/applicationGateways'
    metric: 'UnhealthyHostCount'
    aggregation: 'Average'
    threshold: 0
    dimensions: []
  }
  {
    name: 'gateway-server-errors'
    description: 'The gateway answers with 5xx.'
    scope: gatewayId
    every: 'PT1M'
    severity: 2
    namespace: 'Microsoft.Network/applicationGateways'
    metric: 'ResponseStatus'
    aggregation: 'Total'
    threshold: 100
    dimensions: [{ name: 'HttpStatusGroup', operator: 'Include', values: ['5xx'] }]
  }
  {
    name: 'nodes-not-ready'
    description: 'Nodes of the cluster are not ready.'
    scope: clusterId
    every: 'PT1M'
    severity: 1
    namespace: 'Microsoft.ContainerService/managedClusters'
    metric: 'kube_node_status_condition'
    aggregation: 'Total'
    threshold: 0
    dimensions: [{ name: 'status2', operator: 'Include', values: ['NotReady'] }]
  }
  {
    name: 'pods-unschedulable'
    description: 'Pods wait for room: a surge that does not arrive.'
    scope: clusterId
    // Azure takes this metric's samples five minutes apart.
    every: 'PT5M'
    severity: 2
    namespace: 'Microsoft.ContainerService/managedClusters'
    metric: 'cluster_autoscaler_unschedulable_pods_count'
    aggregation: 'Average'
    threshold: 0
    dimensions: []
  }
]

resource alert 'Microsoft.Insights/metricAlerts@2026-01-01' = [
  for rule in rules: {
    name: '${prefix}-${rule.name}'
    location: 'global'
    properties: {
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [rule.scope]
      evaluationFrequency: rule.every
      windowSize: 'PT5M'
      autoMitigate: true
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: rule.name
            metricNamespace: rule.namespace
            metricName: rule.metric
            timeAggregation: rule.aggregation
            operator: 'GreaterThan'
            threshold: rule.threshold
            dimensions: rule.dimensions
          }
        ]
      }
      actions: [{ actionGroupId: actionGroupId, webHookProperties: { stamp: stampName } }]
    }
  }
]
