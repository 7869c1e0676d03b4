import { roleTable } from '../../../src/adapters/permissions.ts';
import type { RoleGrant, ScopeKind } from '../../../src/adapters/permissions.ts';
import { extensionScope, lastSegment, resourceGroupOf, sameId, scopeType } from '../armId.ts';
import { deployedFleetOf } from '../deployedFleet.ts';
import type { Rule } from '../rule.ts';
import type { Snapshot, SnapshotResource } from '../snapshot.ts';
import { at, listAt, ofType, recordAt, textAt, textsAt } from '../snapshot.ts';

const container = 'Microsoft.Storage/storageAccounts/blobServices/containers';

/** The type of resource that a grant of each kind is assigned on; for containers also the container's name. */
const scopeTypes: Readonly<Record<ScopeKind, string>> = {
  frontDoorProfile: 'Microsoft.Cdn/profiles',
  frontDoorResourceGroup: 'resourceGroup',
  frontDoorClassic: 'Microsoft.Network/frontDoors',
  managedCluster: 'Microsoft.ContainerService/managedClusters',
  kubernetesNamespace: 'Microsoft.ContainerService/managedClusters/namespaces',
  stampVirtualNetwork: 'Microsoft.Network/virtualNetworks',
  nodeSubnet: 'Microsoft.Network/virtualNetworks/subnets',
  applicationGateway: 'Microsoft.Network/applicationGateways',
  capacityReservationGroup: 'Microsoft.Compute/capacityReservationGroups',
  subscription: 'subscription',
  logAnalyticsWorkspace: 'Microsoft.OperationalInsights/workspaces',
  dataTierResource: 'any',
  cosmosLedger: 'ledger',
  cosmosState: 'state',
  gateContainer: `${container}#gate`,
  outboxContainer: `${container}#outbox`,
  fenceContainer: `${container}#fence`,
};

/** Built-in roles that others than the app's own calls need, and the only type of resource each may be assigned on. */
const builtInRoles: Readonly<Record<string, string>> = {
  '7f951dda-4ed3-4680-a7ca-43fe172d538d': 'Microsoft.ContainerRegistry/registries',
  '4633458b-17de-408a-b874-0445c86b69e6': 'Microsoft.KeyVault/vaults/secrets',
  '4d97b98b-1d4f-4787-a291-c67834d212e7': 'Microsoft.Network/virtualNetworks/subnets',
  'f1a07417-d97a-45cb-824c-7a7467783830': 'Microsoft.ManagedIdentity/userAssignedIdentities',
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'Microsoft.Storage/storageAccounts',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'Microsoft.Storage/storageAccounts',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'Microsoft.Storage/storageAccounts',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'Microsoft.Insights/components',
  '0ad04412-c4d5-4796-b79c-f76d14c8d402': 'Microsoft.DurableTask/schedulers/taskHubs',
};

const azureRoles = (snapshot: Snapshot): readonly SnapshotResource[] => ofType(snapshot, 'Microsoft.Authorization/roleDefinitions');
const cosmosRoles = (snapshot: Snapshot): readonly SnapshotResource[] => ofType(snapshot, 'Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions');

const grantOf = (role: SnapshotResource): RoleGrant | undefined => {
  const name = textAt(role.body, 'properties.roleName') ?? '';
  return roleTable.find((grant) => name === grant.name || name.startsWith(`${grant.name} (`));
};

export const noWildcardRole: Rule = {
  name: 'no role holds a wildcard',
  why: 'a wildcard grants what does not exist yet',
  check: (snapshot) =>
    [...azureRoles(snapshot), ...cosmosRoles(snapshot)].flatMap((role) =>
      listAt(role.body, 'properties.permissions')
        .flatMap((permission) => [...textsAt(permission, 'actions'), ...textsAt(permission, 'dataActions')])
        .filter((action) => action.includes('*'))
        .map((action) => `${textAt(role.body, 'properties.roleName') ?? role.name}: grants ${action}`),
    ),
};

export const rolesAreTheTable: Rule = {
  name: 'custom roles are the role table, no more and no less',
  why: 'a missing permission fails on the bad night; one too many is what an intruder gets',
  check: (snapshot) => {
    const roles = [...azureRoles(snapshot), ...cosmosRoles(snapshot)];
    const missing = roleTable
      .filter((grant) => grant.optional === null && !roles.some((role) => grantOf(role) === grant))
      .map((grant) => `${grant.name}: the role table has it, the deployment does not`);
    const wrong = roles.flatMap((role) => {
      const grant = grantOf(role);
      const name = textAt(role.body, 'properties.roleName') ?? role.name;
      if (grant === undefined) return [`${name}: not in the role table`];
      return [
        ...difference(name, textsAt(role.body, 'properties.permissions.0.actions'), grant.actions.map((action) => action.name)),
        ...difference(name, textsAt(role.body, 'properties.permissions.0.dataActions'), grant.dataActions.map((action) => action.name)),
      ];
    });
    return [...missing, ...wrong];
  },
};

