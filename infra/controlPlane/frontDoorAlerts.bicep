// Front Door's view of its origins, as alerts. They lie beside the profile: a metric alert must share its subscription.

param name string
param frontDoorProfileId string
param actionGroupId string

resource originHealth 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'alert-${name}-origin-health'
  location: 'global'
  properties: {
    description: 'Front Door\'s probes of an origin fail.'
    severity: 1
    enabled: true
    scopes: [frontDoorProfileId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'origin-health'
          metricNamespace: 'Microsoft.Cdn/profiles'
          metricName: 'OriginHealthPercentage'
          timeAggregation: 'Average'
          operator: 'LessThan'
          threshold: 90
          dimensions: [{ name: 'Origin', operator: 'Include', values: ['*'] }]
        }
      ]
    }
    actions: [{ actionGroupId: actionGroupId }]
  }
}

resource originErrors 'Microsoft.Insights/metricAlerts@2026-01-01' = {
  name: 'alert-${name}-origin-errors'
  location: 'global'
  properties: {
    description: 'An origin answers Front Door with far more 5xx than it did before.'
    severity: 2
    enabled: true
    scopes: [frontDoorProfileId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.MultipleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'DynamicThresholdCriterion'
          name: 'origin-errors'
          metricNamespace: 'Microsoft.Cdn/profiles'
          metricName: 'OriginRequestCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          alertSensitivity: 'Medium'
          failingPeriods: { numberOfEvaluationPeriods: 2, minFailingPeriodsToAlert: 2 }
          dimensions: [
            { name: 'HttpStatusGroup', operator: 'Include', values: ['5XX'] }
            { name: 'Origin', operator: 'Include', values: ['*'] }
          ]
        }
      ]
    }
    actions: [{ actionGroupId: actionGroupId }]
  }
}
