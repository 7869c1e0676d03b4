// A page for people: heartbeats, API, latest runs. The telemetry of each region lies in another region's workspace, so
// every query asks all of them.

param name string
param location string
param workspaceIds string[]

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'workbook')
  location: location
  kind: 'shared'
  properties: {
    displayName: 'Spillway ${name}'
    category: 'workbook'
    sourceId: workspaceIds[0]
    serializedData: replace(loadTextContent('workbook.json'), '"__WORKSPACES__"', string(workspaceIds))
  }
}
