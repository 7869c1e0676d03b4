// Logs and metrics of one stamp, kept in its own region: they must be readable when another region is not.

param name string
param stampName string
param location string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: 'log-${name}-${stampName}'
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    features: { disableLocalAuth: true }
  }
}

resource prometheus 'Microsoft.Monitor/accounts@2025-10-03' = {
  name: 'amw-${name}-${stampName}'
  location: location
}

resource intake 'Microsoft.Insights/dataCollectionEndpoints@2024-03-11' = {
  name: 'dce-${name}-${stampName}'
  location: location
  kind: 'Linux'
  properties: { networkAcls: { publicNetworkAccess: 'Enabled' } }
}

resource metricsRule 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: 'dcr-${name}-${stampName}-prometheus'
  location: location
  kind: 'Linux'
  properties: {
    dataCollectionEndpointId: intake.id
    dataSources: {
      prometheusForwarder: [{ name: 'prometheus', streams: ['Microsoft-PrometheusMetrics'], labelIncludeFilter: {} }]
    }
    destinations: { monitoringAccounts: [{ name: 'account', accountResourceId: prometheus.id }] }
    dataFlows: [{ streams: ['Microsoft-PrometheusMetrics'], destinations: ['account'] }]
  }
}

resource logsRule 'Microsoft.Insights/dataCollectionRules@2024-03-11' = {
  name: 'dcr-${name}-${stampName}-containers'
  location: location
  kind: 'Linux'
  properties: {
    dataSources: {
      extensions: [
        {
          name: 'containers'
          extensionName: 'ContainerInsights'
          streams: ['Microsoft-ContainerInsights-Group-Default']
          extensionSettings: {
            dataCollectionSettings: { interval: '1m', namespaceFilteringMode: 'Off', enableContainerLogV2: true }
          }
        }
      ]
    }
    destinations: { logAnalytics: [{ name: 'workspace', workspaceResourceId: workspace.id }] }
    dataFlows: [{ streams: ['Microsoft-ContainerInsights-Group-Default'], destinations: ['workspace'] }]
  }
}

output workspaceId string = workspace.id
output metricsRuleId string = metricsRule.id
output logsRuleId string = logsRule.id
