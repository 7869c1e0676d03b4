import type { KubeObject } from '../../world/types.ts';
import type { FaceResponse } from '../face.ts';

interface Cached {
  readonly resourceVersion: string;
  readonly full: string;
  readonly item: string;
}

const cache = new WeakMap<KubeObject, Cached>();

/** An object is serialised once for each version that the store holds, whoever reads it. */
function cached(object: KubeObject): Cached {
  const found = cache.get(object);
  if (found !== undefined && found.resourceVersion === object.metadata.resourceVersion) return found;
  const { kind, apiVersion, ...rest } = object;
  const item = JSON.stringify(rest);
  const made = { resourceVersion: object.metadata.resourceVersion, item, full: `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},${item.slice(1)}` };
  cache.set(object, made);
  return made;
}

export const objectJson = (object: KubeObject): string => cached(object).full;

const keys = new WeakMap<KubeObject, string>();

/** What lists are sorted by: namespace, then name. */
export function listKey(object: KubeObject): string {
  const found = keys.get(object);
  if (found !== undefined) return found;
  const made = `${object.metadata.namespace ?? ''}/${object.metadata.name}`;
  keys.set(object, made);
  return made;
}

/** Within a list, items go without kind and apiVersion. */
export const itemJson = (object: KubeObject): string => cached(object).item;

export const jsonResponse = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): FaceResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private', ...headers },
  body,
});

export const textResponse = (status: number, body: string): FaceResponse => ({ status, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-cache, private', 'x-content-type-options': 'nosniff' }, body });
