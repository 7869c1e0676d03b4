import type { FaceRequest } from '../face.ts';
import type { KubeStore, World } from '../../world/types.ts';
import type { Controllers } from './controllers.ts';
import { kindOf } from './kinds.ts';
import type { KubeKind } from './kinds.ts';

/** One request to a resource, its path taken apart. */
export interface KubeRequest {
  readonly request: FaceRequest;
  readonly world: World;
  readonly store: KubeStore;
  readonly now: number;
  readonly kind: KubeKind;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly subresource: string | null;
  readonly query: URLSearchParams;
  readonly controllers: Controllers;
}

export interface ResourcePath {
  readonly kind: KubeKind;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly subresource: string | null;
}

/** /api/v1/... and /apis/{group}/{version}/...; null where no served resource has this path. */
export function parseResourcePath(pathname: string): ResourcePath | null {
  const parts = pathname.split('/').slice(1);
  if (parts.at(-1) === '') parts.pop();
  const [root, ...rest] = parts;
  if (root === 'api') return parseBelow('', rest[0] ?? '', rest.slice(1));
  return root === 'apis' ? parseBelow(rest[0] ?? '', rest[1] ?? '', rest.slice(2)) : null;
}

function parseBelow(group: string, version: string, rest: readonly string[]): ResourcePath | null {
  const [first, second, third, ...tail] = rest;
  // /namespaces/{ns}/{plural} is a namespaced resource; /namespaces/{ns} and its subresources are the Namespace itself.
  if (first === 'namespaces' && second !== undefined && third !== undefined && third !== 'status' && third !== 'finalize') {
    const kind = kindOf(group, version, third);
    if (kind === null || kind.scope === 'Cluster' || tail.length > 2) return null;
    return { kind, namespace: second, name: tail[0] ?? null, subresource: tail[1] ?? null };
  }
  const kind = first === undefined ? null : kindOf(group, version, first);
  if (kind === null || rest.length > 3) return null;
  // A namespaced resource without its namespace can only be listed or watched.
  if (kind.scope === 'Namespaced' && second !== undefined) return null;
  return { kind, namespace: null, name: second ?? null, subresource: third ?? null };
}
