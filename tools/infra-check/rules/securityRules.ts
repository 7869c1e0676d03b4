import { sameId } from '../armId.ts';
import type { Rule } from '../rule.ts';
import type { Snapshot, SnapshotResource } from '../snapshot.ts';
import { at, listAt, ofType, textAt, textsAt } from '../snapshot.ts';

/** What must hold of every resource of a type: a path and the only value that is right. */
interface Setting {
  readonly type: string;
  readonly path: string;
  readonly value: boolean | string;
}

const withoutKeys: readonly Setting[] = [
  { type: 'Microsoft.Storage/storageAccounts', path: 'properties.allowSharedKeyAccess', value: false },
  { type: 'Microsoft.Storage/storageAccounts', path: 'properties.allowBlobPublicAccess', value: false },
  { type: 'Microsoft.DocumentDB/databaseAccounts', path: 'properties.disableLocalAuth', value: true },
  { type: 'Microsoft.ContainerRegistry/registries', path: 'properties.adminUserEnabled', value: false },
  { type: 'Microsoft.OperationalInsights/workspaces', path: 'properties.features.disableLocalAuth', value: true },
  { type: 'Microsoft.Insights/components', path: 'properties.DisableLocalAuth', value: true },
  { type: 'Microsoft.KeyVault/vaults', path: 'properties.enableRbacAuthorization', value: true },
  { type: 'Microsoft.ContainerService/managedClusters', path: 'properties.disableLocalAccounts', value: true },
  { type: 'Microsoft.ContainerService/managedClusters', path: 'properties.aadProfile.enableAzureRBAC', value: true },
  { type: 'Microsoft.ContainerService/managedClusters', path: 'properties.securityProfile.workloadIdentity.enabled', value: true },
  { type: 'Microsoft.ContainerService/managedClusters', path: 'properties.oidcIssuerProfile.enabled', value: true },
  { type: 'Microsoft.Web/sites/basicPublishingCredentialsPolicies', path: 'properties.allow', value: false },
];

const modernTls: readonly Setting[] = [
  { type: 'Microsoft.Storage/storageAccounts', path: 'properties.minimumTlsVersion', value: 'TLS1_2' },
  { type: 'Microsoft.Storage/storageAccounts', path: 'properties.supportsHttpsTrafficOnly', value: true },
  { type: 'Microsoft.DocumentDB/databaseAccounts', path: 'properties.minimalTlsVersion', value: 'Tls12' },
  { type: 'Microsoft.Web/sites', path: 'properties.siteConfig.minTlsVersion', value: '1.2' },
  { type: 'Microsoft.Web/sites', path: 'properties.httpsOnly', value: true },
  { type: 'Microsoft.Network/applicationGateways', path: 'properties.sslPolicy.policyName', value: 'AppGwSslPolicy20220101' },
  { type: 'Microsoft.Cdn/profiles/customDomains', path: 'properties.tlsSettings.minimumTlsVersion', value: 'TLS12' },
  { type: 'Microsoft.Cdn/profiles/afdEndpoints/routes', path: 'properties.forwardingProtocol', value: 'HttpsOnly' },
];

const unmet = (snapshot: Snapshot, settings: readonly Setting[]): readonly string[] =>
  settings.flatMap((setting) =>
    ofType(snapshot, setting.type)
      .filter((resource) => at(resource.body, setting.path) !== setting.value)
      .map((resource) => `${resource.name}: ${setting.path} is ${String(at(resource.body, setting.path))}, not ${String(setting.value)}`),
  );

