// What Azure says of its own services and of the fleet's resources, in one subscription: such a rule sees no other.

param name string
param actionGroupId string

resource serviceHealth 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'alert-${name}-service-health'
  location: 'global'
  properties: {
    description: 'Azure reports an incident in a service that this subscription uses.'
    enabled: true
    scopes: [subscription().id]
    // In every region: Azure spells them as people do ("Sweden Central"), and a name that is spelt otherwise here would
    // silence the alert for good. The control plane knows its own regions by either spelling.
    condition: {
      allOf: [
        { field: 'category', equals: 'ServiceHealth' }
        { field: 'properties.incidentType', equals: 'Incident' }
      ]
    }
    actions: { actionGroups: [{ actionGroupId: actionGroupId }] }
  }
}

resource resourceHealth 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'alert-${name}-resource-health'
  location: 'global'
  properties: {
    description: 'Azure says that a cluster, a gateway or the Front Door of the fleet is unavailable or degraded.'
    enabled: true
    scopes: [subscription().id]
    condition: {
      allOf: [
        { field: 'category', equals: 'ResourceHealth' }
        {
          anyOf: [
            { field: 'resourceType', equals: 'Microsoft.ContainerService/managedClusters' }
            { field: 'resourceType', equals: 'Microsoft.Network/applicationGateways' }
            { field: 'resourceType', equals: 'Microsoft.Cdn/profiles' }
          ]
        }
        {
          anyOf: [
            { field: 'properties.currentHealthStatus', equals: 'Unavailable' }
            { field: 'properties.currentHealthStatus', equals: 'Degraded' }
          ]
        }
        { field: 'properties.cause', equals: 'PlatformInitiated' }
      ]
    }
    actions: { actionGroups: [{ actionGroupId: actionGroupId }] }
  }
}
