import { difference, emptySet, fieldsV1, intersection, isEmptySet, parseFieldsV1, pathsOf, sameSet, union } from './fieldSet.ts';
import type { FieldSet } from './fieldSet.ts';
import { isObject, listAt, objectAt, sameJson, stringAt, without } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import type { Schema } from './schema.ts';
import { KubeRefusal } from './status.ts';
import type { Cause } from './status.ts';
import { compareTyped, fieldsOf, mergeTyped, removeFields } from './typed.ts';

/** Who owns which fields: `metadata.managedFields`, one entry for each manager, operation and apiVersion. */
interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string | null;
  readonly time: string;
  readonly fields: FieldSet;
}

export interface Writer {
  readonly manager: string;
  readonly apiVersion: string;
  readonly subresource: string | null;
  readonly now: number;
}

const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** What the server itself keeps belongs to nobody. */
const unowned: FieldSet = parseFieldsV1({
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': Object.fromEntries(
    ['name', 'namespace', 'generateName', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp', 'managedFields'].map((key) => [`f:${key}`, {}]),
  ),
});

const owned = (set: FieldSet): FieldSet => {
  const rest = difference(set, unowned);
  return { member: false, children: new Map([...rest.children].filter(([element]) => element !== 'f:apiVersion' && element !== 'f:kind')) };
};

export function parseManagers(object: JsonObject): readonly Manager[] {
  return listAt(objectAt(object, 'metadata'), 'managedFields').flatMap((entry) => {
    if (!isObject(entry)) return [];
    const manager: Manager = {
      manager: stringAt(entry, 'manager') ?? 'unknown',
      operation: stringAt(entry, 'operation') === 'Apply' ? 'Apply' : 'Update',
      apiVersion: stringAt(entry, 'apiVersion') ?? '',
      subresource: stringAt(entry, 'subresource'),
      time: stringAt(entry, 'time') ?? '',
      fields: owned(parseFieldsV1(entry['fieldsV1'])),
    };
    return [manager];
  });
}

const isWriter = (manager: Manager, writer: Writer, operation: Manager['operation']): boolean =>
  manager.manager === writer.manager && manager.operation === operation && manager.apiVersion === writer.apiVersion && manager.subresource === writer.subresource;

/** The content that ownership is about: without the server's own bookkeeping. */
const content = (object: JsonObject): JsonObject => ({ ...object, metadata: without(objectAt(object, 'metadata'), 'managedFields', 'resourceVersion', 'generation') });

/** Requests to the object itself cannot change its status. */
const contentWithoutStatus = (object: JsonObject): JsonObject => without(content(object), 'status');

/** PUT, POST and the other patches: who changes a field owns it from then on. */
export function trackUpdate(schema: Schema, live: JsonObject | null, next: JsonObject, writer: Writer): JsonObject {
  const base = live === null ? {} : contentWithoutStatus(live);
  const { added, modified, removed } = compareTyped(schema, base, contentWithoutStatus(next));
  const changed = owned(union(added, modified));
  const before = live === null ? [] : parseManagers(live);
  const others = before.filter((manager) => !isWriter(manager, writer, 'Update')).map((manager) => ({ ...manager, fields: difference(difference(manager.fields, changed), removed) }));
  const own = before.find((manager) => isWriter(manager, writer, 'Update'));
  const fields = difference(union(own?.fields ?? emptySet, changed), removed);
  const time = own !== undefined && sameSet(own.fields, fields) && isEmptySet(changed) ? own.time : instant(writer.now);
  return withManagers(next, [...others, { ...writer, operation: 'Update', time, fields }]);
}

/**
 * Server-side apply. Answers the object to store; throws the 409 of the API server where somebody else owns a field
 * that the configuration would change and `conflicts` is `refuse`.
 */
