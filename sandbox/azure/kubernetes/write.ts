import { createHash } from 'node:crypto';
import type { KubeObject } from '../../world/types.ts';
import type { FaceResponse } from '../face.ts';
import { readObject } from './body.ts';
import { conform } from './conform.ts';
import { requireFollowed, requireSameTemplate } from './controllers.ts';
import { withDefaults } from './defaults.ts';
import { isList, isObject, listAt, numberAt, objectAt, sameJson, stringAt, without } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { groupVersion } from './kinds.ts';
import { schemaOfKind } from './kindSchemas.ts';
import type { KubeRequest } from './kubeRequest.ts';
import { trackUpdate } from './managedFields.ts';
import type { Writer } from './managedFields.ts';
import { schemaObject } from './schemaObject.ts';
import { alreadyExists, badRequest, invalid, notFound, staleVersion } from './status.ts';
import { validateObject } from './validate.ts';
import { jsonResponse, objectJson } from './wire.ts';

/** POST to a collection. */
export function createObject(context: KubeRequest): FaceResponse {
  const { kind, namespace, store, now } = context;
  requireFollowed(context, 'creation');
  const sent = readObject(context);
  checkIdentity(context, sent, null);
  if (namespace !== null && store.get('Namespace', null, namespace) === null) throw notFound({ ...kind, group: '', plural: 'namespaces', kind: 'Namespace' }, namespace);
  const given = objectAt(sent, 'metadata');
  const prefix = stringAt(given, 'generateName');
  const name = stringAt(given, 'name') ?? (prefix === null ? '' : `${prefix}${suffixOf(`${prefix}${store.resourceVersion}`)}`);
  if (store.get(kind.kind, namespace, name) !== null) throw alreadyExists(kind, name);
  const metadata = {
    ...without(given, 'resourceVersion', 'uid', 'selfLink', 'managedFields', 'generation', 'deletionTimestamp'),
    name,
    // Every namespace carries its name as a label, so that selectors can find it.
    ...(kind.kind === 'Namespace' ? { labels: { ...objectAt(given, 'labels'), 'kubernetes.io/metadata.name': name } } : {}),
    ...(namespace === null ? {} : { namespace }),
    uid: uidOf(`${kind.kind}/${namespace ?? ''}/${name}/${store.resourceVersion}`),
    creationTimestamp: `${new Date(now).toISOString().slice(0, 19)}Z`,
    ...(kind.kind === 'Deployment' || kind.kind === 'ReplicaSet' ? { generation: 1 } : {}),
  };
  const { object, warnings } = fit(context, { ...without(sent, 'status'), metadata, status: initialStatus(kind.kind, sent) });
  const tracked = trackUpdate(schemaOfKind(kind.kind), null, object, writerOf(context));
  return answerWrite(context, 201, tracked, warnings);
}

/** Kinds whose status a client may bring along when it creates one: there is no controller behind them. */
const initialStatus = (kind: string, sent: JsonObject): JsonObject => {
  if (kind === 'Namespace') return { phase: 'Active' };
  if (kind === 'Pod') return { phase: 'Pending', qosClass: 'Burstable' };
  return kind === 'Node' ? objectAt(sent, 'status') : {};
};

/** PUT of an object. */
export function replaceObject(context: KubeRequest, name: string): FaceResponse {
  const { kind, namespace, store } = context;
  const sent = readObject(context);
  checkIdentity(context, sent, name);
  const found = store.get(kind.kind, namespace, name);
  if (found === null) throw stringAt(objectAt(sent, 'metadata'), 'uid') === null ? notFound(kind, name) : uidMismatch(context, name, stringAt(objectAt(sent, 'metadata'), 'uid') ?? '', '');
  return storeUpdate(context, found, sent, writerOf(context));
}

