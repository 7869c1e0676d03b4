/** Parts of Azure resource ids, as far as rules need them. Comparisons of ids ignore case, as Azure does. */

export const sameId = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

export const lastSegment = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** The resource that an extension resource (role assignment, diagnostic setting) lies on; null for other ids. */
export function extensionScope(id: string): string | null {
  const provider = id.toLowerCase().lastIndexOf('/providers/');
  return provider > 0 ? id.slice(0, provider) : null;
}

/** Resource type of an id, `subscription` or `resourceGroup` where it is one of those. */
export function scopeType(id: string): string {
  const provider = id.toLowerCase().lastIndexOf('/providers/');
  if (provider < 0) return /\/resourceGroups\/[^/]+$/i.test(id) ? 'resourceGroup' : 'subscription';
  const [namespace, ...segments] = id.slice(provider + '/providers/'.length).split('/');
  return [namespace, ...segments.filter((_, index) => index % 2 === 0)].join('/');
}

export function resourceGroupOf(id: string): string | null {
  return /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? null;
}
