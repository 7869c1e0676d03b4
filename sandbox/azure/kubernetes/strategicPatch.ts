import { isList, isObject, without } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { fieldSchema } from './schema.ts';
import type { Schema } from './schema.ts';
import { badRequest } from './status.ts';

/**
 * Strategic merge patch: like a merge patch, but lists that have a merge key are merged by it. Directives: $patch
 * (replace, delete, merge), $setElementOrder, $deleteFromPrimitiveList, $retainKeys ("Update API objects in place").
 */
export function strategicPatch(schema: Schema, target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const directive = patch['$patch'];
  if (directive === 'replace') return plain(without(patch, '$patch'));
  if (directive === 'delete') return {};
  if (directive !== undefined && directive !== 'merge') throw badRequest(`unable to find api field: unknown patch type ${JSON.stringify(directive)}`);
  const result: Record<string, Json | undefined> = isObject(target) ? { ...target } : {};
  const retained = patch['$retainKeys'];
  if (isList(retained)) for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];
  for (const [key, value] of Object.entries(patch)) {
    if (value === undefined || key.startsWith('$')) continue;
    if (value === null) delete result[key];
    else result[key] = patchField(fieldSchema(schema, key), result[key], value);
  }
  for (const [key, order] of directives(patch, '$setElementOrder/')) result[key] = inOrder(fieldSchema(schema, key), result[key], order);
  for (const [key, gone] of directives(patch, '$deleteFromPrimitiveList/')) {
    const list = result[key];
    if (isList(list)) result[key] = list.filter((item) => !gone.includes(item));
  }
  return result;
}

const directives = (patch: JsonObject, prefix: string): readonly (readonly [string, readonly Json[]])[] =>
  Object.entries(patch).flatMap(([key, value]) => (key.startsWith(prefix) && isList(value) ? [[key.slice(prefix.length), value] as const] : []));

function patchField(schema: Schema, current: Json | undefined, value: Json): Json {
  if (isObject(value)) return schema.type === 'struct' && schema.unit === 'atomic' && current === undefined ? plain(value) : strategicPatch(schema, current, value);
  if (!isList(value) || schema.type !== 'list') return value;
  const before = isList(current) ? current : [];
  switch (schema.patch.kind) {
    case 'replace':
      return value;
    case 'mergeValues':
      return [...before, ...value.filter((item) => !before.includes(item))];
    case 'mergeByKey':
      return mergeByKey(schema, schema.patch.key, before, value);
  }
}

function mergeByKey(schema: Extract<Schema, { type: 'list' }>, key: string, before: readonly Json[], patch: readonly Json[]): Json {
  const marked = patch.find((item) => isObject(item) && item['$patch'] === 'replace' && Object.keys(item).length === 1);
  if (marked !== undefined) return patch.filter((item) => item !== marked);
  let items = [...before];
  const added: Json[] = [];
  for (const item of patch) {
    if (!isObject(item) || item[key] === undefined) throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
    const at = items.findIndex((one) => isObject(one) && one[key] === item[key]);
    if (item['$patch'] === 'delete') items = items.filter((_one, index) => index !== at);
    else if (at < 0) added.push(plain(item));
    else items[at] = strategicPatch(schema.of, items[at], item);
  }
  // The API server puts what a patch adds in front of what was there.
  return [...added, ...items];
}

function inOrder(schema: Schema, list: Json | undefined, order: readonly Json[]): Json | undefined {
  if (!isList(list) || schema.type !== 'list') return list;
  const key = schema.patch.kind === 'mergeByKey' ? schema.patch.key : null;
  const keyOf = (item: Json): Json | undefined => (key !== null && isObject(item) ? item[key] : item);
  const place = new Map(order.map((item, index) => [keyOf(item), index]));
  const listed = list.filter((item) => place.has(keyOf(item))).toSorted((a, b) => (place.get(keyOf(a)) ?? 0) - (place.get(keyOf(b)) ?? 0));
  // What the client did not know of keeps its place behind the item that it stood after.
  const result: Json[] = [];
  let next = 0;
  for (const item of list) result.push(place.has(keyOf(item)) ? (listed[next++] ?? item) : item);
  return result;
}

/** A new value carries no directives. */
function plain(value: Json): Json {
  if (isList(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (key.startsWith('$') || item === undefined || item === null ? [] : [[key, plain(item)]])));
}