/** What PUT and the plain patches share once the whole new object is known. */
export function storeUpdate(context: KubeRequest, found: KubeObject, next: JsonObject, writer: Writer): FaceResponse {
  requireFollowed(context, 'change');
  const live = schemaObject(found);
  const { object, warnings } = prepareUpdate(context, live, next);
  const managed = objectAt(next, 'metadata')['managedFields'];
  const tracked = trackUpdate(schemaOfKind(context.kind.kind), isList(managed) && managed.length > 0 ? withManagedFields(live, managed) : live, object, writer);
  return storeChange(context, found, tracked, warnings);
}

const withManagedFields = (live: JsonObject, managedFields: readonly Json[]): JsonObject => ({ ...live, metadata: { ...objectAt(live, 'metadata'), managedFields: managedFields.filter(isObject) } });

/** Server-side facts stay, defaults and validation are applied; throws 409 on a stale version and 422 on what is invalid. */
export function prepareUpdate(context: KubeRequest, live: JsonObject, next: JsonObject): { readonly object: JsonObject; readonly warnings: readonly string[] } {
  const { kind } = context;
  const [given, before] = [objectAt(next, 'metadata'), objectAt(live, 'metadata')];
  const name = stringAt(before, 'name') ?? '';
  const version = stringAt(given, 'resourceVersion') ?? '';
  if (version !== '' && version !== before['resourceVersion']) throw staleVersion(kind, name);
  const uid = stringAt(given, 'uid') ?? '';
  if (uid !== '' && uid !== before['uid']) throw uidMismatch(context, name, uid, stringAt(before, 'uid') ?? '');
  const metadata = { ...without(given, 'managedFields', 'selfLink'), ...serverFields(before) };
  const candidate = { ...without(next, 'status'), apiVersion: groupVersion(kind), kind: kind.kind, metadata, ...(live['status'] === undefined ? {} : { status: live['status'] }) };
  const { object, warnings } = fit(context, candidate, live);
  requireSameTemplate(context, live, object);
  return { object: withGeneration(live, object), warnings };
}

/** The storage layer's own words come through here. */
const uidMismatch = ({ kind, namespace }: KubeRequest, name: string, wanted: string, found: string): Error =>
  staleVersion(kind, name, `StorageError: invalid object, Code: 4, Key: /registry/${kind.plural}/${namespace === null ? '' : `${namespace}/`}${name}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${found}`);

const serverFields = (before: JsonObject): JsonObject =>
  Object.fromEntries(['name', 'namespace', 'uid', 'resourceVersion', 'creationTimestamp', 'deletionTimestamp', 'generation'].flatMap((key) => (before[key] === undefined ? [] : [[key, before[key]]])));

/** The generation counts changes of the spec, and of a deployment's annotations, for the kinds that observe it. */
function withGeneration(live: JsonObject, next: JsonObject): JsonObject {
  const [before, after] = [objectAt(live, 'metadata'), objectAt(next, 'metadata')];
  const generation = numberAt(before, 'generation');
  const annotated = next['kind'] === 'Deployment' && !sameJson(objectAt(before, 'annotations'), objectAt(after, 'annotations'));
  if (generation === null || (!annotated && sameJson(live['spec'], next['spec']))) return next;
  return { ...next, metadata: { ...after, generation: generation + 1 } };
}

