// A control-plane region that has been silent for 3 minutes. Its heartbeats are kept, and missed, in another region.

param name string

@description('Region whose heartbeat is watched.')
param watchedRegionName string
param watchedRegion string

@description('Workspace that its telemetry goes to, and that workspace\'s region.')
param workspaceId string
param location string
param actionGroupId string

resource silent 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'alert-${name}-heartbeat-${watchedRegionName}'
  location: location
  kind: 'LogAlert'
  properties: {
    displayName: 'Spillway in ${watchedRegion} is silent'
    description: 'No heartbeat from the control plane in ${watchedRegion} for 3 minutes.'
    severity: 1
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT1M'
    windowSize: 'PT10M'
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: 'AppMetrics | where Name == "spillway.heartbeat" | where tostring(Properties["spillway.control_region"]) == "${watchedRegion}" | summarize last = max(TimeGenerated) | extend silentSeconds = iff(isnull(last), 600, datetime_diff("second", now(), last)) | project silentSeconds'
          metricMeasureColumn: 'silentSeconds'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 180
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [actionGroupId], customProperties: { controlRegion: watchedRegion } }
  }
}
