/**
 * The role table: every permission that Spillway's own calls need, at the narrowest scope that carries it, and why.
 *
 * The custom roles in `infra/` are generated from it (`infra/roles/roleTable.json`, held equal by a test), and the
 * sandbox refuses a call that nothing here allows. A permission that is missing shows in a test, not in production.
 *
 * Names are Azure's published resource provider operations. `dataActions` on the `cosmos` plane are Cosmos DB's own
 * (sqlRoleDefinitions), the others Azure RBAC's. Grants with an `optional` feature are assigned only where it is used.
 */

/** What a grant is assigned on. A stamp's Kubernetes grants are Azure RBAC data actions on its managed cluster. */
export const scopeKinds = [
  'frontDoorProfile',
  'frontDoorResourceGroup',
  'frontDoorClassic',
  'managedCluster',
  'kubernetesNamespace',
  'stampVirtualNetwork',
  'nodeSubnet',
  'applicationGateway',
  'capacityReservationGroup',
  'subscription',
  'logAnalyticsWorkspace',
  'dataTierResource',
  'cosmosLedger',
  'cosmosState',
  'gateContainer',
  'outboxContainer',
  'fenceContainer',
] as const;
export type ScopeKind = (typeof scopeKinds)[number];

/** A part of Spillway that a fleet may leave out, and with it the permission. */
export const optionalFeatures = ['classicFrontDoor', 'keda', 'shedding', 'capacityReservations', 'accessLog', 'metricChecks'] as const;
export type OptionalFeature = (typeof optionalFeatures)[number];

export interface Permission {
  readonly name: string;
  readonly why: string;
}

export interface RoleGrant {
  /** Stable: the role definition's GUID is derived from it. */
  readonly key: string;
  /** Display name of the role, unique in a tenant together with the deployment's suffix. */
  readonly name: string;
  readonly description: string;
  /** Who holds it: the Functions app of each control-plane region, or the gate's workload identity in a cluster. */
  readonly holder: 'controlPlane' | 'gate';
  readonly plane: 'azure' | 'cosmos';
  readonly scopeKind: ScopeKind;
  readonly optional: OptionalFeature | null;
  readonly actions: readonly Permission[];
  readonly dataActions: readonly Permission[];
  /** Azure RBAC condition (version 2.0) that narrows the assignment, null where the scope says it all. */
  readonly condition: string | null;
}

const aks = 'Microsoft.ContainerService/managedClusters';
const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const cosmos = 'Microsoft.DocumentDB/databaseAccounts';
const cosmosContainer = `${cosmos}/sqlDatabases/containers`;
const customResource = `${aks}/customResources`;

const cosmosReads: readonly Permission[] = [
  { name: `${cosmos}/readMetadata`, why: 'the SDK resolves the container and its partitions before any call' },
  { name: `${cosmosContainer}/items/read`, why: 'point reads by id' },
  { name: `${cosmosContainer}/executeQuery`, why: 'what happened, by time, region and run' },
];

const kedaOnly = [
  `@Request[${customResource}:group] StringEqualsIgnoreCase 'keda.sh'`,
  `@Request[${customResource}:kind] StringEqualsIgnoreCase 'scaledobjects'`,
].join(' AND ');