const difference = (name: string, deployed: readonly string[], wanted: readonly string[]): readonly string[] => [
  ...deployed.filter((action) => !wanted.includes(action)).map((action) => `${name}: grants ${action}, which the role table does not`),
  ...wanted.filter((action) => !deployed.includes(action)).map((action) => `${name}: lacks ${action}`),
];

interface Assignment {
  readonly resource: SnapshotResource;
  readonly scope: string;
  readonly role: string;
  readonly principal: string;
}

const assignmentsOf = (snapshot: Snapshot): readonly Assignment[] =>
  ofType(snapshot, 'Microsoft.Authorization/roleAssignments').map((resource) => ({
    resource,
    scope: extensionScope(resource.id) ?? '',
    role: lastSegment(textAt(resource.body, 'properties.roleDefinitionId') ?? ''),
    principal: textAt(resource.body, 'properties.principalId') ?? '',
  }));

const scopeKey = (scope: string): string => (scopeType(scope) === container ? `${container}#${lastSegment(scope)}` : scopeType(scope));

export const scopesAreNarrow: Rule = {
  name: 'every role is assigned at the narrowest scope',
  why: 'the same role one level up reaches resources that have nothing to do with the fleet',
  check: (snapshot) => {
    const custom = new Map(azureRoles(snapshot).map((role) => [role.name, grantOf(role)]));
    return assignmentsOf(snapshot).flatMap((assignment) => {
      const grant = custom.get(assignment.role);
      if (grant !== undefined) {
        const wanted = scopeTypes[grant.scopeKind];
        const conditionKept = grant.condition === (textAt(assignment.resource.body, 'properties.condition') ?? null);
        return [
          ...(wanted === scopeKey(assignment.scope) ? [] : [`${grant.name}: assigned on ${assignment.scope}, should be on a ${wanted}`]),
          ...(conditionKept ? [] : [`${grant.name}: assigned on ${assignment.scope} without its condition`]),
        ];
      }
      const builtIn = builtInRoles[assignment.role];
      if (builtIn === undefined) return [`role ${assignment.role} on ${assignment.scope}: neither in the role table nor a known built-in`];
      return builtIn === scopeType(assignment.scope) ? [] : [`built-in role ${assignment.role}: assigned on ${assignment.scope}, should be on a ${builtIn}`];
    });
  },
};

export const rolesAssignable: Rule = {
  name: 'every custom role may be assigned where it is',
  why: 'a role is known in the subscriptions that it names; in another one the assignment is refused',
  check: (snapshot) => {
    const scopes = new Map(azureRoles(snapshot).map((role) => [role.name, textsAt(role.body, 'properties.assignableScopes')]));
    return assignmentsOf(snapshot)
      .filter((assignment) => !(scopes.get(assignment.role) ?? ['/']).some((scope) => `${assignment.scope}/`.toLowerCase().startsWith(scope === '/' ? scope : `${scope.toLowerCase()}/`)))
      .map((assignment) => `role on ${assignment.scope}: not assignable in that subscription`);
  },
};

export const principalsTyped: Rule = {
  name: 'every assignment says what its principal is',
  why: 'an identity is new when it gets its roles: without its type Azure looks it up, does not find it yet, and refuses',
  check: (snapshot) =>
    ofType(snapshot, 'Microsoft.Authorization/roleAssignments')
      .filter((assignment) => textAt(assignment.body, 'properties.principalType') !== 'ServicePrincipal')
      .map((assignment) => `role on ${extensionScope(assignment.id) ?? '?'}: no principalType`),
};

/** Functions apps and the identity that each runs as. */
const controlPlane = (snapshot: Snapshot): readonly { readonly site: SnapshotResource; readonly identity: string }[] =>
  ofType(snapshot, 'Microsoft.Web/sites').flatMap((site) => Object.keys(recordAt(site.body, 'identity.userAssignedIdentities')).map((identity) => ({ site, identity })));

export const kedaIsThere: Rule = {
  name: 'who may change KEDA objects has KEDA',
  why: 'a cluster without the add-on has no such objects: the role would be for nothing, and the workload unscaled',
  check: (snapshot) =>
    azureRoles(snapshot).some((role) => grantOf(role)?.key === 'kedaScaler')
      ? ofType(snapshot, 'Microsoft.ContainerService/managedClusters')
          .filter((cluster) => at(cluster.body, 'properties.workloadAutoScalerProfile.keda.enabled') !== true)
          .map((cluster) => `${cluster.name}: no KEDA add-on`)
      : [],
};

