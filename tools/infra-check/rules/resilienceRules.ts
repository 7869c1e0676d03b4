import { extensionScope, lastSegment, resourceGroupOf, sameId, scopeType } from '../armId.ts';
import { deployedFleetOf } from '../deployedFleet.ts';
import type { Rule } from '../rule.ts';
import type { Snapshot } from '../snapshot.ts';
import { at, listAt, numberAt, ofType, textAt, textsAt } from '../snapshot.ts';

const zonal = ['Microsoft.Network/applicationGateways', 'Microsoft.Network/azureFirewalls', 'Microsoft.Network/publicIPAddresses', 'Microsoft.Network/natGateways'];

/** Azure's regions without availability zones, as published in 2026: there, zone-redundant storage does not exist. */
const regionsWithoutZones = new Set([
  'australiacentral', 'australiasoutheast', 'brazilsoutheast', 'canadaeast', 'francesouth', 'germanynorth', 'koreasouth', 'northcentralus', 'norwaywest',
  'southafricawest', 'southindia', 'switzerlandwest', 'uaecentral', 'ukwest', 'westcentralus', 'westindia', 'westus',
]);

export const zonesOn: Rule = {
  name: 'zones are on',
  why: 'a zone that fails is no reason to fail a region over',
  check: (snapshot) => [
    ...zonal
      .flatMap((type) => ofType(snapshot, type))
      .filter((resource) => textsAt(resource.body, 'zones').length < 3)
      .map((resource) => `${resource.name}: spans ${textsAt(resource.body, 'zones').length} zone(s)`),
    ...ofType(snapshot, 'Microsoft.ContainerService/managedClusters').flatMap((cluster) =>
      listAt(cluster.body, 'properties.agentPoolProfiles')
        .filter((pool) => textsAt(pool, 'availabilityZones').length < 3)
        .map((pool) => `${cluster.name}: pool ${textAt(pool, 'name') ?? ''} spans ${textsAt(pool, 'availabilityZones').length} zone(s)`),
    ),
    ...ofType(snapshot, 'Microsoft.Storage/storageAccounts').flatMap((account) => {
      const sku = textAt(account.body, 'sku.name') ?? 'no SKU';
      const region = account.location ?? '';
      if (regionsWithoutZones.has(region)) return sku.endsWith('ZRS') ? [`${account.name}: ${sku} does not exist in ${region}, which has no zones`] : [];
      return sku.endsWith('ZRS') ? [] : [`${account.name}: ${sku} does not span zones`];
    }),
    ...ofType(snapshot, 'Microsoft.DocumentDB/databaseAccounts').flatMap((account) =>
      listAt(account.body, 'properties.locations')
        .filter((place) => at(place, 'isZoneRedundant') !== true)
        .map((place) => `${account.name}: not zone redundant in ${textAt(place, 'locationName') ?? '?'}`),
    ),
    ...ofType(snapshot, 'Microsoft.Web/serverfarms')
      .filter((plan) => at(plan.body, 'properties.zoneRedundant') !== true)
      .map((plan) => `${plan.name}: not zone redundant`),
  ],
};

const withDiagnostics = [
  'Microsoft.Cdn/profiles',
  'Microsoft.ContainerRegistry/registries',
  'Microsoft.ContainerService/managedClusters',
  'Microsoft.DocumentDB/databaseAccounts',
  'Microsoft.KeyVault/vaults',
  'Microsoft.Network/applicationGateways',
  'Microsoft.Network/azureFirewalls',
  'Microsoft.Network/networkSecurityGroups',
  'Microsoft.Network/publicIPAddresses',
  'Microsoft.Network/virtualNetworks',
  'Microsoft.Storage/storageAccounts/blobServices',
  'Microsoft.Web/sites',
];

