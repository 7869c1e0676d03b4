// Workspace of one control-plane region. It takes the telemetry of ANOTHER region's app, so that a region that falls
// silent is noticed somewhere that still answers.

param workspaceName string
param location string

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-07-01' = {
  name: workspaceName
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 90
    features: { disableLocalAuth: true }
  }
}

output workspaceId string = workspace.id
