import { describe, expect, test } from 'vitest';
import { snapshotRules } from '../../tools/infra-check/rules/index.ts';
import type { Draft, SnapshotName } from './snapshots.ts';
import { pick, readSnapshot, remove, set, spoilt } from './snapshots.ts';

const names: readonly SnapshotName[] = ['trial', 'production', 'attach'];

describe('committed snapshots', () => {
  for (const name of names) {
    test.each(snapshotRules.map((rule) => [rule.name, rule] as const))(`${name}: %s`, (_, rule) => {
      expect(rule.check(readSnapshot(name))).toEqual([]);
    });
  }
});

interface Plant {
  readonly rule: string;
  readonly fault: string;
  readonly in?: SnapshotName;
  readonly plant: (resources: Draft[]) => void;
  readonly finds: RegExp;
}

const gateway = 'Microsoft.Network/applicationGateways';
const waf = 'Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies';
const cluster = 'Microsoft.ContainerService/managedClusters';
const storage = 'Microsoft.Storage/storageAccounts';
const cosmos = 'Microsoft.DocumentDB/databaseAccounts';
const assignment = 'Microsoft.Authorization/roleAssignments';
const role = 'Microsoft.Authorization/roleDefinitions';
const logAlert = 'Microsoft.Insights/scheduledQueryRules';
const originGroup = 'Microsoft.Cdn/profiles/originGroups';

/** First resource of a type whose properties, or id, say this. Throws where there is none: the test would prove nothing. */
const saying = (resources: readonly Draft[], type: string, text: string): Draft => {
  const found = resources.find((resource) => resource.type === type && (resource.id.includes(text) || JSON.stringify(resource.properties).includes(text)));
  if (found === undefined) throw new Error(`no ${type} says ${text}`);
  return found;
};
const roleNamed = (resources: readonly Draft[], name: string): Draft => saying(resources, role, `"roleName":"${name} (`);
const assignmentOf = (resources: readonly Draft[], roleName: string): Draft => saying(resources, assignment, roleNamed(resources, roleName).name);
/** The assignment on a secret whose principal is named so. */
const roleOnSecret = (resources: readonly Draft[], principal: string): Draft =>
  saying(resources.filter((resource) => resource.id.includes('/secrets/')), assignment, principal);
