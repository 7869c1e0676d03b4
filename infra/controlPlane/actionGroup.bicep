// Where every alert goes: the secure webhook of each control-plane region. It is Global, as Service Health asks.

import { apiType } from '../types.bicep'

param name string
param receivers receiverType[]
param api apiType

type receiverType = {
  name: string
  hostName: string
}

resource group 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${name}'
  location: 'global'
  properties: {
    groupShortName: take('spillway${name}', 12)
    enabled: true
    webhookReceivers: [
      for receiver in receivers: {
        name: receiver.name
        serviceUri: 'https://${receiver.hostName}/api/alerts/azure-monitor'
        useAadAuth: true
        objectId: api.applicationObjectId
        identifierUri: api.identifierUri
        tenantId: tenant().tenantId
        useCommonAlertSchema: true
      }
    ]
  }
}

output actionGroupId string = group.id
