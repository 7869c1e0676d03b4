import type { KubeObject } from '../../world/types.ts';
import type { FaceResponse } from '../face.ts';
import { readObject, readPatch } from './body.ts';
import { numberAt, objectAt, stringAt, without } from './json.ts';
import type { JsonObject } from './json.ts';
import type { KubeRequest } from './kubeRequest.ts';
import { patched, patchType } from './patch.ts';
import { openStruct } from './schema.ts';
import { schemaObject } from './schemaObject.ts';
import { badRequest, invalidPatch, KubeRefusal, methodNotAllowed, notFound, notServed, staleVersion } from './status.ts';
import { jsonResponse } from './wire.ts';
import { storeUpdate, writerOf } from './write.ts';

/** The scale subresource of deployments and replica sets, as autoscaling/v1 Scale. */
export function serveScale(context: KubeRequest, name: string): FaceResponse {
  const { kind, namespace, store, request: { method } } = context;
  const found = store.get(kind.kind, namespace, name);
  if (found === null) throw notFound({ ...kind, plural: `${kind.plural}/scale` }, name);
  const current = scaleOf(found);
  switch (method) {
    case 'GET':
      return jsonResponse(200, JSON.stringify(current));
    case 'PUT':
      return storeScale(context, found, readObject(context));
    case 'PATCH': {
      const type = patchType(context);
      if (type === 'apply') throw notServed('server-side apply on the scale subresource');
      return storeScale(context, found, patched(type, openStruct({}), current, readPatch(context)));
    }
    default:
      throw methodNotAllowed();
  }
}

const wrongReplicas = 'json: cannot unmarshal into Go struct field ScaleSpec.spec.replicas of type int32';

function storeScale(context: KubeRequest, found: KubeObject, scale: JsonObject): FaceResponse {
  const { kind } = context;
  const [metadata, name] = [objectAt(scale, 'metadata'), found.metadata.name];
  const sentName = stringAt(metadata, 'name') ?? '';
  if (sentName !== '' && sentName !== name) throw badRequest(`the name of the object (${sentName}) does not match the name on the URL (${name})`);
  const version = stringAt(metadata, 'resourceVersion') ?? '';
  if (version !== '' && version !== found.metadata.resourceVersion) throw staleVersion(kind, name);
  const asked = objectAt(scale, 'spec')['replicas'];
  if (asked !== undefined && asked !== null && !Number.isInteger(asked)) throw context.request.method === 'PATCH' ? invalidPatch(JSON.stringify(scale), wrongReplicas) : badRequest(`Scale in version "v1" cannot be handled as a Scale: ${wrongReplicas}`);
  const replicas = numberAt(objectAt(scale, 'spec'), 'replicas') ?? 0;
  if (replicas < 0) {
    const message = `Invalid value: ${replicas}: must be greater than or equal to 0`;
    throw new KubeRefusal(422, 'Invalid', `Scale.autoscaling "${name}" is invalid: spec.replicas: ${message}`, { name, group: 'autoscaling', kind: 'Scale', causes: [{ reason: 'FieldValueInvalid', message, field: 'spec.replicas' }] });
  }
  const live = schemaObject(found);
  const next = { ...live, metadata: without(objectAt(live, 'metadata'), 'managedFields'), spec: { ...objectAt(live, 'spec'), replicas } };
  const response = storeUpdate(context, found, next, writerOf(context));
  const stored = context.query.get('dryRun') === 'All' ? null : context.store.get(kind.kind, context.namespace, name);
  return stored === null ? jsonResponse(200, JSON.stringify({ ...scaleOf(found), spec: { replicas } })) : { ...response, body: JSON.stringify(scaleOf(stored)) };
}

function scaleOf(object: KubeObject): JsonObject {
  const json = schemaObject(object);
  const { name, namespace, uid, resourceVersion } = object.metadata;
  const labels = Object.entries(objectAt(objectAt(objectAt(json, 'spec'), 'selector'), 'matchLabels'));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp: stringAt(objectAt(json, 'metadata'), 'creationTimestamp') },
    spec: { replicas: numberAt(objectAt(json, 'spec'), 'replicas') ?? 0 },
    status: { replicas: numberAt(objectAt(json, 'status'), 'replicas') ?? 0, selector: labels.map(([key, value]) => `${key}=${typeof value === 'string' ? value : ''}`).join(',') },
  };
}
