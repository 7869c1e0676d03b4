import { isObject } from './json.ts';
import type { Json, JsonObject } from './json.ts';

/**
 * A set of field paths, the shape behind `managedFields[].fieldsV1`. Path elements keep their wire spelling:
 * "f:name", 'k:{"name":"web"}' and 'v:"value"'. `member`: the path itself is in the set, besides what lies under it.
 */
export interface FieldSet {
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const emptySet: FieldSet = { member: false, children: new Map() };
export const leafSet: FieldSet = { member: true, children: new Map() };

export const isEmptySet = (set: FieldSet): boolean => !set.member && set.children.size === 0;

/** Drops children that became empty. */
export function setOfChildren(member: boolean, children: Iterable<readonly [string, FieldSet]>): FieldSet {
  const kept = new Map<string, FieldSet>();
  for (const [element, child] of children) if (!isEmptySet(child)) kept.set(element, child);
  return { member, children: kept };
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmptySet(a)) return b;
  if (isEmptySet(b)) return a;
  const children = new Map(a.children);
  for (const [element, child] of b.children) children.set(element, union(children.get(element) ?? emptySet, child));
  return { member: a.member || b.member, children };
}

export const intersection = (a: FieldSet, b: FieldSet): FieldSet =>
  setOfChildren(
    a.member && b.member,
    [...a.children].map(([element, child]) => [element, intersection(child, b.children.get(element) ?? emptySet)] as const),
  );

export const difference = (a: FieldSet, b: FieldSet): FieldSet =>
  setOfChildren(
    a.member && !b.member,
    [...a.children].map(([element, child]) => [element, difference(child, b.children.get(element) ?? emptySet)] as const),
  );

export const sameSet = (a: FieldSet, b: FieldSet): boolean => isEmptySet(difference(a, b)) && isEmptySet(difference(b, a));

export function fieldsV1(set: FieldSet): JsonObject {
  const entries: [string, Json][] = set.member && set.children.size > 0 ? [['.', {}]] : [];
  for (const element of [...set.children.keys()].toSorted()) entries.push([element, fieldsV1(set.children.get(element) ?? emptySet)]);
  return Object.fromEntries(entries);
}

/** The root of a set is never a member itself. */
export function parseFieldsV1(value: Json | undefined): FieldSet {
  if (!isObject(value)) return emptySet;
  return setOfChildren(false, Object.entries(value).filter(([element]) => element !== '.').map(([element, child]) => [element, parseChild(child)] as const));
}

function parseChild(value: Json | undefined): FieldSet {
  if (!isObject(value)) return leafSet;
  const children = Object.entries(value).filter(([element]) => element !== '.').map(([element, child]) => [element, parseChild(child)] as const);
  return setOfChildren(children.length === 0 || '.' in value, children);
}

/** As conflict messages write them, in order: ".spec.template.spec.containers[name=\"web\"].image". */
export function pathsOf(set: FieldSet, prefix = ''): readonly string[] {
  const here = set.member && prefix !== '' ? [prefix] : [];
  const below = [...set.children].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([element, child]) => pathsOf(child, prefix + elementText(element)));
  return [...here, ...below];
}

function elementText(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  const key: unknown = JSON.parse(rest);
  return isObject(key) ? `[${Object.entries(key).map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]` : `[${rest}]`;
}