export const diagnosticsOn: Rule = {
  name: 'diagnostics are on for everything that has them',
  why: 'what was not logged before the bad night is not there on it',
  check: (snapshot) => {
    const covered = new Set(ofType(snapshot, 'Microsoft.Insights/diagnosticSettings').map((setting) => extensionScope(setting.id)?.toLowerCase()));
    // Made before this deployment, by bootstrap.bicep: the vault that certificates are read from.
    const certificateVaults = ofType(snapshot, 'Microsoft.Network/privateEndpoints')
      .flatMap((endpoint) => listAt(endpoint.body, 'properties.privateLinkServiceConnections'))
      .map((connection) => textAt(connection, 'properties.privateLinkServiceId') ?? '')
      .filter((id) => scopeType(id) === 'Microsoft.KeyVault/vaults');
    return [
      ...withDiagnostics
        .flatMap((type) => ofType(snapshot, type))
        .filter((resource) => !covered.has(resource.id.toLowerCase()))
        .map((resource) => `${resource.name} (${resource.type}): no diagnostic setting`),
      ...[...new Set(certificateVaults)].filter((id) => !covered.has(id.toLowerCase())).map((id) => `${lastSegment(id)}: nobody logs who reads it`),
    ];
  },
};

/** Regions of Functions apps: where the control plane runs. */
const controlRegions = (snapshot: Snapshot): readonly string[] => ofType(snapshot, 'Microsoft.Web/sites').map((site) => site.location ?? '');

export const controlPlaneApart: Rule = {
  name: 'the control plane stands apart from the stamps',
  why: 'who watches must not fall with the watched; one region alone is watched by nobody',
  check: (snapshot) => {
    const control = controlRegions(snapshot);
    const stamps = ofType(snapshot, 'Microsoft.ContainerService/managedClusters').map((cluster) => cluster.location ?? '');
    const fence = ofType(snapshot, 'Microsoft.Storage/storageAccounts/blobServices/containers').find((container) => container.name.endsWith('/fence'));
    const fenceAccount = ofType(snapshot, 'Microsoft.Storage/storageAccounts').find((account) => fence?.id.toLowerCase().startsWith(`${account.id.toLowerCase()}/`) === true);
    return [
      ...(new Set(control).size < 2 ? [`the control plane runs in ${new Set(control).size} region(s)`] : []),
      ...control.filter((region) => stamps.includes(region)).map((region) => `${region}: holds a stamp and the control plane`),
      ...(fenceAccount === undefined ? ['no fence'] : []),
      ...(fenceAccount !== undefined && [...control, ...stamps].includes(fenceAccount.location ?? '') ? [`the fence lies in ${fenceAccount.location ?? '?'}, where a stamp or the control plane is`] : []),
    ];
  },
};

const longestSilenceSeconds = { 'spillway.heartbeat': 180, 'spillway.certificate': 300 };

type WatchedMetric = keyof typeof longestSilenceSeconds;

/** What is wrong with each control-plane region's alert of one kind on one of its metrics: it must live, and read, where that region is not. */
function watchedElsewhere(snapshot: Snapshot, metric: WatchedMetric, measure: 'silentSeconds' | 'survives', wrong: (criterion: unknown) => readonly string[]): readonly string[] {
  const rules = ofType(snapshot, 'Microsoft.Insights/scheduledQueryRules');
  const components = ofType(snapshot, 'Microsoft.Insights/components');
  return controlRegions(snapshot).flatMap((region) => {
    const rule = rules.find((candidate) => {
      const [criterion] = listAt(candidate.body, 'properties.criteria.allOf');
      return [`"${metric}"`, `"${region}"`].every((asked) => (textAt(criterion, 'query') ?? '').includes(asked)) && textAt(criterion, 'metricMeasureColumn') === measure;
    });
    if (rule === undefined) return [`${region}: no alert on ${measure} of ${metric}`];
    const sent = textAt(components.find((component) => component.location === region)?.body, 'properties.WorkspaceResourceId') ?? '';
    return [
      ...wrong(listAt(rule.body, 'properties.criteria.allOf')[0]).map((problem) => `${rule.name}: ${problem}`),
      ...(rule.location === region ? [`${rule.name}: lies in the region it watches`] : []),
      ...(sameId(textAt(rule.body, 'properties.scopes.0') ?? '', sent) ? [] : [`${rule.name}: watches a workspace that the region's telemetry does not go to`]),
      ...(listAt(rule.body, 'properties.actions.actionGroups').length > 0 ? [] : [`${rule.name}: tells nobody`]),
    ];
  });
}

