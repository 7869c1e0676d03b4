import type { KubeObject } from '../../world/types.ts';
import type { FaceResponse } from '../face.ts';
import { groupVersion } from './kinds.ts';
import type { KubeRequest } from './kubeRequest.ts';
import { parseFieldSelector, parseLabelSelector } from './selectors.ts';
import { schemaObject } from './schemaObject.ts';
import { badRequest, expiredContinue, notFound, notServed } from './status.ts';
import { tableResponse, wantsTable } from './table.ts';
import { itemJson, jsonResponse, listKey, objectJson } from './wire.ts';

export function readOne(context: KubeRequest, name: string): FaceResponse {
  const found = context.store.get(context.kind.kind, context.namespace, name);
  if (found === null) throw notFound(context.kind, name);
  return wantsTable(context.request) ? tableResponse(context, [found], found.metadata.resourceVersion, {}) : jsonResponse(200, objectJson(found));
}

const selections = new WeakMap<readonly KubeObject[], Map<string, readonly KubeObject[]>>();
const selectionsKept = 50;

/** Objects of the list that the selectors let through, in the API server's order: by namespace, then name. The same list while the store's own stays the same. */
export function selectObjects(context: KubeRequest): readonly KubeObject[] {
  const { query, kind, store, namespace, name } = context;
  const labels = query.get('labelSelector');
  const fields = query.get('fieldSelector');
  const listed = store.list(kind.kind, namespace);
  const known = selections.get(listed) ?? new Map<string, readonly KubeObject[]>();
  selections.set(listed, known);
  const asked = JSON.stringify([name, labels, fields]);
  const found = known.get(asked);
  if (found !== undefined) return found;
  const hasLabels = parseLabelSelector(labels);
  const hasFields = parseFieldSelector(fields, kind.kind);
  let objects = listed;
  if (name !== null) objects = objects.filter((object) => object.metadata.name === name);
  if (hasLabels !== null) objects = objects.filter((object) => hasLabels(schemaObject(object)));
  if (hasFields !== null) objects = objects.filter((object) => hasFields(schemaObject(object)));
  const selected = inOrder(objects);
  if (known.size >= selectionsKept) known.clear();
  known.set(asked, selected);
  return selected;
}

export function readList(context: KubeRequest): FaceResponse {
  const { query, kind, store } = context;
  const limit = limitOf(query.get('limit'));
  const after = parseContinue(query.get('continue'));
  const version = after?.version ?? store.resourceVersion;
  if (query.get('resourceVersionMatch') === 'Exact' && query.get('resourceVersion') !== store.resourceVersion) throw notServed(`lists of the past (resourceVersionMatch=Exact); the version is ${store.resourceVersion}`);
  const selected = selectObjects(context);
  const rest = after === null ? selected : selected.filter((object) => listKey(object) > after.key);
  const shown = limit === 0 || rest.length <= limit ? rest : rest.slice(0, limit);
  const last = shown.at(-1);
  const more = rest.length - shown.length;
  const page = more > 0 && last !== undefined ? { continue: writeContinue(version, listKey(last)), remainingItemCount: more } : {};
  if (wantsTable(context.request)) return tableResponse(context, shown, version, page);
  const metadata = JSON.stringify({ resourceVersion: version, ...page });
  return jsonResponse(200, `{"kind":"${kind.kind}List","apiVersion":"${groupVersion(kind)}","metadata":${metadata},"items":[${itemsJson(shown)}]}`);
}

const texts = new WeakMap<readonly KubeObject[], string>();

/** A list that is the same as at the last look at it is not put together again. */
function itemsJson(shown: readonly KubeObject[]): string {
  const known = texts.get(shown);
  if (known !== undefined) return known;
  const text = shown.map(itemJson).join(',');
  texts.set(shown, text);
  return text;
}

function inOrder(objects: readonly KubeObject[]): readonly KubeObject[] {
  let before = '';
  for (const object of objects) {
    const key = listKey(object);
    if (key < before) return objects.toSorted((a, b) => (listKey(a) < listKey(b) ? -1 : 1));
    before = key;
  }
  return objects;
}

function limitOf(text: string | null): number {
  if (text === null || text === '') return 0;
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Math.max(0, Number(text));
}

/** Opaque to clients: the version of the first page and the last key shown. */
const writeContinue = (version: string, key: string): string => Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: version, start: key })).toString('base64url');

function parseContinue(text: string | null): { readonly version: string; readonly key: string } | null {
  if (text === null || text === '') return null;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    if (typeof value === 'object' && value !== null && 'rv' in value && 'start' in value && typeof value.rv === 'string' && typeof value.start === 'string') return { version: value.rv, key: value.start };
  } catch {
    throw badRequest('continue key is not valid: illegal base64 data');
  }
  throw expiredContinue();
}
