import type { FaceResponse } from '../face.ts';
import type { StoredItem } from './cosmosStore.ts';
import { header, isTrue, readDocument, respond } from './cosmosRequest.ts';
import type { CosmosRequest } from './cosmosRequest.ts';
import { documentText, partitionKeyOf } from './document.ts';
import type { Document } from './document.ts';
import { badRequest, notFound, notServed, preconditionFailed, tooLarge } from './errors.ts';
import { dataActions } from './dataActions.ts';

const itemLimitBytes = 2 * 1024 * 1024;

export function createItem(context: CosmosRequest): FaceResponse {
  const { request } = context;
  const upsert = isTrue(header(context, 'x-ms-documentdb-is-upsert'));
  context.require(upsert ? dataActions.upsert : dataActions.create);
  if ((request.body?.byteLength ?? 0) > itemLimitBytes) throw tooLarge();
  const document = readDocument(request);
  const outcome = upsert ? upsertDocument(context, document, header(context, 'if-match')) : { kind: 'created' as const, item: createDocument(context, document) };
  return respondItem(context, outcome.kind === 'created' ? 201 : 200, outcome.item, 7);
}

export function readItem(context: CosmosRequest, id: string): FaceResponse {
  context.require(dataActions.read);
  const found = context.container.read(partitionOf(context), id, context.nowSeconds);
  if (found === null) throw notFound();
  if (header(context, 'if-none-match') === found.etag) return respond(context, { status: 304, body: null, charge: 1, headers: { etag: found.etag } });
  return respondItem(context, 200, found, 1);
}

export function replaceItem(context: CosmosRequest, id: string): FaceResponse {
  context.require(dataActions.replace);
  if ((context.request.body?.byteLength ?? 0) > itemLimitBytes) throw tooLarge();
  const document = readDocument(context.request);
  return respondItem(context, 200, replaceDocument(context, id, document, header(context, 'if-match')), 10);
}

export function deleteItem(context: CosmosRequest, id: string): FaceResponse {
  context.require(dataActions.delete);
  context.container.remove(partitionOf(context), id, context.nowSeconds, header(context, 'if-match'));
  return respond(context, { status: 204, body: null, charge: 7 });
}

export function patchItem(): FaceResponse {
  throw notServed('partial document update (PATCH): read, change and replace under If-Match');
}

export function createDocument(context: CosmosRequest, document: Document): StoredItem {
  const { partition, id } = identify(context, document);
  return context.container.create(document, partition, id, context.nowSeconds);
}

export function upsertDocument(context: CosmosRequest, document: Document, ifMatch: string | null): { readonly kind: 'created' | 'replaced'; readonly item: StoredItem } {
  const { partition, id } = identify(context, document);
  const { container, nowSeconds } = context;
  if (container.read(partition, id, nowSeconds) !== null) return { kind: 'replaced', item: container.replace(document, partition, id, nowSeconds, ifMatch) };
  if (ifMatch !== null) throw preconditionFailed();
  return { kind: 'created', item: container.create(document, partition, id, nowSeconds) };
}

export function replaceDocument(context: CosmosRequest, id: string, document: Document, ifMatch: string | null): StoredItem {
  const identity = identify(context, document);
  if (identity.id !== id) throw badRequest('Message: {"Errors":["Replacing the id of an item is not supported."]}');
  return context.container.replace(document, identity.partition, id, context.nowSeconds, ifMatch);
}

/** Point operations name their partition in a header. */
export function partitionOf({ partition }: CosmosRequest): string {
  if (partition === null) throw badRequest('Message: {"Errors":["PartitionKey value must be supplied for this operation."]}', 1001);
  return partition;
}

function identify(context: CosmosRequest, document: Document): { readonly partition: string; readonly id: string } {
  const { id } = document;
  if (typeof id !== 'string' || id === '') throw badRequest('Message: {"Errors":["The input content is invalid because the required properties - \'id; \' - are missing"]}');
  if (id.length > 1023 || /[/\\?#]/.test(id)) throw badRequest(`Message: {"Errors":["Id contains illegal chars or is too long: ${id.slice(0, 100).replaceAll('"', '\'')}"]}`);
  const ttl = document['ttl'];
  if (ttl !== undefined && ttl !== null && (typeof ttl !== 'number' || !Number.isInteger(ttl) || ttl === 0 || ttl < -1)) throw badRequest('Message: {"Errors":["The input ttl is invalid. Ensure to provide a nonzero positive integer or -1."]}');
  const partition = partitionOf(context);
  if (partitionKeyOf(document, context.container.definition.partitionKeyPath) !== partition) {
    throw badRequest('Message: {"Errors":["PartitionKey extracted from document doesn\'t match the one specified in the header. Learn more: https://aka.ms/CosmosDB/sql/errors/wrong-pk-value"]}', 1001);
  }
  return { partition, id };
}

function respondItem(context: CosmosRequest, status: number, item: StoredItem, charge: number): FaceResponse {
  const minimal = status !== 200 && header(context, 'prefer') === 'return=minimal';
  return respond(context, { status, body: minimal ? null : documentText(item.document), charge, headers: { etag: item.etag } });
}
