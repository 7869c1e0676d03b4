import type { FaceResponse } from '../face.ts';
import type { JsonObject } from './json.ts';
import { qualifiedKind, qualifiedResource } from './kinds.ts';
import type { KubeKind } from './kinds.ts';

/** A refusal as the API server words it: a Status object. Thrown inside the face, answered at its edge. */
export class KubeRefusal extends Error {
  override readonly name = 'KubeRefusal';
  readonly code: number;
  readonly reason: string;
  readonly details: JsonObject | null;
  constructor(code: number, reason: string, message: string, details: JsonObject | null = {}) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

export interface Cause {
  readonly reason: 'FieldValueInvalid' | 'FieldValueRequired' | 'FieldValueNotSupported' | 'FieldValueForbidden' | 'FieldValueDuplicate' | 'FieldValueTypeInvalid' | 'FieldManagerConflict';
  readonly message: string;
  readonly field: string;
}

export const statusResponse = (refusal: KubeRefusal): FaceResponse => ({
  status: refusal.code,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-cache, private' },
  body: JSON.stringify(statusObject(refusal)),
});

export const statusObject = (refusal: KubeRefusal): JsonObject => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: refusal.message,
  reason: refusal.reason,
  ...(refusal.details === null ? {} : { details: refusal.details }),
  code: refusal.code,
});

const named = (kind: KubeKind, name: string, resource: string): JsonObject => ({ ...(name === '' ? {} : { name }), ...(kind.group === '' ? {} : { group: kind.group }), kind: resource });

export const notFound = (kind: KubeKind, name: string): KubeRefusal => new KubeRefusal(404, 'NotFound', `${qualifiedResource(kind)} "${name}" not found`, named(kind, name, kind.plural));

export const noSuchResource = (): KubeRefusal => new KubeRefusal(404, 'NotFound', 'the server could not find the requested resource');

export const alreadyExists = (kind: KubeKind, name: string): KubeRefusal => new KubeRefusal(409, 'AlreadyExists', `${qualifiedResource(kind)} "${name}" already exists`, named(kind, name, kind.plural));

export const staleVersion = (kind: KubeKind, name: string, why = 'the object has been modified; please apply your changes to the latest version and try again'): KubeRefusal =>
  new KubeRefusal(409, 'Conflict', `Operation cannot be fulfilled on ${qualifiedResource(kind)} "${name}": ${why}`, named(kind, name, kind.plural));

export const methodNotAllowed = (): KubeRefusal => new KubeRefusal(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource');

export const badRequest = (message: string): KubeRefusal => new KubeRefusal(400, 'BadRequest', message, null);

export const unauthorized = (): KubeRefusal => new KubeRefusal(401, 'Unauthorized', 'Unauthorized', null);

export const unsupportedMediaType = (allowed: string): KubeRefusal =>
  new KubeRefusal(415, 'UnsupportedMediaType', `the body of the request was in an unknown format - accepted media types include: ${allowed}`);

export const notServed = (what: string): KubeRefusal => new KubeRefusal(501, 'NotImplemented', `the sandbox does not serve ${what}`);

export const gone = (asked: string, oldest: string): KubeRefusal => new KubeRefusal(410, 'Expired', `too old resource version: ${asked} (${oldest})`, null);

export const expiredContinue = (): KubeRefusal =>
  new KubeRefusal(410, 'Expired', 'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.', null);

export function invalid(kind: KubeKind, name: string, causes: readonly Cause[]): KubeRefusal {
  const lines = causes.map(({ field, message }) => `${field}: ${message}`);
  const text = lines.length === 1 ? (lines[0] ?? '') : `[${lines.join(', ')}]`;
  return new KubeRefusal(422, 'Invalid', `${qualifiedKind(kind)} "${name}" is invalid: ${text}`, {
    ...named(kind, name, kind.kind),
    causes: causes.map(({ reason, message, field }) => ({ reason, message, field })),
  });
}

/** A patch whose result is not of the kind's type. */
export function invalidPatch(result: string, why: string): KubeRefusal {
  const message = `Invalid value: ${JSON.stringify(result)}: ${why}`;
  return new KubeRefusal(422, 'Invalid', ` "" is invalid: patch: ${message}`, { causes: [{ reason: 'FieldValueInvalid', message, field: 'patch' }] });
}

export function forbidden(user: string, verb: string, kind: KubeKind, resource: string, namespace: string | null, name: string | null): KubeRefusal {
  const subject = `${qualifiedResource(kind)}${name === null ? '' : ` "${name}"`}`;
  const where = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return new KubeRefusal(403, 'Forbidden', `${subject} is forbidden: User "${user}" cannot ${verb} resource "${resource}" in API group "${kind.group}" ${where}`, named(kind, name ?? '', kind.plural));
}
