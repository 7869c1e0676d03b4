// A loss that the fleet would not survive, or of which it is not known: ten minutes long, as one control-plane region sees it.

param name string

@description('Region whose certificate is read.')
param watchedRegionName string
param watchedRegion string

@description('Workspace that its telemetry goes to, and that workspace\'s region.')
param workspaceId string
param location string
param actionGroupId string

resource notSurvived 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'alert-${name}-survival-${watchedRegionName}'
  location: location
  kind: 'LogAlert'
  properties: {
    displayName: 'The fleet would not survive a loss, says ${watchedRegion}'
    description: 'For ten minutes the certificate has said "no" or "unknown" for the loss that the dimension names.'
    severity: 2
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      allOf: [
        {
          // "loss of", because a bare name is what alerts about a region carry: this one says nothing against the region it names.
          query: 'AppMetrics | where Name == "spillway.certificate" | where tostring(Properties["spillway.control_region"]) == "${watchedRegion}" | project TimeGenerated, survives = Sum, loss = strcat("loss of ", tostring(Properties["spillway.lose"]))'
          metricMeasureColumn: 'survives'
          timeAggregation: 'Maximum'
          operator: 'LessThan'
          threshold: 1
          dimensions: [{ name: 'loss', operator: 'Include', values: ['*'] }]
          failingPeriods: { numberOfEvaluationPeriods: 2, minFailingPeriodsToAlert: 2 }
        }
      ]
    }
    actions: { actionGroups: [actionGroupId], customProperties: { controlRegion: watchedRegion } }
  }
}
