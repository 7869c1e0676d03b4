import { isList, isObject, listAt, numberAt, objectAt, stringAt, without } from '../../sandbox/azure/kubernetes/json.ts';
import type { Json, JsonObject } from '../../sandbox/azure/kubernetes/json.ts';

/** An answer without what differs between any two runs: versions, uids, instants. */
export interface NormalAnswer {
  readonly status: number;
  readonly body: Json;
}

export function normalAnswer(status: number, text: string): NormalAnswer {
  const parsed = parse(text);
  return { status, body: isObject(parsed) ? normalBody(parsed) : text.trim() };
}

/** What is compared where the release makes the words differ: the status and, for a refusal, its reason and the fields at fault. */
export function coarseAnswer({ status, body }: NormalAnswer): NormalAnswer {
  if (!isObject(body) || body['kind'] !== 'Status') return { status, body: null };
  const causes = listAt(body, 'causes').map((cause) => (isObject(cause) ? `${stringAt(cause, 'reason')} ${stringAt(cause, 'field')}` : null));
  return { status, body: { reason: body['reason'] ?? null, causes } };
}

/**
 * Conflicts by manager and number: release 1.20 names a wrong neighbour where several deep fields of one manager conflict
 * (its iteration shares one path), so their paths and the message that lists them are left out.
 */
export function conflictAnswer(answer: NormalAnswer): NormalAnswer {
  const { status, body } = answer;
  if (status !== 409 || !isObject(body)) return answer;
  const causes = listAt(body, 'causes').map((cause) => (isObject(cause) ? `${stringAt(cause, 'reason')} ${stringAt(cause, 'message')}` : null));
  return { status, body: { reason: body['reason'] ?? null, causes: causes.toSorted((a, b) => (String(a) < String(b) ? -1 : 1)) } };
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function normalBody(body: JsonObject): JsonObject {
  if (body['kind'] === 'Status') return normalStatus(body);
  if (isList(body['items'])) {
    const metadata = objectAt(body, 'metadata');
    return {
      kind: stringAt(body, 'kind'),
      apiVersion: stringAt(body, 'apiVersion'),
      continues: stringAt(metadata, 'continue') !== null && stringAt(metadata, 'continue') !== '',
      remaining: numberAt(metadata, 'remainingItemCount'),
      items: listAt(body, 'items').map((item) => (isObject(item) ? stringAt(objectAt(item, 'metadata'), 'name') : null)),
    };
  }
  return normalObject(body);
}

function normalStatus(body: JsonObject): JsonObject {
  const details = objectAt(body, 'details');
  const causes = listAt(details, 'causes').map((cause) => (isObject(cause) ? cause : {}));
  return {
    kind: 'Status',
    code: body['code'] ?? null,
    reason: body['reason'] ?? null,
    message: maskText(stringAt(body, 'message') ?? ''),
    details: without(details, 'causes', 'uid'),
    // The real server lists the causes of several managers in no fixed order.
    causes: causes.map((cause) => ({ reason: cause['reason'] ?? null, field: cause['field'] ?? null, message: maskText(stringAt(cause, 'message') ?? '') })).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  };
}

const maskText = (text: string): string => text.replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID').replace(/ at \d{4}-[0-9TZ:-]+/g, '');

function normalObject(body: JsonObject): JsonObject {
  const metadata = objectAt(body, 'metadata');
  const managers = listAt(metadata, 'managedFields').map((entry) => (isObject(entry) ? sorted(without(entry, 'time')) : entry));
  return sorted({
    kind: body['kind'],
    apiVersion: body['apiVersion'],
    metadata: {
      ...without(metadata, 'uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'selfLink', 'deletionTimestamp', 'deletionGracePeriodSeconds'),
      managedFields: managers.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    },
    spec: body['spec'],
    ...(body['kind'] === 'Scale' ? { status: body['status'] } : {}),
  });
}

function sorted<T extends Json>(value: T): T;
function sorted(value: Json): Json {
  if (isList(value)) return value.map((item) => sorted(item));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).flatMap(([key, item]) => (item === undefined || item === null ? [] : [[key, sorted(item)] as const]));
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