/** Type, unknown fields, defaults, validation. */
function fit(context: KubeRequest, candidate: JsonObject, live: JsonObject | null = null): { readonly object: JsonObject; readonly warnings: readonly string[] } {
  const { kind, query } = context;
  const { object, unknown, mismatches } = conform(schemaOfKind(kind.kind), candidate);
  if (mismatches.length > 0) throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: json: ${mismatches[0]}`);
  const validation = query.get('fieldValidation') ?? 'Warn';
  if (unknown.length > 0 && validation === 'Strict') {
    throw badRequest(`${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ${unknown.map((path) => `unknown field "${path}"`).join(', ')}`);
  }
  const complete = withDefaults(kind.kind, object);
  const causes = validateObject(kind.kind, complete, live);
  if (causes.length > 0) throw invalid(kind, stringAt(objectAt(complete, 'metadata'), 'name') ?? '', causes);
  return { object: complete, warnings: validation === 'Ignore' ? [] : unknown.map((path) => `unknown field "${path}"`) };
}

export function checkIdentity(context: KubeRequest, sent: JsonObject, name: string | null): void {
  const { kind, namespace } = context;
  const wanted = groupVersion(kind);
  const [apiVersion, sentKind] = [stringAt(sent, 'apiVersion') ?? wanted, stringAt(sent, 'kind') ?? kind.kind];
  if (apiVersion !== wanted || sentKind !== kind.kind) {
    throw badRequest(`${sentKind} in version "${apiVersion.split('/').at(-1) ?? ''}" cannot be handled as a ${kind.kind}: no kind "${sentKind}" is registered for version "${apiVersion}" in scheme "pkg/api/legacyscheme/scheme.go:30"`);
  }
  const metadata = objectAt(sent, 'metadata');
  const sentName = stringAt(metadata, 'name') ?? '';
  if (name !== null && sentName !== '' && sentName !== name) throw badRequest(`the name of the object (${sentName}) does not match the name on the URL (${name})`);
  if (name !== null && sentName === '') throw badRequest('the name of the object () does not match the name on the URL ('.concat(name, ')'));
  const sentNamespace = stringAt(metadata, 'namespace') ?? '';
  if (sentNamespace !== '' && namespace !== null && sentNamespace !== namespace) throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

/** Stores what changed; a write that changes nothing keeps the version, as etcd's does. */
export function storeChange(context: KubeRequest, found: KubeObject, next: JsonObject, warnings: readonly string[]): FaceResponse {
  if (sameJson(comparable(schemaObject(found)), comparable(next))) return answer(context, 200, objectJson(found), warnings);
  return answerWrite(context, 200, next, warnings);
}

/** Entries' times alone are no change. */
function comparable(object: JsonObject): JsonObject {
  const metadata = objectAt(object, 'metadata');
  const managedFields = listAt(metadata, 'managedFields').map((entry) => (isObject(entry) ? without(entry, 'time') : entry));
  return { ...object, metadata: { ...without(metadata, 'resourceVersion'), managedFields } };
}

export function answerWrite(context: KubeRequest, status: number, object: JsonObject, warnings: readonly string[]): FaceResponse {
  if (context.query.get('dryRun') === 'All') return answer(context, status, JSON.stringify(object), warnings);
  const stored = context.store.put(storable(context, object));
  return answer(context, status, objectJson(stored), warnings);
}

function storable(context: KubeRequest, object: JsonObject): Parameters<KubeRequest['store']['put']>[0] {
  const metadata = objectAt(object, 'metadata');
  return { ...object, apiVersion: groupVersion(context.kind), kind: context.kind.kind, metadata: { ...metadata, name: stringAt(metadata, 'name') ?? '' } };
}

function answer(_context: KubeRequest, status: number, body: string, warnings: readonly string[]): FaceResponse {
  const warning = warnings.map((text) => `299 - "${text.replaceAll('"', '\\"')}"`).join(', ');
  return jsonResponse(status, body, warning === '' ? {} : { warning });
}

export const writerOf = (context: KubeRequest): Writer => ({
  manager: context.query.get('fieldManager') ?? (context.request.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown',
  apiVersion: groupVersion(context.kind),
  subresource: context.subresource,
  now: context.now,
});

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The same object created at the same point of the same run has the same uid. */
export function uidOf(seed: string): string {
  const hex = digest(seed);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Five characters, as generateName gets them. */
const suffixOf = (seed: string): string => digest(seed).slice(0, 5).replace(/[0-9a-f]/g, (digit) => 'bcdfghjklmnpqrst'[Number.parseInt(digit, 16)] ?? 'x');
