// What Azure says of its own services and of the fleet's resources, in one subscription of the fleet.

param name string
param actionGroupId string

@description('Regions of the fleet and of the control plane, as Service Health spells them.')
param regions string[]

resource serviceHealth 'Microsoft.Insights/activityLogAlerts@2020-10-01' = {
  name: 'alert-${name}-service-health'
  location: 'global'
  properties: {
    description: 'Azure reports an incident in a service and region of the fleet.'
    enabled: true
    scopes: [subscription().id]
    condition: {
      allOf: [
        { field: 'category', equals: 'ServiceHealth' }
        { field: 'properties.incidentType', equals: 'Incident' }
        { field: 'properties.impactedServices[*].ImpactedRegions[*].RegionName', containsAny: concat(regions, ['Global']) }
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
