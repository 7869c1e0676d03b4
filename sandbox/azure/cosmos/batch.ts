import type { FaceResponse } from '../face.ts';
import { header, isTrue, readJson, respond } from './cosmosRequest.ts';
import type { CosmosRequest } from './cosmosRequest.ts';
import type { StoredItem } from './cosmosStore.ts';
import { dataActions } from './dataActions.ts';
import { isDocument } from './document.ts';
import type { Document } from './document.ts';
import { badRequest, CosmosRefusal, notFound, notServed, tooLarge } from './errors.ts';
import { createDocument, partitionOf, replaceDocument, upsertDocument } from './itemOperations.ts';

const operationLimit = 100;
const batchLimitBytes = 2 * 1024 * 1024;

interface OperationAnswer {
  readonly statusCode: number;
  readonly subStatusCode?: number;
  readonly requestCharge: number;
  readonly eTag?: string;
  readonly resourceBody?: Document;
}

/** A transactional batch: all operations of one partition happen, or none; the failing one tells why and the others answer 424. */
export function runBatch(context: CosmosRequest): FaceResponse {
  if (!isTrue(header(context, 'x-ms-cosmos-batch-atomic'))) throw notServed('bulk requests that are not atomic');
  if ((context.request.body?.byteLength ?? 0) > batchLimitBytes) throw tooLarge();
  const operations = readJson(context.request);
  if (!Array.isArray(operations) || operations.length === 0) throw badRequest('Message: {"Errors":["A batch holds at least one operation."]}');
  if (operations.length > operationLimit) throw badRequest(`Message: {"Errors":["Batch request has more operations than what is supported: ${operations.length} of ${operationLimit}."]}`);
  const partition = partitionOf(context);
  let reached = 0;
  try {
    const answers = context.container.atomically(partition, () =>
      (operations as readonly unknown[]).map((operation, index) => {
        reached = index;
        return runOperation(context, operation);
      }),
    );
    return respond(context, { status: 200, body: JSON.stringify(answers), charge: answers.length * 7 });
  } catch (error) {
    if (!(error instanceof CosmosRefusal)) throw error;
    const failed = operations.map((_one, index): OperationAnswer => (index === reached ? { statusCode: error.status, subStatusCode: error.substatus, requestCharge: 0 } : { statusCode: 424, requestCharge: 0 }));
    return respond(context, { status: 207, body: JSON.stringify(failed), charge: 1 });
  }
}

function runOperation(context: CosmosRequest, operation: unknown): OperationAnswer {
  if (!isDocument(operation)) throw badRequest('Message: {"Errors":["An operation of a batch is an object."]}');
  const { operationType, id, resourceBody, ifMatch } = operation;
  const name = typeof id === 'string' ? id : '';
  const match = typeof ifMatch === 'string' ? ifMatch : null;
  const body = (): Document => {
    if (!isDocument(resourceBody)) throw badRequest('Message: {"Errors":["An operation of a batch lacks its resource body."]}');
    return resourceBody;
  };
  switch (operationType) {
    case 'Create':
      context.require(dataActions.create);
      return written(201, createDocument(context, body()));
    case 'Upsert': {
      context.require(dataActions.upsert);
      const outcome = upsertDocument(context, body(), match);
      return written(outcome.kind === 'created' ? 201 : 200, outcome.item);
    }
    case 'Replace':
      context.require(dataActions.replace);
      return written(200, replaceDocument(context, name, body(), match));
    case 'Read': {
      context.require(dataActions.read);
      const found = context.container.read(partitionOf(context), name, context.nowSeconds);
      if (found === null) throw notFound();
      return written(200, found);
    }
    case 'Delete':
      context.require(dataActions.delete);
      context.container.remove(partitionOf(context), name, context.nowSeconds, match);
      return { statusCode: 204, requestCharge: 7 };
    default:
      throw notServed(`the batch operation ${typeof operationType === 'string' ? operationType : 'without a type'}`);
  }
}

const written = (statusCode: number, item: StoredItem): OperationAnswer => ({ statusCode, requestCharge: 7, eTag: item.etag, resourceBody: item.document });
