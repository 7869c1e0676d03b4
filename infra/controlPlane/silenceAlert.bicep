// A metric that a control-plane region sends every minute, and no longer does. It is kept, and missed, in another region.

param name string

@description('What falls silent, in the rule\'s name: heartbeat, certificate.')
param what string
param metricName string
param severity int

@description('Silence that is told, in seconds; at most nine minutes, for ten are looked at.')
@maxValue(540)
param afterSeconds int

@description('How often is looked, as an ISO 8601 duration.')
param evaluationFrequency string

@description('Region whose metric is watched.')
param watchedRegionName string
param watchedRegion string

@description('Workspace that its telemetry goes to, and that workspace\'s region.')
param workspaceId string
param location string
param actionGroupId string

resource silent 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'alert-${name}-${what}-${watchedRegionName}'
  location: location
  kind: 'LogAlert'
  properties: {
    displayName: 'Spillway in ${watchedRegion}: no ${what}'
    description: 'No ${what} from the control plane in ${watchedRegion} for ${afterSeconds / 60} minutes.'
    severity: severity
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: evaluationFrequency
    windowSize: 'PT10M'
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: 'AppMetrics | where Name == "${metricName}" | where tostring(Properties["spillway.control_region"]) == "${watchedRegion}" | summarize last = max(TimeGenerated) | extend silentSeconds = iff(isnull(last), 600, datetime_diff("second", now(), last)) | project silentSeconds'
          metricMeasureColumn: 'silentSeconds'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: afterSeconds
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [actionGroupId], customProperties: { controlRegion: watchedRegion } }
  }
}
