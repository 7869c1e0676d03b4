import type { Rule } from '../rule.ts';
import { ofType, textAt } from '../snapshot.ts';

interface NameLimit {
  readonly type: string;
  readonly pattern: RegExp;
  readonly unique: 'global' | 'group';
}

/** From Azure's published naming rules; the last segment of a child's name is what is checked. */
const limits: readonly NameLimit[] = [
  { type: 'Microsoft.Storage/storageAccounts', pattern: /^[a-z0-9]{3,24}$/, unique: 'global' },
  { type: 'Microsoft.KeyVault/vaults', pattern: /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/, unique: 'global' },
  { type: 'Microsoft.ContainerRegistry/registries', pattern: /^[a-zA-Z0-9]{5,50}$/, unique: 'global' },
  { type: 'Microsoft.DocumentDB/databaseAccounts', pattern: /^[a-z0-9][a-z0-9-]{1,42}[a-z0-9]$/, unique: 'global' },
  { type: 'Microsoft.Web/sites', pattern: /^[a-zA-Z0-9][a-zA-Z0-9-]{0,58}[a-zA-Z0-9]$/, unique: 'global' },
  { type: 'Microsoft.Cdn/profiles', pattern: /^[a-zA-Z0-9][a-zA-Z0-9-]{0,258}[a-zA-Z0-9]$/, unique: 'global' },
  { type: 'Microsoft.ContainerService/managedClusters', pattern: /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,61}[a-zA-Z0-9]$/, unique: 'group' },
  { type: 'Microsoft.Network/applicationGateways', pattern: /^[a-zA-Z0-9][\w.-]{0,78}\w$/, unique: 'group' },
  { type: 'Microsoft.Network/virtualNetworks', pattern: /^[a-zA-Z0-9][\w.-]{0,62}\w$/, unique: 'group' },
  { type: 'Microsoft.Network/privateEndpoints', pattern: /^[a-zA-Z0-9][\w.-]{0,78}\w$/, unique: 'group' },
  { type: 'Microsoft.Network/FrontDoorWebApplicationFirewallPolicies', pattern: /^[a-zA-Z][a-zA-Z0-9]{0,127}$/, unique: 'group' },
  { type: 'Microsoft.OperationalInsights/workspaces', pattern: /^[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]$/, unique: 'group' },
  { type: 'Microsoft.ManagedIdentity/userAssignedIdentities', pattern: /^[a-zA-Z0-9][\w-]{2,127}$/, unique: 'group' },
  { type: 'Microsoft.Resources/resourceGroups', pattern: /^[\w.()-]{0,89}[\w()-]$/, unique: 'group' },
  { type: 'Microsoft.DurableTask/schedulers', pattern: /^[a-zA-Z0-9][a-zA-Z0-9-]{1,62}[a-zA-Z0-9]$/, unique: 'group' },
];

/** Node resource groups: Azure refuses more than 80 characters. */
const longestNodeGroup = 80;

export const namesFit: Rule = {
  name: "names are inside Azure's limits and unique across regions",
  why: 'a name that is taken, or too long with the next region, fails in the middle of a deployment',
  check: (snapshot) => [
    ...limits.flatMap(({ type, pattern, unique }) => {
      const resources = ofType(snapshot, type);
      const badly = resources.filter((resource) => !pattern.test(resource.name)).map((resource) => `${resource.name}: no ${type} may be called so`);
      const keys = resources.map((resource) => (unique === 'global' ? resource.name : resource.id).toLowerCase());
      const twice = keys.filter((key, index) => keys.indexOf(key) !== index).map((key) => `${key}: two of ${type} are called so`);
      return [...badly, ...twice];
    }),
    ...ofType(snapshot, 'Microsoft.ContainerService/managedClusters')
      .map((cluster) => textAt(cluster.body, 'properties.nodeResourceGroup') ?? '')
      .filter((group) => group.length > longestNodeGroup)
      .map((group) => `${group}: longer than ${longestNodeGroup} characters`),
  ],
};
