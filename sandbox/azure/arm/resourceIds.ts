/** A resource id cut into what routes and answers need; names keep their case. */
export interface ResourceIdParts {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly namespace: string;
  readonly type: string;
  readonly name: string;
}

export function parseResourceId(id: string): ResourceIdParts | null {
  const match = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/([^/]+)\/([^/]+)\/([^/]+)$/i.exec(id);
  const [, subscriptionId, resourceGroup, namespace, type, name] = match ?? [];
  if (subscriptionId === undefined || resourceGroup === undefined || namespace === undefined || type === undefined || name === undefined) return null;
  return { subscriptionId, resourceGroup, namespace, type, name };
}

export const sameId = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

export const sameName = sameId;
