// Policy on the stamp's resource group: two that deny what must never be, two that audit.

param effect 'audit' | 'deny'

var definitions = [
  {
    name: 'no-privileged-containers'
    display: 'Kubernetes clusters should not allow privileged containers'
    id: '95edb821-ddaf-4404-9732-666045e056b4'
    parameters: { effect: { value: effect }, excludedNamespaces: { value: ['kube-system', 'gatekeeper-system', 'flux-system'] } }
  }
  {
    name: 'no-local-accounts'
    display: 'AKS clusters have local authentication methods disabled'
    id: '993c2fcd-2b29-49d2-9eb0-df2c3a730c32'
    parameters: { effect: { value: effect == 'deny' ? 'Deny' : 'Audit' } }
  }
  {
    name: 'policy-add-on'
    display: 'The Azure Policy add-on is on in AKS clusters'
    id: '0a15ec92-a229-4763-bb14-0ea34a568f8d'
    parameters: { effect: { value: 'Audit' } }
  }
]

resource assignment 'Microsoft.Authorization/policyAssignments@2025-03-01' = [
  for definition in definitions: {
    name: definition.name
    properties: {
      displayName: definition.display
      policyDefinitionId: tenantResourceId('Microsoft.Authorization/policyDefinitions', definition.id)
      parameters: definition.parameters
      enforcementMode: 'Default'
    }
  }
]

resource baseline 'Microsoft.Authorization/policyAssignments@2025-03-01' = {
  name: 'pod-security-baseline'
  properties: {
    displayName: 'Pod security baseline of Linux workloads'
    policyDefinitionId: tenantResourceId('Microsoft.Authorization/policySetDefinitions', 'a8640138-9b0a-4a28-b8cb-1666c838647d')
    parameters: {
      effect: { value: 'audit' }
      excludedNamespaces: { value: ['kube-system', 'gatekeeper-system', 'flux-system'] }
    }
    enforcementMode: 'Default'
  }
}
