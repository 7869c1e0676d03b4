/**
 * What structured merge and strategic merge must know of a type: which lists are keyed, which maps are one value.
 * Sources: the x-kubernetes-list-type, -list-map-keys, -map-type and patch-merge-key annotations of the Kubernetes OpenAPI.
 * A struct that is `open` may hold fields that are not named here: they are maps and atomic lists.
 */
export type Schema =
  | { readonly type: 'scalar'; readonly of: ScalarType }
  | { readonly type: 'struct'; readonly fields: Readonly<Record<string, Schema>>; readonly unit: Unit; readonly presence: Presence; readonly unknown: 'open' | 'closed' }
  | { readonly type: 'map'; readonly of: Schema; readonly unit: Unit; readonly presence: Presence }
  | { readonly type: 'list'; readonly of: Schema; readonly relation: ListRelation; readonly presence: Presence; readonly patch: ListPatch };

export type ScalarType = 'string' | 'integer' | 'boolean' | 'quantity' | 'intOrString' | 'any';

/** `atomic`: owned and replaced as a whole. */
export type Unit = 'granular' | 'atomic';

/** `always`: a Go struct by value, there even when the object is empty, so that nobody owns the field itself. */
export type Presence = 'always' | 'optional';

export type ListRelation = { readonly kind: 'atomic' } | { readonly kind: 'set' } | { readonly kind: 'keyed'; readonly keys: readonly string[]; readonly defaults: Readonly<Record<string, string>> };

/** What a strategic merge patch does with a list. */
export type ListPatch = { readonly kind: 'replace' } | { readonly kind: 'mergeByKey'; readonly key: string } | { readonly kind: 'mergeValues' };

export const string: Schema = { type: 'scalar', of: 'string' };
export const integer: Schema = { type: 'scalar', of: 'integer' };
export const boolean: Schema = { type: 'scalar', of: 'boolean' };
export const quantity: Schema = { type: 'scalar', of: 'quantity' };
export const intOrString: Schema = { type: 'scalar', of: 'intOrString' };
export const any: Schema = { type: 'scalar', of: 'any' };

export const struct = (fields: Readonly<Record<string, Schema>>): Schema => ({ type: 'struct', fields, unit: 'granular', presence: 'optional', unknown: 'closed' });
export const openStruct = (fields: Readonly<Record<string, Schema>>): Schema => ({ type: 'struct', fields, unit: 'granular', presence: 'optional', unknown: 'open' });
export const atomicStruct: Schema = { type: 'struct', fields: {}, unit: 'atomic', presence: 'optional', unknown: 'open' };
export const mapOf = (of: Schema): Schema => ({ type: 'map', of, unit: 'granular', presence: 'optional' });

export const always = (schema: Schema): Schema => (schema.type === 'scalar' ? schema : { ...schema, presence: 'always' });

export const atomicList = (of: Schema): Schema => ({ type: 'list', of, relation: { kind: 'atomic' }, presence: 'optional', patch: { kind: 'replace' } });
export const setOf = (of: Schema): Schema => ({ type: 'list', of, relation: { kind: 'set' }, presence: 'optional', patch: { kind: 'mergeValues' } });

/** `keys[0]` is also the strategic merge key, as it is for every list here. */
export const keyedList = (keys: readonly [string, ...string[]], of: Schema, defaults: Readonly<Record<string, string>> = {}): Schema => ({
  type: 'list',
  of,
  relation: { kind: 'keyed', keys, defaults },
  presence: 'optional',
  patch: { kind: 'mergeByKey', key: keys[0] },
});

/** Lists that strategic merge patch merges but server-side apply owns as a whole, such as a node's taints. */
export const atomicListMergedBy = (key: string, of: Schema): Schema => ({ type: 'list', of, relation: { kind: 'atomic' }, presence: 'optional', patch: { kind: 'mergeByKey', key } });

export function fieldSchema(schema: Schema, key: string): Schema {
  if (schema.type === 'struct') return schema.fields[key] ?? deduced;
  return schema.type === 'map' ? schema.of : deduced;
}

/** The schema of a value whose type is not named: granular for objects, a leaf for all else. */
export const deduced: Schema = { type: 'map', of: any, unit: 'granular', presence: 'optional' };