export const noKeys: Rule = {
  name: 'nothing can be opened with a key or a password',
  why: 'a key has no owner, no expiry and no role: identities only',
  check: (snapshot) => [
    ...unmet(snapshot, withoutKeys),
    ...ofType(snapshot, 'Microsoft.Web/sites/config').flatMap((config) =>
      Object.entries(at(config.body, 'properties') ?? {})
        .filter(([, value]) => typeof value === 'string' && /AccountKey=|SharedAccessKey|listKeys\(|sig=/i.test(value))
        .map(([name]) => `${config.name}: setting ${name} holds a key`),
    ),
  ],
};

export const tls12: Rule = {
  name: 'TLS 1.2 at least, everywhere',
  why: 'older versions are broken, and Azure retires them on its own day',
  check: (snapshot) => unmet(snapshot, modernTls),
};

const privatelyReached = [
  'Microsoft.Storage/storageAccounts',
  'Microsoft.DocumentDB/databaseAccounts',
  'Microsoft.KeyVault/vaults',
  'Microsoft.ContainerRegistry/registries',
];

export const privateEndpoints: Rule = {
  name: 'data is reached by private endpoints only',
  why: 'a store that the Internet reaches is one leaked token away from being read',
  check: (snapshot) => {
    const targets = ofType(snapshot, 'Microsoft.Network/privateEndpoints').flatMap((endpoint) =>
      listAt(endpoint.body, 'properties.privateLinkServiceConnections').map((connection) => textAt(connection, 'properties.privateLinkServiceId') ?? ''),
    );
    const hasEndpoint = (resource: SnapshotResource): boolean => targets.some((target) => sameId(target, resource.id));
    return privatelyReached
      .flatMap((type) => ofType(snapshot, type))
      .flatMap((resource) => [
        ...(textAt(resource.body, 'properties.publicNetworkAccess') === 'Disabled' || isOpenGate(snapshot, resource)
          ? []
          : [`${resource.name}: public network access is on`]),
        ...(hasEndpoint(resource) ? [] : [`${resource.name}: no private endpoint leads to it`]),
      ]);
  },
};

/** An attached cluster without an endpoint subnet polls its gate over the Internet, by identity; nothing else may. */
function isOpenGate(snapshot: Snapshot, account: SnapshotResource): boolean {
  const isAttach = snapshot.outputs.mode === 'attach';
  const containers = ofType(snapshot, 'Microsoft.Storage/storageAccounts/blobServices/containers').filter((container) =>
    container.id.toLowerCase().startsWith(`${account.id.toLowerCase()}/`),
  );
  return isAttach && containers.length === 1 && containers.every((container) => container.name.endsWith('/gate'));
}

export const wafPrevents: Rule = {
  name: 'firewalls prevent, with managed rules',
  why: 'a WAF in detection mode writes down what went wrong and lets it in',
  check: (snapshot) =>
    [
      ...ofType(snapshot, 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies'),
      ...ofType(snapshot, 'Microsoft.Network/ApplicationGatewayWebApplicationFirewallPolicies'),
    ].flatMap((policy) => [
      ...(textAt(policy.body, 'properties.policySettings.mode') === 'Prevention' ? [] : [`${policy.name}: is not in prevention mode`]),
      ...(listAt(policy.body, 'properties.managedRules.managedRuleSets').some((set) => textAt(set, 'ruleSetType') === 'Microsoft_DefaultRuleSet')
        ? []
        : [`${policy.name}: the default rule set is missing`]),
    ]),
};

export const firewallsInherit: Rule = {
  name: 'firewall policies inherit the shared one',
  why: 'a rule that only some regions have is found out during a failover',
  check: (snapshot) => {
    const policies = ofType(snapshot, 'Microsoft.Network/firewallPolicies');
    const used = ofType(snapshot, 'Microsoft.Network/azureFirewalls').map((firewall) => textAt(firewall.body, 'properties.firewallPolicy.id') ?? '');
    return policies
      .filter((policy) => used.some((id) => sameId(id, policy.id)))
      .flatMap((policy) => {
        const baseId = textAt(policy.body, 'properties.basePolicy.id');
        const base = policies.find((other) => baseId !== null && sameId(other.id, baseId));
        if (base === undefined) return [`${policy.name}: has no base policy in this deployment`];
        return base.location === policy.location ? [] : [`${policy.name}: lies in ${policy.location ?? '?'}, its base in ${base.location ?? '?'}; Azure refuses that`];
      });
  },
};

export const gateFederation: Rule = {
  name: 'a gate reads its blob as one service account of one cluster',
  why: 'a wider federation would let any pod read, and say, when a region is closed',
  check: (snapshot) =>
    ofType(snapshot, 'Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials').flatMap((credential) => [
      ...(textAt(credential.body, 'properties.subject') === 'system:serviceaccount:spillway:spillway-gate' ? [] : [`${credential.name}: its subject is not the gate's service account`]),
      ...(textsAt(credential.body, 'properties.audiences').join() === 'api://AzureADTokenExchange' ? [] : [`${credential.name}: its audience is not Entra's token exchange`]),
    ]),
};
