/** Azure resource ids compare without regard to case; these say of which type an id is. */
export const resourceTypes = {
  frontDoorStandardPremium: ['Microsoft.Cdn/profiles'],
  frontDoorClassic: ['Microsoft.Network/frontDoors'],
  managedCluster: ['Microsoft.ContainerService/managedClusters'],
  applicationGateway: ['Microsoft.Network/applicationGateways'],
  logAnalyticsWorkspace: ['Microsoft.OperationalInsights/workspaces'],
  subnet: ['Microsoft.Network/virtualNetworks', 'subnets'],
} as const;

export type ResourceKind = keyof typeof resourceTypes;

/** What an id of this kind looks like, for messages. */
export function resourceIdForm(kind: ResourceKind): string {
  const [first, ...children] = resourceTypes[kind];
  return `/subscriptions/{guid}/resourceGroups/{group}/providers/${first}/{name}${children.map((child) => `/${child}/{name}`).join('')}`;
}

export function isResourceId(kind: ResourceKind, id: string): boolean {
  const [first, ...children] = resourceTypes[kind];
  const tail = children.map((child) => `/${escape(child)}/[^/]+`).join('');
  const guid = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
  return new RegExp(`^/subscriptions/${guid}/resourceGroups/[^/]+/providers/${escape(first)}/[^/]+${tail}$`, 'i').test(id);
}

const escape = (text: string): string => text.replaceAll('.', '\\.');