export function applyConfiguration(schema: Schema, live: JsonObject | null, config: JsonObject, writer: Writer, conflicts: 'refuse' | 'force'): JsonObject {
  const base = live === null ? {} : content(live);
  const wanted = owned(fieldsOf(schema, config));
  const managers = live === null ? [] : managersBeforeApply(schema, live, writer);
  const own = managers.find((manager) => isWriter(manager, writer, 'Apply'));
  const others = managers.filter((manager) => manager !== own);
  const merged = asObject(mergeTyped(schema, base, withoutServerFields(config)));
  const change = compareTyped(schema, base, merged);
  const changed = owned(union(change.added, change.modified));
  const clashes = others.map((manager) => ({ manager, fields: intersection(manager.fields, changed) })).filter(({ fields }) => !isEmptySet(fields));
  if (conflicts === 'refuse' && clashes.length > 0) throw conflictRefusal(clashes);
  const left = others.map((manager) => ({ ...manager, fields: difference(manager.fields, changed) }));
  const kept = left.reduce((set, { fields }) => union(set, fields), wanted);
  const pruned = own === undefined ? merged : asObject(removeFields(schema, merged, difference(own.fields, wanted), kept));
  const { removed } = compareTyped(schema, base, pruned);
  const survivors = left.map((manager) => ({ ...manager, fields: difference(manager.fields, removed) }));
  const time = own !== undefined && sameSet(own.fields, wanted) && sameJson(base, pruned) ? own.time : instant(writer.now);
  return withManagers(pruned, [...survivors, { ...writer, operation: 'Apply', time, fields: wanted }]);
}

/** An object that nobody is on record for belongs to "before-first-apply". */
function managersBeforeApply(schema: Schema, live: JsonObject, writer: Writer): readonly Manager[] {
  const managers = parseManagers(live);
  if (managers.length > 0) return managers;
  const fields = owned(fieldsOf(schema, content(live)));
  return [{ manager: 'before-first-apply', operation: 'Update', apiVersion: writer.apiVersion, subresource: null, time: instant(writer.now), fields }];
}

const asObject = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

function withoutServerFields(config: JsonObject): JsonObject {
  return { ...config, metadata: without(objectAt(config, 'metadata'), 'creationTimestamp', 'managedFields', 'resourceVersion', 'uid', 'generation', 'selfLink') };
}

function withManagers(object: JsonObject, managers: readonly Manager[]): JsonObject {
  const entries = managers.filter(({ fields }) => !isEmptySet(fields)).toSorted(byOperationThenTime).map(entryOf);
  const metadata = without(objectAt(object, 'metadata'), 'managedFields');
  return { ...object, metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries } };
}

function byOperationThenTime(a: Manager, b: Manager): number {
  if (a.operation !== b.operation) return a.operation === 'Apply' ? -1 : 1;
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  if (a.manager === b.manager) return 0;
  return a.manager < b.manager ? -1 : 1;
}

const entryOf = ({ manager, operation, apiVersion, subresource, time, fields }: Manager): JsonObject => ({
  manager,
  operation,
  apiVersion,
  time,
  fieldsType: 'FieldsV1',
  fieldsV1: fieldsV1(fields),
  ...(subresource === null ? {} : { subresource }),
});

interface Clash {
  readonly manager: Manager;
  readonly fields: FieldSet;
}

function conflictRefusal(found: readonly Clash[]): KubeRefusal {
  const clashes = found.toSorted((a, b) => (a.manager.manager < b.manager.manager ? -1 : 1));
  const causes: Cause[] = clashes.flatMap(({ manager, fields }) => pathsOf(fields).map((field) => ({ reason: 'FieldManagerConflict' as const, message: `conflict with ${managerText(manager)}`, field })));
  const [only] = causes;
  const text = causes.length === 1 && only !== undefined ? `1 conflict: ${only.message}: ${only.field}` : `${causes.length} conflicts: ${clashes.map(clashText).join('\n')}`;
  return new KubeRefusal(409, 'Conflict', `Apply failed with ${text}`, { causes: causes.map((cause) => ({ ...cause })) });
}

const clashText = ({ manager, fields }: Clash): string => `conflicts with ${managerText(manager)}:\n${pathsOf(fields).map((path) => `- ${path}`).join('\n')}`;

/** Appliers are told by name alone, since one applier has one entry whatever version it speaks. */
function managerText({ manager, operation, apiVersion, subresource }: Manager): string {
  const who = `"${manager}"${subresource === null ? '' : ` with subresource "${subresource}"`}`;
  return operation === 'Update' ? `${who} using ${apiVersion}` : who;
}
