/** The parts of an Azure resource id that the SDKs ask for. Throws on what is not one: the fleet file is validated at start. */
export interface ResourceId {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** Last name: the profile, the cluster, the gateway. */
  readonly name: string;
  /** Names of parent and child resources, outermost first. */
  readonly names: readonly string[];
}

export function parseResourceId(id: string): ResourceId {
  const match = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/[^/]+\/(.+)$/i.exec(id);
  const [, subscriptionId, resourceGroup, rest] = match ?? [];
  const names = rest?.split('/').filter((_, index) => index % 2 === 1) ?? [];
  const name = names.at(-1);
  if (subscriptionId === undefined || resourceGroup === undefined || name === undefined) throw new Error(`not an Azure resource id: ${id}`);
  return { subscriptionId, resourceGroup, name, names };
}