export const grantsComplete: Rule = {
  name: 'every control-plane region holds every grant it needs',
  why: 'a takeover by a region that lacks one permission stops half-way',
  check: (snapshot) => {
    const custom = new Map(azureRoles(snapshot).map((role) => [grantOf(role)?.key, role.name]));
    const assignments = assignmentsOf(snapshot);
    const needs = neededGrants(snapshot).filter(({ key }) => custom.has(key) || roleTable.some((grant) => grant.key === key && grant.optional === null));
    const cosmos = ofType(snapshot, 'Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments');
    const holds = (identity: string, role: string | undefined, scope: string): boolean =>
      assignments.some((assignment) => assignment.role === role && sameId(assignment.scope, scope) && assignment.principal.includes(`'${identity}'`));
    return controlPlane(snapshot).flatMap(({ site, identity }) => [
      ...needs.filter(({ key, scope }) => !holds(identity, custom.get(key), scope)).map(({ key, scope }) => `${lastSegment(identity)}: lacks ${key} on ${scope}`),
      ...ownNeeds(snapshot, site).filter(({ role, scope }) => !holds(identity, custom.get(role) ?? role, scope)).map(({ role, scope }) => `${lastSegment(identity)}: lacks ${role} on ${scope}`),
      ...['ledger', 'state']
        .filter((name) => !cosmos.some((assignment) => (textAt(assignment.body, 'properties.scope') ?? '').endsWith(`/colls/${name}`) && (textAt(assignment.body, 'properties.principalId') ?? '').includes(`'${identity}'`)))
        .map((name) => `${lastSegment(identity)}: has no role on the ${name} container`),
    ]);
  },
};

/** Blobs, queues and tables of the host's own storage, by built-in role. */
const hostRoles = ['b7e6dc6d-f1e8-4753-8033-0f276bb0955b', '974c5e8b-45b9-4653-ba55-5f855dd0fb88', '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'];
const metricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb';

/** What an app needs of its own region's resources: its outbox, its host's storage, its telemetry. */
function ownNeeds(snapshot: Snapshot, site: SnapshotResource): readonly { readonly role: string; readonly scope: string }[] {
  const own = (type: string): readonly SnapshotResource[] => ofType(snapshot, type).filter((resource) => sameId(resourceGroupOf(resource.id) ?? '', resourceGroupOf(site.id) ?? ''));
  const settings = own('Microsoft.Web/sites/config').map((config) => textAt(config.body, 'properties.AzureWebJobsStorage__accountName'));
  return [
    ...own(container).filter((item) => item.name.endsWith('/outbox')).map((item) => ({ role: 'outboxWriter', scope: item.id })),
    ...own('Microsoft.Storage/storageAccounts').filter((account) => settings.includes(account.name)).flatMap((account) => hostRoles.map((role) => ({ role, scope: account.id }))),
    ...own('Microsoft.Insights/components').map((component) => ({ role: metricsPublisher, scope: component.id })),
  ];
}

function neededGrants(snapshot: Snapshot): readonly { readonly key: string; readonly scope: string }[] {
  const fleet = deployedFleetOf(snapshot);
  const profile = fleet.frontDoorProfileId;
  const group = profile.slice(0, profile.toLowerCase().indexOf('/providers/'));
  const containers = ofType(snapshot, container);
  const stores = (name: string, key: string) => containers.filter((item) => item.name.endsWith(`/${name}`)).map((item) => ({ key, scope: item.id }));
  const namespaces = [...new Set(assignmentsOf(snapshot).filter(({ scope }) => scopeType(scope) === scopeTypes.kubernetesNamespace).map(({ scope }) => lastSegment(scope)))];
  return [
    ...(namespaces.length === 0 ? [{ key: 'workloadOperator', scope: 'any namespace' }] : []),
    ...(scopeType(profile) === scopeTypes.frontDoorClassic
      ? [{ key: 'frontDoorClassicOperator', scope: profile }]
      : [
          { key: 'frontDoorOriginOperator', scope: profile },
          { key: 'frontDoorOperationReader', scope: group },
        ]),
    ...fleet.stamps.flatMap((stamp) => [
      { key: 'clusterOperator', scope: stamp.clusterId },
      { key: 'gatewayMetricsReader', scope: stamp.gatewayId },
      { key: 'subnetJoiner', scope: stamp.nodeSubnetId },
      { key: 'addressReader', scope: stamp.nodeSubnetId.slice(0, stamp.nodeSubnetId.lastIndexOf('/subnets/')) },
      { key: 'quotaReader', scope: stamp.clusterId.slice(0, stamp.clusterId.toLowerCase().indexOf('/resourcegroups/')) },
    ]),
    ...(fleet.accessLogWorkspaceId === null ? [] : [{ key: 'accessLogReader', scope: fleet.accessLogWorkspaceId }]),
    ...stores('gate', 'gateWriter'),
    ...stores('fence', 'fenceHolder'),
    ...namespaces.flatMap((namespace) =>
      fleet.stamps.flatMap((stamp) => ['workloadOperator', 'kedaScaler', 'shedder'].map((key) => ({ key, scope: `${stamp.clusterId}/namespaces/${namespace}` }))),
    ),
  ];
}