export const roleTable: readonly RoleGrant[] = [
  {
    key: 'frontDoorOriginOperator',
    name: 'Spillway Front Door Origin Operator',
    description: 'Reads the origin groups, origins and metrics of one Front Door profile; changes weight and enabledState of its origins.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'frontDoorProfile',
    optional: null,
    actions: [
      { name: 'Microsoft.Cdn/profiles/originGroups/read', why: 'latency window and probe settings decide whether weights do anything' },
      { name: 'Microsoft.Cdn/profiles/originGroups/origins/read', why: 'facts before a plan, read-back after a write' },
      { name: 'Microsoft.Cdn/profiles/originGroups/origins/write', why: 'the shift: weight and enabledState, one PATCH an origin' },
      { name: 'Microsoft.Insights/metrics/read', why: 'origin health, origin requests, latency and errors' },
    ],
    dataActions: [],
    condition: null,
  },
  {
    key: 'frontDoorOperationReader',
    name: 'Spillway Front Door Operation Reader',
    description: 'Reads the result of a Front Door operation; its URL lies beside the profile, in the resource group.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'frontDoorResourceGroup',
    optional: null,
    actions: [
      { name: 'Microsoft.Cdn/operationresults/read', why: 'the azure-asyncoperation URL of an origin write' },
      { name: 'Microsoft.Cdn/operationresults/profileresults/origingroupresults/originresults/read', why: 'the Location URL of an origin write' },
    ],
    dataActions: [],
    condition: null,
  },
  {
    key: 'frontDoorClassicOperator',
    name: 'Spillway Front Door Classic Operator',
    description: 'Reads and writes one classic Front Door, which is changed only as a whole.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'frontDoorClassic',
    optional: 'classicFrontDoor',
    actions: [
      { name: 'Microsoft.Network/frontDoors/read', why: 'backend pools before and after a write' },
      { name: 'Microsoft.Network/frontDoors/write', why: 'classic has no PATCH: a shift is a PUT of the whole' },
      { name: 'Microsoft.Insights/metrics/read', why: 'backend health and requests' },
    ],
    dataActions: [],
    condition: null,
  },
  {
    key: 'clusterOperator',
    name: 'Spillway AKS Pool Operator',
    description: 'Reads one cluster, changes the bounds of its node pools, and reads nodes and pods for the room they leave.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'managedCluster',
    optional: null,
    actions: [
      { name: `${aks}/read`, why: 'its pools with bounds, counts, SKUs and zones; network profile and node provisioning mode' },
      { name: `${aks}/agentPools/read`, why: 'one pool as it is right before its bounds move, with the etag of that moment' },
      { name: `${aks}/agentPools/write`, why: 'the surge: minCount and maxCount in one PUT' },
      { name: `${aks}/listClusterUserCredential/action`, why: 'the API server address and its CA' },
    ],
    dataActions: [
      { name: `${aks}/nodes/read`, why: 'ready, schedulable and labelled nodes; allocatable per node' },
      { name: `${aks}/pods/read`, why: 'requests already placed on each node, in any namespace; those of daemon sets are what a new node loses' },
    ],
    condition: null,
  },
  {
    key: 'workloadOperator',
    name: 'Spillway Workload Scaler',
    description: 'In one namespace: reads deployments and what limits them, changes the bounds of horizontal pod autoscalers.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'kubernetesNamespace',
    optional: null,
    actions: [],
    dataActions: [
      { name: `${aks}/autoscaling/horizontalpodautoscalers/read`, why: 'bounds, owners and status' },
      { name: `${aks}/autoscaling/horizontalpodautoscalers/write`, why: 'the surge: minReplicas and maxReplicas by server-side apply' },
      { name: `${aks}/apps/deployments/read`, why: 'requests per pod, readiness, observedGeneration' },
      { name: `${aks}/policy/poddisruptionbudgets/read`, why: 'room that a budget holds back' },
      { name: `${aks}/resourcequotas/read`, why: 'a quota can refuse the surged pods' },
    ],
    condition: null,
  },
  {
    key: 'kedaScaler',
    name: 'Spillway KEDA Scaler',
    description: 'In one namespace: changes replica bounds of KEDA scaled objects, and of no other custom resource.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'kubernetesNamespace',
    optional: 'keda',
    actions: [],
    dataActions: [
      { name: `${aks}/customresources/read`, why: 'bounds of the ScaledObject that owns an HPA' },
      { name: `${aks}/customresources/write`, why: 'minReplicaCount and maxReplicaCount: KEDA reverts a change to its HPA' },
    ],
    condition: `(!(ActionMatches{'${aks}/customresources/*'}) OR (${kedaOnly}))`,
  },
  {
    key: 'shedder',
    name: 'Spillway Tier 3 Shedder',
    description: 'In one namespace: scales deployments down to make room, where policy allows it.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'kubernetesNamespace',
    optional: 'shedding',
    actions: [],
    dataActions: [{ name: `${aks}/apps/deployments/write`, why: 'replicas of a tier 3 deployment, with undo on record' }],
    condition: null,
  },
  {
    key: 'addressReader',
    name: 'Spillway Address Reader',
    description: 'Reads how many addresses the subnets of one virtual network have left.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'stampVirtualNetwork',
    optional: null,
    actions: [
      { name: 'Microsoft.Network/virtualNetworks/usages/read', why: 'addresses in use and in all, subnet by subnet: the bound on new nodes' },
    ],
    dataActions: [],
    condition: null,
  },
  {
    key: 'subnetJoiner',
    name: 'Spillway Node Subnet Joiner',
    description: 'May name one subnet in a node pool; a pool is written as a whole, its subnet included.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'nodeSubnet',
    optional: null,
    actions: [{ name: 'Microsoft.Network/virtualNetworks/subnets/join/action', why: 'linked access check of a PUT that carries vnetSubnetID' }],
    dataActions: [],
    condition: null,
  },
  {
    key: 'gatewayMetricsReader',
    name: 'Spillway Gateway Metrics Reader',
    description: 'Reads the metrics of one Application Gateway.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'applicationGateway',
    optional: null,
    actions: [{ name: 'Microsoft.Insights/metrics/read', why: 'healthy and unhealthy hosts, response status' }],
    dataActions: [],
    condition: null,
  },
  {
    key: 'quotaReader',
    name: 'Spillway Quota Reader',
    description: 'Reads vCPU quota, SKU restrictions and AKS operation status of one subscription.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'subscription',
    optional: null,
    actions: [
      { name: 'Microsoft.Compute/locations/usages/read', why: 'vCPU quota of the family and of the region' },
      { name: 'Microsoft.Compute/skus/read', why: 'vCPUs of a SKU, its zone and location restrictions' },
      { name: 'Microsoft.ContainerService/locations/operations/read', why: 'status URL of a node pool write' },
      { name: 'Microsoft.ContainerService/locations/operationresults/read', why: 'result URL of a node pool write' },
    ],
    dataActions: [],
    condition: null,
  },
  {
    key: 'reservationUser',
    name: 'Spillway Capacity Reservation User',
    description: 'Reads one capacity reservation group and may keep it named in a node pool.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'capacityReservationGroup',
    optional: 'capacityReservations',
    actions: [
      { name: 'Microsoft.Compute/capacityReservationGroups/read', why: 'reserved room is the only room that is certain' },
      { name: 'Microsoft.Compute/capacityReservationGroups/capacityReservations/read', why: 'how much of it is used' },
      { name: 'Microsoft.Compute/capacityReservationGroups/deploy/action', why: 'linked access check of a PUT that carries capacityReservationGroupID' },
    ],
    dataActions: [],
    condition: null,
  },
  {
    key: 'accessLogReader',
    name: 'Spillway Access Log Reader',
    description: "Queries one table of one workspace: Front Door's access log.",
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'logAnalyticsWorkspace',
    optional: 'accessLog',
    actions: [
      { name: 'Microsoft.OperationalInsights/workspaces/read', why: 'the query API resolves the workspace' },
      { name: 'Microsoft.OperationalInsights/workspaces/query/read', why: 'run a query' },
      { name: 'Microsoft.OperationalInsights/workspaces/query/AzureDiagnostics/read', why: 'FrontDoorAccessLog rows: where users are, edge and origin latency' },
    ],
    dataActions: [],
    condition: null,
  },
  {
    key: 'dataTierMetricsReader',
    name: 'Spillway Data Tier Metrics Reader',
    description: 'Reads the metrics of one resource named in a pre-shift check.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'dataTierResource',
    optional: 'metricChecks',
    actions: [{ name: 'Microsoft.Insights/metrics/read', why: 'replication lag and the like, before traffic moves' }],
    dataActions: [],
    condition: null,
  },
  {
    key: 'ledgerWriter',
    name: 'Spillway Ledger Appender',
    description: 'Appends to and reads the ledger; can neither change nor remove what is there.',
    holder: 'controlPlane',
    plane: 'cosmos',
    scopeKind: 'cosmosLedger',
    optional: null,
    actions: [],
    dataActions: [
      ...cosmosReads,
      { name: `${cosmosContainer}/items/create`, why: 'append; a second create of an id is a 409' },
      { name: `${cosmosContainer}/readChangeFeed`, why: 'follow the ledger' },
    ],
    condition: null,
  },
  {
    key: 'stateWriter',
    name: 'Spillway State Writer',
    description: 'Creates, reads and replaces small state records: mode, kill switch, alerts, idempotency.',
    holder: 'controlPlane',
    plane: 'cosmos',
    scopeKind: 'cosmosState',
    optional: null,
    actions: [],
    dataActions: [
      ...cosmosReads,
      { name: `${cosmosContainer}/items/create`, why: 'the first write of a record' },
      { name: `${cosmosContainer}/items/replace`, why: 'later writes, with If-Match' },
    ],
    condition: null,
  },
  {
    key: 'gateWriter',
    name: 'Spillway Gate Writer',
    description: 'Writes the gate states that the stamps poll.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'gateContainer',
    optional: null,
    actions: [],
    dataActions: [
      { name: `${blobs}/read`, why: 'state before a change, read-back after it' },
      { name: `${blobs}/write`, why: 'close, renew, open' },
    ],
    condition: null,
  },
  {
    key: 'gateReader',
    name: 'Spillway Gate Reader',
    description: 'Reads gate states: what the gate in a cluster polls.',
    holder: 'gate',
    plane: 'azure',
    scopeKind: 'gateContainer',
    optional: null,
    actions: [],
    dataActions: [{ name: `${blobs}/read`, why: 'the gate answers Front Door by it' }],
    condition: null,
  },
  {
    key: 'outboxWriter',
    name: 'Spillway Outbox Writer',
    description: 'Keeps ledger records while Cosmos DB is down, lists and removes them once they are there.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'outboxContainer',
    optional: null,
    actions: [],
    dataActions: [
      { name: `${blobs}/read`, why: 'list and read what waits' },
      { name: `${blobs}/write`, why: 'put a record aside' },
      { name: `${blobs}/delete`, why: 'remove it once the ledger holds it' },
    ],
    condition: null,
  },
  {
    key: 'fenceHolder',
    name: 'Spillway Fence Holder',
    description: 'Leases and rewrites the blob that says who may act and in which epoch.',
    holder: 'controlPlane',
    plane: 'azure',
    scopeKind: 'fenceContainer',
    optional: null,
    actions: [],
    dataActions: [
      { name: `${blobs}/read`, why: 'epoch and holder' },
      { name: `${blobs}/write`, why: 'acquire, renew and release the lease; raise the epoch' },
    ],
    condition: null,
  },
];

export interface AllowedPermissions {
  readonly actions: readonly string[];
  readonly dataActions: readonly string[];
}

/** Everything that `holder` may do at a scope of this kind when these optional features are on; sorted, without repeats. */
export function permissionsAt(
  scopeKind: ScopeKind,
  features: readonly OptionalFeature[] = [],
  holder: RoleGrant['holder'] = 'controlPlane',
): AllowedPermissions {
  const grants = roleTable.filter(
    (grant) => grant.scopeKind === scopeKind && grant.holder === holder && (grant.optional === null || features.includes(grant.optional)),
  );
  const names = (pick: (grant: RoleGrant) => readonly Permission[]): readonly string[] =>
    [...new Set(grants.flatMap(pick).map((permission) => permission.name))].toSorted();
  return { actions: names((grant) => grant.actions), dataActions: names((grant) => grant.dataActions) };
}