const silenceWatched = (snapshot: Snapshot, metric: WatchedMetric): readonly string[] =>
  watchedElsewhere(snapshot, metric, 'silentSeconds', (criterion) =>
    (numberAt(criterion, 'threshold') ?? Infinity) <= longestSilenceSeconds[metric] ? [] : [`allows more than ${longestSilenceSeconds[metric]} s of silence`],
  );

export const heartbeatsWatched: Rule = {
  name: 'a control-plane region that falls silent is noticed elsewhere',
  why: 'an alert that lives in the region which died does not fire',
  check: (snapshot) => silenceWatched(snapshot, 'spillway.heartbeat'),
};

export const certificateWatched: Rule = {
  name: 'a loss that the fleet would not survive is told, and so is a certificate that stops',
  why: 'room that is gone is cheap to get back before the outage, and not during it',
  check: (snapshot) => [
    ...silenceWatched(snapshot, 'spillway.certificate'),
    ...watchedElsewhere(snapshot, 'spillway.certificate', 'survives', (criterion) => [
      ...(textAt(criterion, 'operator') === 'LessThan' && numberAt(criterion, 'threshold') === 1 ? [] : ['does not fire on "no" and on "unknown"']),
      ...(listAt(criterion, 'dimensions').some((dimension) => textAt(dimension, 'name') === 'loss') ? [] : ['does not say which loss']),
    ]),
  ],
};

export const webhooksSecure: Rule = {
  name: 'alerts go to every control-plane region, signed',
  why: 'after one failure Azure leaves an endpoint alone for 15 minutes: the other region must get the alert too',
  check: (snapshot) => {
    const sites = ofType(snapshot, 'Microsoft.Web/sites');
    const audiences = ofType(snapshot, 'Microsoft.Web/sites/config').map((config) => textAt(config.body, 'properties.SPILLWAY_ALERT_AUDIENCE') ?? '');
    return ofType(snapshot, 'Microsoft.Insights/actionGroups').flatMap((group) => {
      const receivers = listAt(group.body, 'properties.webhookReceivers');
      return [
        ...(group.location === 'global' ? [] : [`${group.name}: is not Global, as Service Health asks`]),
        ...sites
          .filter((site) => !receivers.some((receiver) => (textAt(receiver, 'serviceUri') ?? '').includes(site.id)))
          .map((site) => `${group.name}: ${site.name} is no receiver`),
        ...receivers
          .filter((receiver) => at(receiver, 'useAadAuth') !== true || at(receiver, 'useCommonAlertSchema') !== true)
          .map((receiver) => `${group.name}: receiver ${textAt(receiver, 'name') ?? ''} is not signed by Entra, or not in the common schema`),
        ...receivers
          .filter((receiver) => ['objectId', 'identifierUri', 'tenantId'].some((field) => (textAt(receiver, field) ?? '') === ''))
          .map((receiver) => `${group.name}: receiver ${textAt(receiver, 'name') ?? ''} does not say which application its tokens are for`),
        ...receivers
          .filter((receiver) => !audiences.some((audience) => [audience, `api://${audience}`].includes(textAt(receiver, 'identifierUri') ?? '')))
          .map((receiver) => `${group.name}: receiver ${textAt(receiver, 'name') ?? ''} sends tokens that the app does not take`),
      ];
    });
  },
};

export const alertsArrive: Rule = {
  name: 'every alert rule tells the action group',
  why: 'an alert that nobody gets is a chart',
  check: (snapshot) => {
    const groups = ofType(snapshot, 'Microsoft.Insights/actionGroups');
    const told = (ids: readonly (string | null)[]): boolean => ids.some((id) => id !== null && groups.some((group) => sameId(group.id, id)));
    return [
      ...ofType(snapshot, 'Microsoft.Insights/metricAlerts').filter((rule) => !told(listAt(rule.body, 'properties.actions').map((action) => textAt(action, 'actionGroupId')))),
      ...ofType(snapshot, 'Microsoft.Insights/activityLogAlerts').filter((rule) => !told(listAt(rule.body, 'properties.actions.actionGroups').map((action) => textAt(action, 'actionGroupId')))),
      ...ofType(snapshot, 'Microsoft.Insights/scheduledQueryRules').filter((rule) => !told(textsAt(rule.body, 'properties.actions.actionGroups'))),
    ].map((rule) => `${rule.name}: reaches no action group of this deployment`);
  },
};

