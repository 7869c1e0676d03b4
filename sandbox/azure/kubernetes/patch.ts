import type { KubeObject } from '../../world/types.ts';
import type { FaceResponse } from '../face.ts';
import { mediaType, readConfiguration, readPatch } from './body.ts';
import { conform } from './conform.ts';
import { requireFollowed } from './controllers.ts';
import { isObject, objectAt, stringAt } from './json.ts';
import type { Json, JsonObject } from './json.ts';
import { groupVersion } from './kinds.ts';
import { schemaOfKind } from './kindSchemas.ts';
import type { KubeRequest } from './kubeRequest.ts';
import { applyConfiguration } from './managedFields.ts';
import { jsonPatch, mergePatch } from './patches.ts';
import { schemaObject } from './schemaObject.ts';
import { badRequest, invalidPatch, KubeRefusal, notFound, unsupportedMediaType } from './status.ts';
import type { Schema } from './schema.ts';
import { strategicPatch } from './strategicPatch.ts';
import { answerWrite, checkIdentity, prepareUpdate, storeChange, storeUpdate, uidOf, writerOf } from './write.ts';

/** PATCH of an object, in the four ways that Kubernetes has. */
export function patchObject(context: KubeRequest, name: string): FaceResponse {
  const { kind, namespace, store } = context;
  const type = patchType(context);
  checkOptions(context, type);
  const found = store.get(kind.kind, namespace, name);
  if (type === 'apply') return applyObject(context, name, found);
  if (found === null) throw notFound(kind, name);
  const schema = schemaOfKind(kind.kind);
  const next = patched(type, schema, schemaObject(found), readPatch(context));
  const [mismatch] = conform(schema, next).mismatches;
  if (mismatch !== undefined) throw invalidPatch(JSON.stringify(next), `json: ${mismatch}`);
  checkIdentity(context, next, name);
  return storeUpdate(context, found, next, writerOf(context));
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

const patchTypes: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
};

export function patchType(context: KubeRequest): PatchType {
  const type = patchTypes[mediaType(context)];
  if (type === undefined) throw unsupportedMediaType(Object.keys(patchTypes).join(', '));
  return type;
}

export function patched(type: Exclude<PatchType, 'apply'>, schema: Schema, target: JsonObject, patch: Json): JsonObject {
  const next = type === 'json' ? jsonPatch(target, patch) : type === 'merge' ? mergePatch(target, patch) : strategicPatch(schema, target, patch);
  if (!isObject(next)) throw invalidPatch(JSON.stringify(next), 'json: cannot unmarshal into Go value of type object');
  return next;
}

function applyObject(context: KubeRequest, name: string, found: KubeObject | null): FaceResponse {
  const { kind, namespace, store, now, query } = context;
  const config = readConfiguration(context);
  checkConfiguration(context, config, name);
  const schema = schemaOfKind(kind.kind);
  const { object: typed, unknown } = conform(schema, config);
  if (unknown.length > 0) throw badRequest(`failed to create typed patch object (${namespace ?? ''}/${name}; ${groupVersion(kind)}, Kind=${kind.kind}): ${unknown.map((path) => `.${path}: field not declared in schema`).join(', ')}`);
  const live = found === null ? null : schemaObject(found);
  const applied = applyConfiguration(schema, live, typed, writerOf(context), query.get('force') === 'true' ? 'force' : 'refuse');
  requireFollowed(context, found === null ? 'creation' : 'change');
  if (found !== null && live !== null) {
    const { object, warnings } = prepareUpdate(context, live, withVersionOf(config, applied));
    const managedFields = objectAt(applied, 'metadata')['managedFields'];
    return storeChange(context, found, { ...object, metadata: { ...objectAt(object, 'metadata'), managedFields } }, warnings);
  }
  if (namespace !== null && store.get('Namespace', null, namespace) === null) throw notFound({ ...kind, group: '', plural: 'namespaces', kind: 'Namespace' }, namespace);
  const metadata = {
    ...objectAt(applied, 'metadata'),
    name,
    ...(namespace === null ? {} : { namespace }),
    uid: uidOf(`${kind.kind}/${namespace ?? ''}/${name}/${store.resourceVersion}`),
    creationTimestamp: `${new Date(now).toISOString().slice(0, 19)}Z`,
    ...(kind.kind === 'Deployment' ? { generation: 1 } : {}),
  };
  const managedFields = objectAt(applied, 'metadata')['managedFields'];
  const { object, warnings } = prepareUpdate(context, { metadata, status: {} }, { ...applied, metadata });
  return answerWrite(context, 201, { ...object, metadata: { ...objectAt(object, 'metadata'), managedFields } }, warnings);
}

/** A configuration that names a resourceVersion asks to be refused when it is stale. */
function withVersionOf(config: JsonObject, applied: JsonObject): JsonObject {
  const version = stringAt(objectAt(config, 'metadata'), 'resourceVersion');
  return version === null ? applied : { ...applied, metadata: { ...objectAt(applied, 'metadata'), resourceVersion: version } };
}

function checkConfiguration(context: KubeRequest, config: JsonObject, name: string): void {
  if (stringAt(config, 'apiVersion') === null) throw badRequest('Object \'apiVersion\' is missing in \''.concat(JSON.stringify(config), '\''));
  if (stringAt(config, 'kind') === null) throw badRequest('Object \'Kind\' is missing in \''.concat(JSON.stringify(config), '\''));
  if (objectAt(config, 'metadata')['managedFields'] !== undefined) throw badRequest('metadata.managedFields must be nil');
  checkIdentity(context, { ...config, metadata: { ...objectAt(config, 'metadata'), name: stringAt(objectAt(config, 'metadata'), 'name') ?? name } }, name);
}

function checkOptions({ query }: KubeRequest, type: PatchType): void {
  const refuse = (field: string, reason: 'FieldValueRequired' | 'FieldValueForbidden', message: string): KubeRefusal =>
    new KubeRefusal(422, 'Invalid', `PatchOptions.meta.k8s.io "" is invalid: ${field}: ${message}`, { group: 'meta.k8s.io', kind: 'PatchOptions', causes: [{ reason, message, field }] });
  if (type === 'apply' && (query.get('fieldManager') ?? '') === '') throw refuse('fieldManager', 'FieldValueRequired', 'Required value: is required for apply patch');
  if (type !== 'apply' && query.has('force')) throw refuse('force', 'FieldValueForbidden', 'Forbidden: may not be specified for non-apply patch');
}
