import { emptySet, leafSet, setOfChildren } from './fieldSet.ts';
import type { FieldSet } from './fieldSet.ts';
import { isList, isObject, sameJson } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { fieldSchema } from './schema.ts';
import type { Schema } from './schema.ts';

/**
 * Structured merge on typed values: field sets, comparison, merge and removal, as server-side apply needs them
 * (behaviour: sigs.k8s.io/structured-merge-diff). Restricted to struct and map fields, sets and lists with keys.
 */

/** Every path that an apply configuration speaks of; an empty map or list speaks of nothing. */
export function fieldsOf(schema: Schema, value: Json | undefined): FieldSet {
  if (isList(value) && schema.type === 'list' && schema.relation.kind !== 'atomic') {
    return setOfChildren(false, value.map((item) => [elementOf(schema, item), { ...fieldsOf(schema.of, item), member: true }] as const));
  }
  if (isObject(value) && isGranular(schema)) return setOfChildren(false, Object.entries(value).map(([key, item]) => [`f:${key}`, fieldsOf(fieldSchema(schema, key), item)] as const));
  return leafSet;
}

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const unchanged: Comparison = { added: emptySet, modified: emptySet, removed: emptySet };

export function compareTyped(schema: Schema, before: Json | undefined, after: Json | undefined): Comparison {
  if (before === after) return unchanged;
  if (shapeOf(schema, before, after) === 'leaf') return compareLeaf(before, after);
  const left = childrenOf(schema, before);
  const right = childrenOf(schema, after);
  const elements = [...new Set([...left.keys(), ...right.keys()])];
  const below = elements.map((element) => {
    const child = left.get(element) ?? right.get(element);
    return [element, compareTyped(child?.schema ?? schema, left.get(element)?.value, right.get(element)?.value)] as const;
  });
  const owned = schema.type !== 'scalar' && schema.presence === 'optional';
  return {
    added: setOfChildren(before === undefined && owned, below.map(([element, { added }]) => [element, added] as const)),
    modified: setOfChildren(false, below.map(([element, { modified }]) => [element, modified] as const)),
    removed: setOfChildren(after === undefined && owned, below.map(([element, { removed }]) => [element, removed] as const)),
  };
}

function compareLeaf(before: Json | undefined, after: Json | undefined): Comparison {
  if (before === undefined) return { ...unchanged, added: after === undefined ? emptySet : leafSet };
  if (after === undefined) return { ...unchanged, removed: leafSet };
  return sameJson(before, after) ? unchanged : { ...unchanged, modified: leafSet };
}

/** What `config` says wins; what it does not speak of stays as it is. */
export function mergeTyped(schema: Schema, live: Json | undefined, config: Json | undefined): Json | undefined {
  if (config === undefined) return live;
  if (live === undefined) return config;
  const shape = shapeOf(schema, live, config);
  if (shape === 'object' && isObject(live) && isObject(config)) {
    const merged: Record<string, Json | undefined> = { ...live };
    for (const [key, item] of Object.entries(config)) merged[key] = mergeTyped(fieldSchema(schema, key), live[key], item);
    return merged;
  }
  if (shape === 'list' && isList(live) && isList(config)) {
    const wanted = new Map(config.map((item) => [elementOf(schema, item), item]));
    const known = new Set(live.map((item) => elementOf(schema, item)));
    const kept = live.map((item) => mergeTyped(itemSchema(schema), item, wanted.get(elementOf(schema, item))) ?? null);
    return [...kept, ...config.filter((item) => !known.has(elementOf(schema, item)))];
  }
  return config;
}

/** Takes away what `gone` names and `kept` does not; a parent that becomes empty goes too. */
export function removeFields(schema: Schema, value: Json | undefined, gone: FieldSet, kept: FieldSet): Json | undefined {
  if (value === undefined || gone.children.size === 0) return value;
  const remaining = (element: string, child: Json, below: Schema): Json | undefined => {
    const lost = gone.children.get(element);
    if (lost === undefined) return child;
    const still = kept.children.get(element) ?? emptySet;
    if (lost.member && !still.member && still.children.size === 0) return undefined;
    return removeFields(below, child, lost, still);
  };
  if (isObject(value)) {
    const entries = Object.entries(value).map(([key, item]) => [key, item === undefined ? undefined : remaining(`f:${key}`, item, fieldSchema(schema, key))] as const);
    const left = entries.filter(([, item]) => item !== undefined);
    return left.length === 0 && entries.length > 0 ? undefined : Object.fromEntries(left);
  }
  if (isList(value) && schema.type === 'list') {
    const left = value.flatMap((item) => remaining(elementOf(schema, item), item, itemSchema(schema)) ?? []);
    return left.length === 0 && value.length > 0 ? undefined : left;
  }
  return value;
}

/** An object or list that both sides leave empty counts as one value. */
function shapeOf(schema: Schema, a: Json | undefined, b: Json | undefined): 'leaf' | 'object' | 'list' {
  const sample = a ?? b;
  if (schema.type === 'list' && schema.relation.kind !== 'atomic' && isList(sample)) return listIsEmpty(a) && listIsEmpty(b) ? 'leaf' : 'list';
  if (isGranular(schema) && isObject(sample)) return objectIsEmpty(a) && objectIsEmpty(b) ? 'leaf' : 'object';
  return 'leaf';
}

/** Whether an object of this type has fields with owners of their own. */
const isGranular = (schema: Schema): boolean => (schema.type === 'scalar' ? schema.of === 'any' : schema.type !== 'list' && schema.unit === 'granular');

const listIsEmpty = (value: Json | undefined): boolean => !isList(value) || value.length === 0;
const objectIsEmpty = (value: Json | undefined): boolean => !isObject(value) || Object.keys(value).length === 0;

const itemSchema = (schema: Schema): Schema => (schema.type === 'list' ? schema.of : schema);

function childrenOf(schema: Schema, value: Json | undefined): ReadonlyMap<string, { readonly schema: Schema; readonly value: Json | undefined }> {
  if (isObject(value)) return new Map(Object.entries(value).filter(([, item]) => item !== undefined).map(([key, item]) => [`f:${key}`, { schema: fieldSchema(schema, key), value: item }]));
  if (isList(value)) return new Map(value.map((item) => [elementOf(schema, item), { schema: itemSchema(schema), value: item }]));
  return new Map();
}

/** The path element of a list's item: its keys, or its value in a set. */
export function elementOf(schema: Schema, item: Json): string {
  if (schema.type !== 'list' || schema.relation.kind !== 'keyed') return `v:${JSON.stringify(item)}`;
  const { keys, defaults } = schema.relation;
  const object: JsonObject = isObject(item) ? item : {};
  const named = keys.toSorted().map((key) => [key, object[key] ?? defaults[key] ?? null] as const);
  return `k:${JSON.stringify(Object.fromEntries(named))}`;
}