export const azureHeard: Rule = {
  name: "Azure's own word is heard in every subscription of the fleet",
  why: 'Service Health and Resource Health speak subscription by subscription; a filter that Azure spells otherwise hears nothing',
  check: (snapshot) => {
    const fleet = deployedFleetOf(snapshot);
    const ids = [fleet.frontDoorProfileId, ...fleet.stamps.flatMap((stamp) => [stamp.clusterId, stamp.gatewayId]), ...ofType(snapshot, 'Microsoft.Web/sites').map((site) => site.id)];
    const alerts = ofType(snapshot, 'Microsoft.Insights/activityLogAlerts').map((alert) => ({ alert, conditions: listAt(alert.body, 'properties.condition.allOf') }));
    const hears = (subscription: string, category: string): boolean =>
      alerts.some(({ alert, conditions }) => textsAt(alert.body, 'properties.scopes').includes(subscription) && conditions.some((condition) => textAt(condition, 'equals') === category));
    return [
      ...[...new Set(ids.map((id) => id.split('/').slice(0, 3).join('/')))].flatMap((subscription) =>
        ['ServiceHealth', 'ResourceHealth'].filter((category) => !hears(subscription, category)).map((category) => `${subscription}: no alert on ${category}`),
      ),
      ...alerts.flatMap(({ alert, conditions }) =>
        conditions
          .filter((condition) => (textAt(condition, 'field') ?? '').endsWith('RegionName'))
          .flatMap((condition) => textsAt(condition, 'containsAny'))
          .filter((name) => /^[a-z0-9]+$/.test(name))
          .map((name) => `${alert.name}: Service Health never says "${name}"; it says region names as people do`),
      ),
    ];
  },
};

export const ledgerSurvives: Rule = {
  name: 'the ledger has one write region, copies, and no way to forget',
  why: 'two write regions let the last writer win; a TTL on the ledger deletes evidence',
  check: (snapshot) => [
    ...ofType(snapshot, 'Microsoft.DocumentDB/databaseAccounts').flatMap((account) => {
      const copies = listAt(account.body, 'properties.locations').length;
      const strong = textAt(account.body, 'properties.consistencyPolicy.defaultConsistencyLevel') === 'Strong';
      return [
        ...(at(account.body, 'properties.enableMultipleWriteLocations') === false ? [] : [`${account.name}: several regions may write`]),
        ...(at(account.body, 'properties.enableAutomaticFailover') === true ? [] : [`${account.name}: does not fail over by itself`]),
        ...(copies < 2 ? [`${account.name}: ${copies} region(s)`] : []),
        ...(strong && copies < 3 ? [`${account.name}: Strong in ${copies} regions refuses writes when one is lost`] : []),
        ...(textAt(account.body, 'properties.backupPolicy.type') === 'Continuous' ? [] : [`${account.name}: no continuous backup`]),
      ];
    }),
    ...ofType(snapshot, 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers').flatMap((container) => {
      const timeToLive = numberAt(container.body, 'properties.resource.defaultTtl');
      if (container.name.endsWith('/ledger')) return timeToLive === null ? [] : [`${container.name}: has a TTL`];
      return timeToLive === -1 ? [] : [`${container.name}: per-item TTL is off`];
    }),
  ],
};

export const policyAssigned: Rule = {
  name: 'policy is assigned to every stamp',
  why: 'what is not enforced drifts, one region at a time',
  check: (snapshot) => {
    const assigned = ofType(snapshot, 'Microsoft.Authorization/policyAssignments').map((assignment) => resourceGroupOf(assignment.id)?.toLowerCase());
    return ofType(snapshot, 'Microsoft.ContainerService/managedClusters')
      .filter((cluster) => !assigned.includes(resourceGroupOf(cluster.id)?.toLowerCase()))
      .map((cluster) => `${cluster.name}: no policy on its resource group`);
  },
};
