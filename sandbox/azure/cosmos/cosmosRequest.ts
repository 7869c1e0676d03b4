import { httpDate } from '../answers.ts';
import type { FaceRequest, FaceResponse } from '../face.ts';
import type { ContainerState } from './cosmosStore.ts';
import { isDocument } from './document.ts';
import type { Document } from './document.ts';
import { badRequest } from './errors.ts';
import type { CosmosRefusal } from './errors.ts';

/** One request to a container, its path and headers taken apart. */
export interface CosmosRequest {
  readonly request: FaceRequest;
  readonly container: ContainerState;
  readonly now: number;
  readonly nowSeconds: number;
  readonly activityId: string;
  /** JSON of the partition key's value; null where the request is about all partitions. */
  readonly partition: string | null;
  /** Throws 403 when the caller may not do this in this container. */
  readonly require: (action: string) => void;
}

export const header = ({ request }: { readonly request: FaceRequest }, name: string): string | null => request.headers[name] ?? null;

export const isTrue = (value: string | null): boolean => value !== null && value.toLowerCase() === 'true';

export function readJson(request: FaceRequest): unknown {
  try {
    return JSON.parse(Buffer.from(request.body ?? new Uint8Array()).toString('utf8'));
  } catch {
    throw badRequest('Message: {"Errors":["The input content is invalid because it is not valid JSON."]}');
  }
}

export function readDocument(request: FaceRequest): Document {
  const value = readJson(request);
  if (!isDocument(value)) throw badRequest('Message: {"Errors":["The input content is invalid because the required properties - \'id; \' - are missing"]}');
  return value;
}

/** `["run1"]`, or `[{}]` for items without a key: the JSON of the one value. */
export function parsePartitionKey(text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest('Message: {"Errors":["The partition key supplied in x-ms-partitionkey header could not be deserialized."]}');
  }
  if (!Array.isArray(value)) throw badRequest('Message: {"Errors":["The partition key supplied in x-ms-partitionkey header could not be deserialized."]}');
  if (value.length !== 1) throw badRequest('Message: {"Errors":["The partition key supplied in x-ms-partitionkey header has fewer components than defined in the the collection."]}', 1001);
  const [key] = value as readonly unknown[];
  if (isDocument(key) ? Object.keys(key).length > 0 : Array.isArray(key)) throw badRequest('Message: {"Errors":["Partition key provided is not a scalar."]}');
  return JSON.stringify(key);
}

export interface Answer {
  readonly status: number;
  readonly body: string | null;
  readonly charge: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The headers that every answer of a container carries; the session token is what a client shows at its next read. */
export function respond(context: Pick<CosmosRequest, 'container' | 'activityId' | 'now'>, { status, body, charge, headers = {} }: Answer): FaceResponse {
  const { container } = context;
  const { database, name } = container.definition;
  return {
    status,
    headers: {
      ...commonHeaders(context.activityId, context.now),
      'x-ms-request-charge': String(charge),
      'x-ms-session-token': `0:-1#${container.lsn}`,
      'x-ms-alt-content-path': `dbs/${database}/colls/${name}`,
      'x-ms-content-path': container.rid,
      lsn: String(container.lsn),
      ...headers,
    },
    body,
  };
}

export const commonHeaders = (activityId: string, now: number): Record<string, string> => ({
  'content-type': 'application/json',
  'x-ms-activity-id': activityId,
  'x-ms-gatewayversion': '2.0.0',
  'x-ms-serviceversion': 'version=2.14.0.0',
  'x-ms-request-charge': '1',
  date: httpDate(now),
});

export function refuse(refusal: CosmosRefusal, activityId: string, now: number): FaceResponse {
  const message = `${refusal.message}\r\nActivityId: ${activityId}, Microsoft.Azure.Documents.Common/2.14.0`;
  return {
    status: refusal.status,
    headers: { ...commonHeaders(activityId, now), ...(refusal.substatus === 0 ? {} : { 'x-ms-substatus': String(refusal.substatus) }), ...refusal.headers },
    body: JSON.stringify({ code: refusal.code, message, ...refusal.extra }),
  };
}