const moved = (resource: Draft, scope: string): void => {
  resource.id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${resource.name}`;
};
const subscriptionScope = '/subscriptions/11111111-1111-1111-1111-111111111111';

const plants: readonly Plant[] = [
  { rule: 'latency window is set', fault: 'left at its default', plant: (all) => set(pick(all, originGroup), 'properties.loadBalancingSettings.additionalLatencyInMilliseconds', 0), finds: /additionalLatencyInMilliseconds is 0/ },
  { rule: 'probes go to the gate and drain within a minute', fault: 'probes ask the root', plant: (all) => set(pick(all, originGroup), 'properties.healthProbeSettings.probePath', '/'), finds: /not the gate/ },
  { rule: 'probes go to the gate and drain within a minute', fault: 'slow probes', plant: (all) => set(pick(all, originGroup), 'properties.healthProbeSettings.probeIntervalInSeconds', 120), finds: /drain in 240 s/ },
  { rule: 'probes go to the gate and drain within a minute', fault: 'the backend probe asks the gate', plant: (all) => set(pick(all, gateway), 'properties.probes.0.properties.path', '/spillway/gate'), finds: /cut live requests/ },
  { rule: 'every origin group has two origins and a certificate check', fault: 'one origin', plant: (all) => remove(all, pick(all, `${originGroup}/origins`)), finds: /1 origin/ },
  { rule: 'public listeners take this Front Door alone', fault: 'the rule is gone', plant: (all) => set(pick(all, waf, '-public'), 'properties.customRules', []), finds: /no blocking rule on X-Azure-FDID/ },
  { rule: 'public listeners take this Front Door alone', fault: 'it only logs', plant: (all) => set(pick(all, waf, '-public'), 'properties.customRules.0.action', 'Log'), finds: /no blocking rule/ },
  { rule: 'public listeners take this Front Door alone', fault: "another profile's id", plant: (all) => set(pick(all, waf, '-public'), 'properties.customRules.0.matchConditions.0.matchValues', ['0d3f9a1e-0000-0000-0000-000000000000']), finds: /no blocking rule/ },
  { rule: 'public listeners take this Front Door alone', fault: 'not negated', plant: (all) => set(pick(all, waf, '-public'), 'properties.customRules.0.matchConditions.0.negationConditon', false), finds: /no blocking rule/ },
  { rule: 'public listeners take this Front Door alone', fault: 'detection only', plant: (all) => set(pick(all, waf, '-public'), 'properties.policySettings.mode', 'Detection'), finds: /no blocking rule/ },
  { rule: 'each gateway has a private listener for the control plane', fault: 'no private listener', plant: (all) => set(pick(all, gateway), 'properties.httpListeners', []), finds: /no private listener/ },
  { rule: 'each gateway has a private listener for the control plane', fault: 'open to a whole network', plant: (all) => set(pick(all, waf, '-private'), 'properties.customRules.0.matchConditions.0.matchValues', ['10.0.0.0/8']), finds: /lets more in/ },
  { rule: "the gateway's subnet is open to Front Door and the control plane alone", fault: 'open to the Internet', plant: (all) => set(pick(all, 'Microsoft.Network/networkSecurityGroups', '-gateway'), 'properties.securityRules.0.properties.sourceAddressPrefix', 'Internet'), finds: /lets Internet in/ },
  { rule: "the gateway's subnet is open to Front Door and the control plane alone", fault: 'nothing denied', plant: (all) => set(pick(all, 'Microsoft.Network/networkSecurityGroups', '-gateway'), 'properties.securityRules.4.properties.access', 'Allow'), finds: /nothing denies the rest/ },
  { rule: 'firewalls prevent, with managed rules', fault: 'Front Door only detects', plant: (all) => set(pick(all, 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies'), 'properties.policySettings.mode', 'Detection'), finds: /not in prevention mode/ },
  { rule: 'firewall policies inherit the shared one', fault: 'a policy of its own', in: 'production', plant: (all) => set(pick(all, 'Microsoft.Network/firewallPolicies', '-eus2'), 'properties.basePolicy', null), finds: /no base policy/ },
  { rule: 'firewall policies inherit the shared one', fault: "not in the base policy's region", in: 'production', plant: (all) => set(pick(all, 'Microsoft.Network/firewallPolicies', '-eus2'), 'location', 'eastus2'), finds: /Azure refuses/ },
  { rule: 'no role holds a wildcard', fault: 'all of an agent pool', plant: (all) => set(roleNamed(all, 'Spillway AKS Pool Operator'), 'properties.permissions.0.actions.0', 'Microsoft.ContainerService/managedClusters/*'), finds: /managedClusters\/\*/ },
  { rule: 'custom roles are the role table, no more and no less', fault: 'one permission too many', plant: (all) => set(roleNamed(all, 'Spillway Quota Reader'), 'properties.permissions.0.actions.4', 'Microsoft.Compute/virtualMachines/write'), finds: /grants Microsoft.Compute\/virtualMachines\/write/ },
  { rule: 'custom roles are the role table, no more and no less', fault: 'one permission missing', plant: (all) => set(roleNamed(all, 'Spillway Quota Reader'), 'properties.permissions.0.actions', ['Microsoft.Compute/skus/read']), finds: /lacks Microsoft.Compute\/locations\/usages\/read/ },
  { rule: 'custom roles are the role table, no more and no less', fault: 'a role is missing', plant: (all) => remove(all, roleNamed(all, 'Spillway Fence Holder')), finds: /Fence Holder: the role table has it/ },
  { rule: 'custom roles are the role table, no more and no less', fault: 'the ledger may be rewritten', plant: (all) => set(saying(all, `${cosmos}/sqlRoleDefinitions`, 'Spillway Ledger Appender'), 'properties.permissions.0.dataActions.3', 'Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/replace'), finds: /items\/replace, which the role table does not/ },
  { rule: 'every role is assigned at the narrowest scope', fault: 'cluster role on the subscription', plant: (all) => moved(assignmentOf(all, 'Spillway AKS Pool Operator'), subscriptionScope), finds: /should be on a Microsoft.ContainerService\/managedClusters/ },
  { rule: 'every role is assigned at the narrowest scope', fault: 'Contributor', plant: (all) => set(assignmentOf(all, 'Spillway Quota Reader'), 'properties.roleDefinitionId', '/providers/Microsoft.Authorization/roleDefinitions/b24988ac-6180-42a0-ab88-20f7382dd24c'), finds: /neither in the role table nor a known built-in/ },
  { rule: 'every role is assigned at the narrowest scope', fault: 'KEDA role without its condition', in: 'production', plant: (all) => set(assignmentOf(all, 'Spillway KEDA Scaler'), 'properties.condition', null), finds: /without its condition/ },
  { rule: 'every control-plane region holds every grant it needs', fault: 'one region lacks the fence', plant: (all) => remove(all, assignmentOf(all, 'Spillway Fence Holder')), finds: /lacks fenceHolder/ },
  { rule: 'every control-plane region holds every grant it needs', fault: 'one region lacks the ledger', plant: (all) => remove(all, saying(all, `${cosmos}/sqlRoleAssignments`, '/colls/ledger')), finds: /no role on the ledger container/ },
  { rule: 'nothing can be opened with a key or a password', fault: 'shared keys on', plant: (all) => set(pick(all, storage), 'properties.allowSharedKeyAccess', true), finds: /allowSharedKeyAccess is true/ },
  { rule: 'nothing can be opened with a key or a password', fault: 'Cosmos keys on', plant: (all) => set(pick(all, cosmos), 'properties.disableLocalAuth', false), finds: /disableLocalAuth is false/ },
  { rule: 'nothing can be opened with a key or a password', fault: 'a key in an app setting', plant: (all) => set(pick(all, 'Microsoft.Web/sites/config'), 'properties.AzureWebJobsStorage', 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=b'), finds: /AzureWebJobsStorage holds a key/ },
  { rule: 'TLS 1.2 at least, everywhere', fault: 'TLS 1.0 on storage', plant: (all) => set(pick(all, storage), 'properties.minimumTlsVersion', 'TLS1_0'), finds: /minimumTlsVersion is TLS1_0/ },
  { rule: 'TLS 1.2 at least, everywhere', fault: 'HTTP to the origins', plant: (all) => set(pick(all, 'Microsoft.Cdn/profiles/afdEndpoints/routes'), 'properties.forwardingProtocol', 'MatchRequest'), finds: /forwardingProtocol/ },
  { rule: 'data is reached by private endpoints only', fault: 'a public vault', plant: (all) => set(pick(all, 'Microsoft.KeyVault/vaults'), 'properties.publicNetworkAccess', 'Enabled'), finds: /public network access is on/ },
  { rule: 'data is reached by private endpoints only', fault: 'no endpoint to Cosmos DB', plant: (all) => all.filter((resource) => resource.type === 'Microsoft.Network/privateEndpoints' && resource.name.endsWith('-cosmos')).forEach((resource) => remove(all, resource)), finds: /cosmos-trial-\w+: no private endpoint/ },
  { rule: 'data is reached by private endpoints only', fault: 'an open outbox in attach mode', in: 'attach', plant: (all) => set(pick(all, storage, pick(all, storage).name), 'properties.publicNetworkAccess', 'Enabled'), finds: /public network access is on/ },
  { rule: 'a gate reads its blob as one service account of one cluster', fault: 'any service account', plant: (all) => set(pick(all, 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials'), 'properties.subject', 'system:serviceaccount:default:default'), finds: /not the gate's service account/ },
  { rule: 'zones are on', fault: 'a pool in one zone', plant: (all) => set(pick(all, cluster), 'properties.agentPoolProfiles.1.availabilityZones', ['1']), finds: /pool user spans 1 zone/ },
  { rule: 'zones are on', fault: 'a gateway without zones', plant: (all) => { pick(all, gateway).zones = []; }, finds: /spans 0 zone/ },
  { rule: 'zones are on', fault: 'locally redundant storage', plant: (all) => set(pick(all, storage), 'sku.name', 'Standard_LRS'), finds: /Standard_LRS does not span zones/ },
  { rule: 'diagnostics are on for everything that has them', fault: 'none on a cluster', plant: (all) => remove(all, saying(all, 'Microsoft.Insights/diagnosticSettings', '/managedClusters/')), finds: /managedClusters\): no diagnostic setting/ },
  { rule: 'the control plane stands apart from the stamps', fault: "in a stamp's region", plant: (all) => { pick(all, 'Microsoft.Web/sites').location = pick(all, cluster).location; }, finds: /holds a stamp and the control plane/ },
  { rule: 'the control plane stands apart from the stamps', fault: 'in one region', plant: (all) => all.filter((resource) => resource.type === 'Microsoft.Web/sites').forEach((site) => { site.location = 'westeurope'; }), finds: /runs in 1 region/ },
  { rule: 'a control-plane region that falls silent is noticed elsewhere', fault: 'no alert', plant: (all) => remove(all, pick(all, logAlert, '-heartbeat-weu')), finds: /no alert on silentSeconds of spillway\.heartbeat/ },
  { rule: 'a control-plane region that falls silent is noticed elsewhere', fault: 'too patient', plant: (all) => set(pick(all, logAlert, '-heartbeat-weu'), 'properties.criteria.allOf.0.threshold', 900), finds: /more than 180 s/ },
  { rule: 'a loss that the fleet would not survive is told, and so is a certificate that stops', fault: 'no alert', plant: (all) => remove(all, pick(all, logAlert, '-survival-weu')), finds: /no alert on survives/ },
  { rule: 'a loss that the fleet would not survive is told, and so is a certificate that stops', fault: '"unknown" is let pass', plant: (all) => set(pick(all, logAlert, '-survival-weu'), 'properties.criteria.allOf.0.threshold', 0), finds: /does not fire on "no" and on "unknown"/ },
  { rule: 'a loss that the fleet would not survive is told, and so is a certificate that stops', fault: 'one alert for all losses', plant: (all) => set(pick(all, logAlert, '-survival-weu'), 'properties.criteria.allOf.0.dimensions', []), finds: /does not say which loss/ },
  { rule: 'a loss that the fleet would not survive is told, and so is a certificate that stops', fault: 'silence is not noticed', plant: (all) => remove(all, pick(all, logAlert, '-certificate-weu')), finds: /no alert on silentSeconds of spillway\.certificate/ },
  { rule: 'alerts go to every control-plane region, signed', fault: 'one receiver', plant: (all) => { const group = pick(all, 'Microsoft.Insights/actionGroups'); const receivers = Reflect.get(Object(group.properties), 'webhookReceivers'); set(group, 'properties.webhookReceivers', Array.isArray(receivers) ? receivers.slice(0, 1) : []); }, finds: /is no receiver/ },
  { rule: 'alerts go to every control-plane region, signed', fault: 'unsigned', plant: (all) => set(pick(all, 'Microsoft.Insights/actionGroups'), 'properties.webhookReceivers.0.useAadAuth', false), finds: /not signed by Entra/ },
  { rule: 'alerts go to every control-plane region, signed', fault: 'no application named', plant: (all) => set(pick(all, 'Microsoft.Insights/actionGroups'), 'properties.webhookReceivers.0.objectId', ''), finds: /does not say which application/ },
  { rule: 'alerts go to every control-plane region, signed', fault: 'tokens for another audience', plant: (all) => set(pick(all, 'Microsoft.Insights/actionGroups'), 'properties.webhookReceivers.0.identifierUri', 'api://another'), finds: /tokens that the app does not take/ },
  { rule: 'every alert rule tells the action group', fault: 'an alert without an action', plant: (all) => set(pick(all, 'Microsoft.Insights/metricAlerts'), 'properties.actions', []), finds: /reaches no action group/ },
  { rule: 'the ledger has one write region, copies, and no way to forget', fault: 'two write regions', plant: (all) => set(pick(all, cosmos), 'properties.enableMultipleWriteLocations', true), finds: /several regions may write/ },
  { rule: 'the ledger has one write region, copies, and no way to forget', fault: 'a TTL', plant: (all) => set(pick(all, `${cosmos}/sqlDatabases/containers`, '/ledger'), 'properties.resource.defaultTtl', 86_400), finds: /has a TTL/ },
  { rule: 'the ledger has one write region, copies, and no way to forget', fault: 'Strong in two regions', plant: (all) => set(pick(all, cosmos), 'properties.consistencyPolicy.defaultConsistencyLevel', 'Strong'), finds: /refuses writes when one is lost/ },
  { rule: 'policy is assigned to every stamp', fault: 'none', plant: (all) => all.filter((resource) => resource.type === 'Microsoft.Authorization/policyAssignments').forEach((resource) => remove(all, resource)), finds: /no policy on its resource group/ },
  { rule: 'user pools hold the surge of a lost neighbour', fault: 'too little room', plant: (all) => set(pick(all, cluster), 'properties.agentPoolProfiles.1.maxCount', 5), finds: /grows to 5, a surge may need 6/ },
  { rule: 'subnets and pod addresses hold the surge', fault: 'a small subnet', plant: (all) => set(pick(all, 'Microsoft.Network/virtualNetworks', '-spoke'), 'properties.subnets.0.properties.addressPrefix', '10.10.128.0/28'), finds: /10 addresses/ },
  { rule: 'subnets and pod addresses hold the surge', fault: 'few pod addresses', plant: (all) => set(pick(all, cluster), 'properties.networkProfile.podCidr', '100.64.0.0/21'), finds: /pod addresses for 8/ },
  { rule: 'address spaces do not overlap', fault: 'two stamps share a range', plant: (all) => set(pick(all, 'Microsoft.Network/virtualNetworks', '-gwc-spoke'), 'properties.addressSpace.addressPrefixes', ['10.10.128.0/17']), finds: /overlap/ },
  { rule: "names are inside Azure's limits and unique across regions", fault: 'a storage name too long', plant: (all) => { pick(all, storage).name = 'stspillwayouteuropewest1ab'; }, finds: /no Microsoft.Storage\/storageAccounts may be called so/ },
  { rule: "names are inside Azure's limits and unique across regions", fault: 'one name in two regions', plant: (all) => { const [first, second] = all.filter((resource) => resource.type === storage); if (first !== undefined && second !== undefined) second.name = first.name; }, finds: /two of Microsoft.Storage/ },
  { rule: 'every resource is evaluated', fault: 'settings that stay an expression', plant: (all) => { pick(all, 'Microsoft.Web/sites/config').properties = "[union(createObject('A', 'b'), createObject())]"; }, finds: /its properties are an expression/ },
  { rule: 'every origin is a gateway that knows its name', fault: 'another host header', plant: (all) => set(pick(all, `${originGroup}/origins`), 'properties.originHostHeader', 'www.example.com'), finds: /asks for another host/ },
  { rule: 'every origin is a gateway that knows its name', fault: 'no listener', plant: (all) => set(pick(all, gateway, '-swc'), 'properties.httpListeners', []), finds: /no gateway listens for swc\.origin\.example\.com/ },
  { rule: 'every origin is a gateway that knows its name', fault: 'no record', plant: (all) => remove(all, pick(all, 'Microsoft.Network/dnsZones/A', '/gwc')), finds: /no record resolves gwc/ },
  { rule: 'who serves a certificate may read it', fault: "a gateway's identity has no role", plant: (all) => remove(all, roleOnSecret(all, 'id-trial-swc-gateway')), finds: /agw-trial-swc: its identity may not read/ },
  { rule: 'who serves a certificate may read it', fault: 'Front Door has no role', in: 'production', plant: (all) => remove(all, roleOnSecret(all, '/profiles/afd-prod-')), finds: /Front Door may not read/ },
  { rule: 'firewalls let out what clusters need', fault: 'no way for Flux', in: 'production', plant: (all) => set(pick(all, 'Microsoft.Network/firewallPolicies/ruleCollectionGroups'), 'properties.ruleCollections.0.rules.1.targetFqdns', []), finds: /aks-prod-eus2: no rule lets it reach dp\.kubernetesconfiguration/ },
  { rule: 'firewalls let out what clusters need', fault: 'no way for AKS', in: 'production', plant: (all) => set(pick(all, 'Microsoft.Network/firewallPolicies/ruleCollectionGroups'), 'properties.ruleCollections.0.rules.0.fqdnTags', []), finds: /what AKS needs/ },
  { rule: 'every custom role may be assigned where it is', fault: "a workspace's subscription is left out", in: 'attach', plant: (all) => set(roleNamed(all, 'Spillway Access Log Reader'), 'properties.assignableScopes', [subscriptionScope, '/subscriptions/33333333-3333-3333-3333-333333333333']), finds: /log-central: not assignable/ },
  { rule: 'who may change KEDA objects has KEDA', fault: 'a cluster without', in: 'production', plant: (all) => set(pick(all, cluster), 'properties.workloadAutoScalerProfile.keda.enabled', false), finds: /no KEDA add-on/ },
  { rule: 'every assignment says what its principal is', fault: 'no type', plant: (all) => set(pick(all, assignment), 'properties.principalType', null), finds: /no principalType/ },
  { rule: 'every control-plane region holds every grant it needs', fault: 'one region may not read the access log', plant: (all) => remove(all, assignmentOf(all, 'Spillway Access Log Reader')), finds: /lacks accessLogReader/ },
  { rule: 'every control-plane region holds every grant it needs', fault: 'one region lacks its outbox', plant: (all) => remove(all, assignmentOf(all, 'Spillway Outbox Writer')), finds: /lacks outboxWriter/ },
  { rule: 'every control-plane region holds every grant it needs', fault: "one host lacks its storage's queues", plant: (all) => remove(all, saying(all, assignment, '974c5e8b-45b9-4653-ba55-5f855dd0fb88')), finds: /lacks 974c5e8b/ },
  { rule: 'every control-plane region holds every grant it needs', fault: 'shedding is on and one region may not shed', in: 'production', plant: (all) => remove(all, assignmentOf(all, 'Spillway Tier 3 Shedder')), finds: /lacks shedder/ },
  { rule: 'every private endpoint has a name that its network resolves', fault: 'no record', plant: (all) => all.filter((resource) => resource.type.endsWith('/privateDnsZoneGroups') && resource.name.startsWith('pe-trial-cp-weu-cosmos/')).forEach((resource) => remove(all, resource)), finds: /pe-trial-cp-weu-cosmos: no zone keeps its record/ },
  { rule: 'every private endpoint has a name that its network resolves', fault: 'a zone that is not linked', plant: (all) => remove(all, saying(all, 'Microsoft.Network/privateDnsZones/virtualNetworkLinks', 'privatelink.queue')), finds: /linked to no zone for queue/ },
  { rule: 'zones are on', fault: 'zones where there are none', in: 'attach', plant: (all) => set(pick(all, storage, pick(all, storage, '').name), 'location', 'ukwest'), finds: /ZRS does not exist in ukwest/ },
  { rule: 'diagnostics are on for everything that has them', fault: 'nobody logs the certificates', plant: (all) => remove(all, saying(all, 'Microsoft.Insights/diagnosticSettings', '/vaults/kv-trial-tls-')), finds: /kv-trial-tls-000000: nobody logs/ },
  { rule: "Azure's own word is heard in every subscription of the fleet", fault: 'regions as Resource Manager spells them', plant: (all) => set(pick(all, 'Microsoft.Insights/activityLogAlerts', '-service-health'), 'properties.condition.allOf.2', { field: 'properties.impactedServices[*].ImpactedRegions[*].RegionName', containsAny: ['swedencentral'] }), finds: /never says "swedencentral"/ },
  { rule: "Azure's own word is heard in every subscription of the fleet", fault: 'a subscription without', in: 'attach', plant: (all) => remove(all, pick(all, 'Microsoft.Insights/activityLogAlerts', '-resource-health')), finds: /no alert on ResourceHealth/ },
  { rule: 'app settings are those that the app reads', fault: 'one is missing', plant: (all) => set(pick(all, 'Microsoft.Web/sites/config'), 'properties.SPILLWAY_COSMOS_ENDPOINT', ''), finds: /SPILLWAY_COSMOS_ENDPOINT is missing/ },
  { rule: 'app settings are those that the app reads', fault: 'one is spelt otherwise', plant: (all) => set(pick(all, 'Microsoft.Web/sites/config'), 'properties.SPILLWAY_FLEET_FILE', 'fleet.json'), finds: /SPILLWAY_FLEET_FILE is read by nobody/ },
  { rule: 'app settings are those that the app reads', fault: "another's identity", plant: (all) => set(pick(all, 'Microsoft.Web/sites/config'), 'properties.AZURE_CLIENT_ID', '00000000-0000-0000-0000-000000000009'), finds: /AZURE_CLIENT_ID is not its own identity's/ },
  { rule: 'app settings are those that the app reads', fault: "another region's", plant: (all) => set(pick(all, 'Microsoft.Web/sites/config'), 'properties.SPILLWAY_CONTROL_REGION', 'francecentral'), finds: /is not its region/ },
  { rule: 'the app is what Flex Consumption takes', fault: 'a setting of older plans', plant: (all) => set(pick(all, 'Microsoft.Web/sites/config'), 'properties.WEBSITE_RUN_FROM_PACKAGE', '1'), finds: /WEBSITE_RUN_FROM_PACKAGE does not exist on Flex/ },
  { rule: 'the app is what Flex Consumption takes', fault: 'a package read with a key', plant: (all) => set(pick(all, 'Microsoft.Web/sites'), 'properties.functionAppConfig.deployment.storage.authentication', { type: 'StorageAccountConnectionString' }), finds: /not read by its own identity/ },
  { rule: 'the app is what Flex Consumption takes', fault: 'an old Node', plant: (all) => set(pick(all, 'Microsoft.Web/sites'), 'properties.functionAppConfig.runtime.version', '18'), finds: /node 18/ },
  { rule: 'the app is what Flex Consumption takes', fault: 'fewer warm than the plan keeps', in: 'production', plant: (all) => set(pick(all, 'Microsoft.Web/sites'), 'properties.functionAppConfig.scaleAndConcurrency.alwaysReady.0.instanceCount', 1), finds: /keeps 1 warm for http, its plan 2/ },
  { rule: 'the app is what Flex Consumption takes', fault: 'a subnet of another service', plant: (all) => set(pick(all, 'Microsoft.Network/virtualNetworks', '-cp-weu'), 'properties.subnets.0.properties.delegations', [{ properties: { serviceName: 'Microsoft.Web/serverFarms' } }]), finds: /not delegated to Microsoft.App/ },
  { rule: 'the app is what Flex Consumption takes', fault: 'no way to the queues', plant: (all) => remove(all, pick(all, 'Microsoft.Network/privateEndpoints', '-cp-weu-host-queue')), finds: /leads to the queues/ },
  { rule: 'host.json and the deployment name the same task hub', fault: 'another hub', in: 'production', plant: (all) => { const hub = pick(all, 'Microsoft.DurableTask/schedulers/taskHubs'); hub.id = hub.id.replace(/Spillway$/, 'default'); }, finds: /host.json says Spillway/ },
  { rule: 'host.json and the deployment name the same task hub', fault: 'a connection to another hub', in: 'production', plant: (all) => set(pick(all, 'Microsoft.Web/sites/config'), 'properties.DURABLE_TASK_SCHEDULER', 'Endpoint=https://x;TaskHub=default;Authentication=ManagedIdentity'), finds: /another hub than host.json's/ },
  { rule: 'the workbook asks every workspace that telemetry goes to', fault: 'one workspace', plant: (all) => { const workbook = pick(all, 'Microsoft.Insights/workbooks'); set(workbook, 'properties.serializedData', String(Reflect.get(Object(workbook.properties), 'serializedData')).replaceAll(/"crossComponentResources": \[[^\]]*\]/g, '"crossComponentResources": []')); }, finds: /heartbeats: does not ask/ },
  { rule: 'a fleet that exists is left as it is', fault: 'a setting of theirs is changed', in: 'attach', plant: (all) => { const alert = pick(all, 'Microsoft.Insights/metricAlerts'); alert.type = 'Microsoft.ContainerService/managedClusters/agentPools'; }, finds: /which is not Spillway's/ },
];

describe('planted faults', () => {
  test.each(plants.map((plant) => [`${plant.rule}: ${plant.fault}`, plant] as const))('%s', (_, plant) => {
    const rule = snapshotRules.find((candidate) => candidate.name === plant.rule);
    expect(rule?.check(spoilt(plant.in ?? 'trial', plant.plant)).join('\n')).toMatch(plant.finds);
  });

  test('every rule has a fault that it catches', () => {
    expect(snapshotRules.map((rule) => rule.name).filter((name) => !plants.some((plant) => plant.rule === name))).toEqual([]);
  });
});
