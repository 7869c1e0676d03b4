// Shapes of the parameters: what a person writes in a .bicepparam file.

@export()
@description('Bounds of one node pool. minCount is what runs on a quiet day; maxCount is what a surge may use.')
type poolType = {
  vmSize: string

  @minValue(1)
  @maxValue(1000)
  minCount: int

  @minValue(1)
  @maxValue(1000)
  maxCount: int

  @minValue(30)
  @maxValue(250)
  maxPods: int
}

@export()
@description('One stamp: a region with its own hub, spoke, cluster and gateway. Adding or removing a stamp is adding or removing one of these.')
type stampType = {
  @description('Short and unique in the fleet: it is part of every name in the stamp, and its origin\'s name.')
  @minLength(2)
  @maxLength(5)
  name: string

  region: string

  @description('A /16 of its own. It stays with the stamp for life, so that removing another stamp renumbers nothing.')
  addressSpace: string

  @minLength(1)
  zones: ('1' | '2' | '3')[]

  @description('Seed of the origin\'s weight. The control plane owns it from then on.')
  @minValue(1)
  @maxValue(1000)
  originWeight: int

  @minValue(1)
  @maxValue(5)
  originPriority: int

  systemPool: poolType
  userPool: poolType
}

@export()
@description('A region that runs the control plane. It should not be a stamp\'s region: who watches must not fall with the watched.')
type controlPlaneRegionType = {
  @minLength(2)
  @maxLength(5)
  name: string

  region: string

  @description('A /24 of its own, beside every stamp\'s addresses.')
  addressSpace: string

  @description('Whether the region has availability zones: the app, its storage, its egress and Cosmos DB then span them.')
  zoneRedundant: bool
}

@export()
@description('A region that holds data of the control plane and runs nothing.')
type dataRegionType = {
  @minLength(2)
  @maxLength(5)
  name: string

  region: string

  @description('Whether the region has availability zones: what lies there then spans them.')
  zoneRedundant: bool
}

@export()
type frontDoorSettingsType = {
  @description('Latency window in milliseconds: 0 makes weights inert. The smallest value that lets adjacent regions share is right; it costs users that much distance at most.')
  @minValue(0)
  @maxValue(1000)
  latencyWindowMs: int

  @minValue(1)
  @maxValue(255)
  probeIntervalSeconds: int

  @description('The path that Front Door probes: the gate answers it, neither the gateway nor a pod\'s readiness depends on it.')
  gatePath: string

  @description('Own host name with a certificate from the certificate vault, or null for the endpoint\'s own.')
  customDomain: customDomainType?
}

@export()
type customDomainType = {
  hostName: string

  @description('Name of the certificate\'s secret in the certificate vault.')
  certificateName: string
}

@export()
@description('What the stamps of a deployed fleet have in common.')
type platformType = {
  location: string

  @description('Public DNS zone of the origins, made by bootstrap.bicep: <stamp>.<originDomain>.')
  originDomain: string

  @description('Made by bootstrap.bicep; holds the certificate of *.<originDomain>.')
  certificateVaultName: string
  certificateName: string

  @description('off saves about 900 USD a month a stamp; egress then leaves by a NAT gateway.')
  firewall: 'off' | 'Standard' | 'Premium'
  privateClusters: bool
  kubernetesVersion: string
  fleetManager: bool

  @description('Git repository that Flux follows in every cluster.')
  gitops: gitopsType

  @description('Entra groups whose members administer the clusters.')
  clusterAdminGroupIds: string[]
  policyEffect: 'audit' | 'deny'
}

@export()
type gitopsType = {
  url: string
  branch: string
  path: string
}

@export()
@description('A fleet that exists, behind a Standard, Premium or classic Front Door. Ids only: nothing in it is changed but role assignments and alert rules.')
type attachedFleetType = {
  frontDoorProfileId: string

  @description('Workspace that Front Door\'s access log goes to, or null where it goes nowhere.')
  accessLogWorkspaceId: string?

  @minLength(1)
  stamps: attachedStampType[]
}

@export()
type attachedStampType = {
  @minLength(2)
  @maxLength(5)
  name: string
  region: string
  clusterId: string
  gatewayId: string
  virtualNetworkId: string
  nodeSubnetName: string

  @description('Subnet that takes a private endpoint to the gate\'s blob, or null: the blob is then reached over the Internet, by Entra identity only.')
  privateEndpointSubnetId: string?

  @description('Issuer URL of the cluster\'s workload identity; null where the stamp has no gate.')
  oidcIssuerUrl: string?

  @description('Whether the region has availability zones: the gate\'s storage spans them where it has.')
  zoneRedundant: bool
}

@export()
@description('Entra application that guards the API and receives alerts; made by the commands in docs/deploy.md.')
type apiType = {
  clientId: string

  @description('Object id of the application (not of its service principal): the action group names it.')
  applicationObjectId: string
  identifierUri: string
}

@export()
type featuresType = {
  keda: bool
  shedding: bool
  accessLog: bool

  @description('Pre-shift checks on metrics: the role is defined; assign it on the resources that the checks name.')
  metricChecks: bool
}

@export()
@description('Where a stamp can be reached by the control plane: the one shape in which both modes hand a fleet on.')
type targetType = {
  name: string
  region: string
  subscriptionId: string
  clusterResourceGroup: string
  clusterName: string
  gatewaySubscriptionId: string
  gatewayResourceGroup: string
  gatewayName: string
  networkSubscriptionId: string
  networkResourceGroup: string
  virtualNetworkName: string
  nodeSubnetName: string

  @description('How the cluster reads its gate: by a private endpoint, or over the Internet by identity alone.')
  gateAccess: 'private' | 'public'
  zoneRedundant: bool
}

@export()
@description('A managed identity that gets a role.')
type holderType = {
  @description('Names the assignment: the principal id is not known before the identity exists.')
  identityId: string
  principalId: string
}

@export()
@description('What a deployment says of a stamp: the resource half of the fleet file (tools/fleetFromDeployment.ts).')
type deployedStampType = {
  name: string
  region: string
  clusterId: string
  gatewayId: string
  nodeSubnetId: string
  gateBlobUrl: string
  origins: { originGroup: string, origin: string, normalWeight: int, priority: int }[]
  pools: { name: string, surgeMaxCount: int }[]
  privateUrl: string?
}

@export()
@description('A stamp\'s gate as its cluster needs it: the account to reach, the blob to poll, the identity to read it with.')
type gateType = {
  accountId: string
  blobUrl: string
  readerClientId: string
}
