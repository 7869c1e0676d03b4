import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, settingNames } from '../../../src/config/settings.ts';
import { resourceGroupOf, sameId } from '../armId.ts';
import type { Rule } from '../rule.ts';
import type { Snapshot, SnapshotResource } from '../snapshot.ts';
import { at, listAt, numberAt, ofType, recordAt, textAt } from '../snapshot.ts';

const sites = (snapshot: Snapshot): readonly SnapshotResource[] => ofType(snapshot, 'Microsoft.Web/sites');

const settingsOf = (snapshot: Snapshot, site: SnapshotResource): Readonly<Record<string, unknown>> =>
  recordAt(ofType(snapshot, 'Microsoft.Web/sites/config').find((config) => sameId(config.id, `${site.id}/config/appsettings`))?.body, 'properties');

/** What stands for a value that only a running Azure knows: of the right form, and nobody's. */
function known(name: string, value: unknown): string {
  const text = String(value);
  if (!text.startsWith('[')) return text;
  if (name.endsWith('_CLIENT_ID')) return '00000000-0000-0000-0000-000000000000';
  return /_(URL|ENDPOINT)$/.test(name) ? 'https://later.example.com/' : 'later';
}

export const settingsFit: Rule = {
  name: 'app settings are those that the app reads',
  why: 'the app refuses to start without one, and never notices a name that is spelt otherwise',
  check: (snapshot) =>
    sites(snapshot).flatMap((site) => {
      const settings = settingsOf(snapshot, site);
      const read = readSettings(Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, known(name, value)])));
      const unread = Object.keys(settings).filter((name) => name.startsWith('SPILLWAY_') && !settingNames.includes(name));
      return [
        ...(read.kind === 'invalid' ? read.problems.map((problem) => `${site.name}: ${problem.name} ${problem.message}`) : []),
        ...unread.map((name) => `${site.name}: ${name} is read by nobody`),
        ...['AZURE_CLIENT_ID', 'AzureWebJobsStorage__clientId']
          .filter((name) => !Object.keys(recordAt(site.body, 'identity.userAssignedIdentities')).some((id) => (textAt(settings, name) ?? '').includes(`'${id}'`)))
          .map((name) => `${site.name}: ${name} is not its own identity's`),
        ...(textAt(settings, 'SPILLWAY_CONTROL_REGION') === site.location ? [] : [`${site.name}: SPILLWAY_CONTROL_REGION is not its region`]),
      ];
    }),
};

/** Settings that Flex Consumption takes from `functionAppConfig` or does not have; with one of them the site is refused or misled. */
const notOnFlex = [
  'ENABLE_ORYX_BUILD',
  'FUNCTIONS_EXTENSION_VERSION',
  'FUNCTIONS_WORKER_PROCESS_COUNT',
  'FUNCTIONS_WORKER_RUNTIME',
  'FUNCTIONS_WORKER_RUNTIME_VERSION',
  'SCM_DO_BUILD_DURING_DEPLOYMENT',
  'WEBSITE_CONTENTAZUREFILECONNECTIONSTRING',
  'WEBSITE_CONTENTOVERVNET',
  'WEBSITE_CONTENTSHARE',
  'WEBSITE_DNS_SERVER',
  'WEBSITE_MAX_DYNAMIC_APPLICATION_SCALE_OUT',
  'WEBSITE_NODE_DEFAULT_VERSION',
  'WEBSITE_RUN_FROM_PACKAGE',
  'WEBSITE_VNET_ROUTE_ALL',
];

/** Node versions that Flex Consumption runs and that the bundle is built for. */
const nodeVersions = ['22', '24'];

/** A zone-redundant plan keeps, and bills, this many of each group. */
const warmInZones = 2;

export const flexShape: Rule = {
  name: 'the app is what Flex Consumption takes',
  why: 'another shape is refused, or runs without its package, its network or its storage',
  check: (snapshot) =>
    sites(snapshot).flatMap((site) => {
      const plan = ofType(snapshot, 'Microsoft.Web/serverfarms').find((candidate) => sameId(candidate.id, textAt(site.body, 'properties.serverFarmId') ?? ''));
      const config = at(site.body, 'properties.functionAppConfig');
      const settings = settingsOf(snapshot, site);
      const identity = Object.keys(recordAt(site.body, 'identity.userAssignedIdentities'));
      const authentication = at(config, 'deployment.storage.authentication');
      const version = textAt(config, 'runtime.version') ?? 'none';
      const warm = listAt(config, 'scaleAndConcurrency.alwaysReady');
      const needed = at(plan?.body, 'properties.zoneRedundant') === true ? warmInZones : 1;
      return [
        ...(textAt(plan?.body, 'sku.name') === 'FC1' ? [] : [`${site.name}: its plan is not Flex Consumption`]),
        ...(textAt(authentication, 'type') === 'UserAssignedIdentity' && identity.some((id) => sameId(id, textAt(authentication, 'userAssignedIdentityResourceId') ?? ''))
          ? []
          : [`${site.name}: its package is not read by its own identity`]),
        ...(textAt(config, 'runtime.name') === 'node' && nodeVersions.includes(version) ? [] : [`${site.name}: runs on node ${version}, not on ${nodeVersions.join(' or ')}`]),
        ...notOnFlex.filter((name) => name in settings).map((name) => `${site.name}: ${name} does not exist on Flex Consumption`),
        ...warm
          .filter((group) => (numberAt(group, 'instanceCount') ?? 0) < needed)
          .map((group) => `${site.name}: keeps ${numberAt(group, 'instanceCount') ?? 0} warm for ${textAt(group, 'name') ?? '?'}, its plan ${needed}`),
        ...(delegated(snapshot, textAt(site.body, 'properties.virtualNetworkSubnetId')) ? [] : [`${site.name}: its subnet is not delegated to Microsoft.App/environments`]),
        ...hostStorageFindings(snapshot, site, settings),
      ];
    }),
};

