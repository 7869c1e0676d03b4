import type { FaceResponse } from '../face.ts';
import { isDryRun, readOptions } from './body.ts';
import { requireFollowed } from './controllers.ts';
import { objectAt, stringAt } from './json.ts';
import { kubeKinds } from './kinds.ts';
import type { KubeKind } from './kinds.ts';
import type { KubeRequest } from './kubeRequest.ts';
import { schemaObject } from './schemaObject.ts';
import { notFound, notServed, staleVersion } from './status.ts';
import { jsonResponse } from './wire.ts';

/** DELETE of one object, with the preconditions of DeleteOptions. What follows from it is physics. */
export function deleteObject(context: KubeRequest, name: string): FaceResponse {
  const { kind, namespace, store, now } = context;
  const options = readOptions(context);
  const found = store.get(kind.kind, namespace, name);
  if (found === null) throw notFound(kind, name);
  requireFollowed(context, 'deletion');
  const { uid, resourceVersion } = found.metadata;
  const wanted = objectAt(options, 'preconditions');
  const [wantedUid, wantedVersion] = [stringAt(wanted, 'uid'), stringAt(wanted, 'resourceVersion')];
  if (wantedUid !== null && wantedUid !== uid) throw preconditionFailed(kind, name, 'UID', wantedUid, uid);
  if (wantedVersion !== null && wantedVersion !== resourceVersion) throw preconditionFailed(kind, name, 'ResourceVersion', wantedVersion, resourceVersion);
  // Emptying a namespace first is a controller's work, which nobody does here.
  if (kind.kind === 'Namespace' && holdsObjects(store, name)) throw notServed(`the deletion of a namespace that holds objects (${name})`);
  if (!isDryRun(context, options)) store.remove(kind.kind, namespace, name);
  if (kind.kind === 'Pod' || kind.kind === 'Namespace') {
    const object = schemaObject(found);
    return jsonResponse(200, JSON.stringify({ ...object, metadata: { ...objectAt(object, 'metadata'), deletionTimestamp: `${new Date(now).toISOString().slice(0, 19)}Z`, deletionGracePeriodSeconds: 0 } }));
  }
  const details = { name, ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.plural, uid };
  return jsonResponse(200, JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details }));
}

/** The API server speaks of the kind here, not of the resource. */
function preconditionFailed(kind: KubeKind, name: string, what: 'UID' | 'ResourceVersion', wanted: string, found: string): Error {
  return staleVersion({ ...kind, plural: kind.kind }, name, `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found}). The object might have been deleted and then recreated`);
}

const holdsObjects = (store: KubeRequest['store'], namespace: string): boolean => kubeKinds.some(({ scope, kind }) => scope === 'Namespaced' && store.list(kind, namespace).length > 0);