function delegated(snapshot: Snapshot, subnetId: string | null): boolean {
  return ofType(snapshot, 'Microsoft.Network/virtualNetworks').some((network) =>
    listAt(network.body, 'properties.subnets').some(
      (subnet) =>
        sameId(`${network.id}/subnets/${textAt(subnet, 'name') ?? ''}`, subnetId ?? '') &&
        listAt(subnet, 'properties.delegations').some((delegation) => textAt(delegation, 'properties.serviceName') === 'Microsoft.App/environments'),
    ),
  );
}

/** The host keeps leases in blobs, and Durable Functions its queues and tables beside them: three endpoints, or it never starts. */
function hostStorageFindings(snapshot: Snapshot, site: SnapshotResource, settings: Readonly<Record<string, unknown>>): readonly string[] {
  const name = textAt(settings, 'AzureWebJobsStorage__accountName');
  const account = ofType(snapshot, 'Microsoft.Storage/storageAccounts').find((candidate) => candidate.name === name);
  if (account === undefined) return [`${site.name}: AzureWebJobsStorage__accountName names no account of this deployment`];
  const reached = ofType(snapshot, 'Microsoft.Network/privateEndpoints')
    .flatMap((endpoint) => listAt(endpoint.body, 'properties.privateLinkServiceConnections'))
    .filter((connection) => sameId(textAt(connection, 'properties.privateLinkServiceId') ?? '', account.id))
    .map((connection) => textAt(connection, 'properties.groupIds.0'));
  return ['blob', 'queue', 'table'].filter((part) => !reached.includes(part)).map((part) => `${site.name}: no private endpoint leads to the ${part}s of ${account.name}`);
}

const host: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', '..', 'host.json'), 'utf8'));

export const hubsAgree: Rule = {
  name: 'host.json and the deployment name the same task hub',
  why: 'runs that are started in one hub are not found in another',
  check: (snapshot) => {
    const wanted = textAt(host, 'extensions.durableTask.hubName') ?? '';
    const hubs = ofType(snapshot, 'Microsoft.DurableTask/schedulers/taskHubs');
    const ofScheduler = sites(snapshot).flatMap((site) => {
      const settings = settingsOf(snapshot, site);
      if (textAt(settings, 'AzureFunctionsJobHost__extensions__durableTask__storageProvider__type') !== 'azureManaged') return [];
      const connection = textAt(settings, textAt(settings, 'AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName') ?? '') ?? '';
      return [
        ...(connection.includes('Authentication=ManagedIdentity') ? [] : [`${site.name}: no connection to the scheduler by identity`]),
        ...(connection.includes(`'${wanted}'`) || connection.includes(`TaskHub=${wanted};`) ? [] : [`${site.name}: its connection names another hub than host.json's ${wanted}`]),
        ...(hubs.some((hub) => resourceGroupOf(hub.id) === resourceGroupOf(site.id)) ? [] : [`${site.name}: no hub in its region`]),
      ];
    });
    return [...hubs.filter((hub) => !hub.id.endsWith(`/${wanted}`)).map((hub) => `${hub.name}: host.json says ${wanted}`), ...ofScheduler];
  },
};

export const workbookSeesAll: Rule = {
  name: 'the workbook asks every workspace that telemetry goes to',
  why: "each region's telemetry lies in another region: a page over one workspace shows one region and looks whole",
  check: (snapshot) => {
    const workspaces = ofType(snapshot, 'Microsoft.Insights/components').map((component) => textAt(component.body, 'properties.WorkspaceResourceId') ?? '');
    return ofType(snapshot, 'Microsoft.Insights/workbooks').flatMap((workbook) => {
      const content: unknown = JSON.parse(textAt(workbook.body, 'properties.serializedData') ?? '{}');
      return listAt(content, 'items')
        .filter((item) => textAt(item, 'content.query') !== null)
        .flatMap((item) => {
          const asked = listAt(item, 'content.crossComponentResources');
          return workspaces.filter((workspace) => !asked.includes(workspace)).map((workspace) => `workbook, ${textAt(item, 'name') ?? '?'}: does not ask ${workspace}`);
        });
    });
  },
};
