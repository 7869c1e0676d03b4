import type { FaultBoard } from '../../world/types.ts';
import type { Face, FaceRequest, FaceResponse } from '../face.ts';
import { playServiceDown } from '../transport/serviceDown.ts';
import { runBatch } from './batch.ts';
import { commonHeaders, header, isTrue, parsePartitionKey, refuse, respond } from './cosmosRequest.ts';
import type { CosmosRequest } from './cosmosRequest.ts';
import { createCosmosStore } from './cosmosStore.ts';
import type { CosmosStore } from './cosmosStore.ts';
import { dataActions } from './dataActions.ts';
import { badRequest, CosmosRefusal, forbidden, methodNotAllowed, notFound, notServed, throttled, unauthorized } from './errors.ts';
import { queryItems, readFeed } from './feedOperations.ts';
import { createItem, deleteItem, patchItem, readItem, replaceItem } from './itemOperations.ts';
import { accountBody, containerBody, databaseBody, partitionRangesBody, partitionRangesEtag } from './metadata.ts';

export { openChangeJournal } from './changeJournal.ts';
export type { ChangeJournal } from './changeJournal.ts';
export { compactCosmosChanges, createCosmosStore, spillwayContainers } from './cosmosStore.ts';
export type { ContainerDefinition, CosmosChange, CosmosStore } from './cosmosStore.ts';
export { dataActions } from './dataActions.ts';
export type { CosmosDataAction } from './dataActions.ts';

/** What a caller wants to do: one of Cosmos DB's data actions, and where. `container` null: the account or a database. */
export interface CosmosAccess {
  readonly action: string;
  readonly database: string | null;
  readonly container: string | null;
}

export type CosmosTokenCheck = (token: string, access: CosmosAccess) => { readonly kind: 'ok' } | { readonly kind: 'refused'; readonly status: 401 | 403 };

export interface CosmosFaceOptions {
  readonly clock: { now(): number };
  readonly checkToken: CosmosTokenCheck;
  /** `cosmosDown` refuses or answers 503; `cosmosThrottled` answers 429 to the fraction `severity` of data requests (all without one). */
  readonly faults: Pick<FaultBoard, 'active'>;
  readonly store?: CosmosStore;
  /** Regions of the account, the write region first. */
  readonly regions?: readonly string[];
}

/** Cosmos DB for NoSQL, as @azure/cosmos speaks to its gateway. Local keys are off: tokens only. */
export function createCosmosFace(options: CosmosFaceOptions): Face {
  const store = options.store ?? createCosmosStore();
  const throttle = createThrottle(options);
  let requests = 0;
  return (request) => {
    const down = playServiceDown(options.faults.active('cosmosDown'));
    const now = options.clock.now();
    const activityId = request.headers['x-ms-activity-id'] ?? `c05305db-0000-4000-8000-${(++requests).toString(16).padStart(12, '0')}`;
    try {
      if (down !== null) throw new CosmosRefusal(down.status, 'ServiceUnavailable', 'Message: {"Errors":["The service is currently unavailable. Please retry after a short period."]}');
      return serve({ request, store, options, throttle, now, activityId });
    } catch (error) {
      if (error instanceof CosmosRefusal) return refuse(error, activityId, now);
      throw error;
    }
  };
}

interface Serving {
  readonly request: FaceRequest;
  readonly store: CosmosStore;
  readonly options: CosmosFaceOptions;
  readonly throttle: () => void;
  readonly now: number;
  readonly activityId: string;
}

function serve(serving: Serving): FaceResponse {
  const { request, store, options, now, activityId } = serving;
  const token = tokenOf(request);
  const path = request.url.pathname.split('/').filter((part) => part !== '').map(decodePart);
  const [dbs, database, colls, name, below, id, ...rest] = path;
  const plain = (body: unknown): FaceResponse => ({ status: 200, headers: commonHeaders(activityId, now), body: JSON.stringify(body) });
  const require = (action: string): void => check(options, token, { action, database: database ?? null, container: name ?? null });
  if (dbs === undefined) {
    if (request.method !== 'GET') throw methodNotAllowed();
    require(dataActions.readMetadata);
    return plain(accountBody(`${request.url.origin}/`, options.regions ?? ['South Central US', 'North Central US']));
  }
  if (dbs !== 'dbs') throw notServed(`the resource ${dbs}`);
  if (database === undefined) throw request.method === 'POST' ? controlPlaneOnly('sqlDatabases/write', 'dbs') : notServed('the list of databases');
  if (colls === undefined) return serveDatabase(serving, database, require, plain);
  if (colls !== 'colls') throw notServed(`the resource ${colls}`);
  if (name === undefined) throw request.method === 'POST' ? controlPlaneOnly('sqlDatabases/containers/write', `dbs/${database}`) : notServed('the list of containers');
  const container = store.container(database, name);
  if (container === null) {
    require(dataActions.readMetadata);
    throw notFound(1003);
  }
  const partitionHeader = header({ request }, 'x-ms-documentdb-partitionkey');
  const context: CosmosRequest = { request, container, now, nowSeconds: Math.floor(now / 1000), activityId, partition: partitionHeader === null ? null : parsePartitionKey(partitionHeader), require };
  if (below === undefined) return serveContainer(context);
  if (below === 'pkranges') return servePartitionRanges(context);
  if (below !== 'docs' || rest.length > 0) throw notServed(`the resource ${below}`);
  serving.throttle();
  return id === undefined ? serveItems(context) : serveItem(context, id);
}

function serveDatabase({ store, request }: Serving, database: string, require: (action: string) => void, plain: (body: unknown) => FaceResponse): FaceResponse {
  if (request.method === 'DELETE') throw controlPlaneOnly('sqlDatabases/delete', `dbs/${database}`);
  if (request.method !== 'GET') throw methodNotAllowed();
  require(dataActions.readMetadata);
  const first = store.containers.find(({ definition }) => definition.database === database);
  if (first === undefined) throw notFound();
  return plain(databaseBody(database, first.databaseRid));
}

function serveContainer(context: CosmosRequest): FaceResponse {
  const { request: { method }, container } = context;
  const { database, name } = container.definition;
  if (method === 'PUT' || method === 'DELETE') throw controlPlaneOnly(`sqlDatabases/containers/${method === 'PUT' ? 'write' : 'delete'}`, `dbs/${database}/colls/${name}`);
  if (method !== 'GET') throw methodNotAllowed();
  context.require(dataActions.readMetadata);
  return respond(context, { status: 200, body: JSON.stringify(containerBody(container)), charge: 1 });
}

function servePartitionRanges(context: CosmosRequest): FaceResponse {
  if (context.request.method !== 'GET') throw methodNotAllowed();
  context.require(dataActions.readMetadata);
  const headers = { etag: partitionRangesEtag };
  if (header(context, 'if-none-match') === partitionRangesEtag) return respond(context, { status: 304, body: null, charge: 1, headers });
  return respond(context, { status: 200, body: JSON.stringify(partitionRangesBody(context.container)), charge: 1, headers });
}

function serveItems(context: CosmosRequest): FaceResponse {
  const { method } = context.request;
  if (method === 'GET') return readFeed(context);
  if (method !== 'POST') throw methodNotAllowed();
  if (isTrue(header(context, 'x-ms-cosmos-is-batch-request'))) return runBatch(context);
  if (isTrue(header(context, 'x-ms-documentdb-isquery')) || isTrue(header(context, 'x-ms-cosmos-is-query-plan-request'))) return queryItems(context);
  return createItem(context);
}

function serveItem(context: CosmosRequest, id: string): FaceResponse {
  switch (context.request.method) {
    case 'GET':
      return readItem(context, id);
    case 'PUT':
      return replaceItem(context, id);
    case 'DELETE':
      return deleteItem(context, id);
    case 'PATCH':
      return patchItem();
    default:
      throw methodNotAllowed();
  }
}

const controlPlaneOnly = (operation: string, resource: string): CosmosRefusal => forbidden(`Microsoft.DocumentDB/databaseAccounts/${operation}`, resource, 5300);

function check(options: CosmosFaceOptions, token: string, access: CosmosAccess): void {
  const answer = options.checkToken(token, access);
  if (answer.kind === 'ok') return;
  if (answer.status === 401) throw unauthorized('Message: {"Errors":["The input authorization token can\'t serve the request. The token is invalid, expired or of another audience."]}');
  const resource = access.container === null ? '/' : `dbs/${access.database ?? ''}/colls/${access.container}`;
  throw forbidden(access.action, resource, 0);
}

const tokens = new Map<string, string>();
const tokensKept = 100;

/** A client sends the same header for an hour. */
function tokenOf(request: FaceRequest): string {
  const given = request.headers['authorization'];
  const known = given === undefined ? undefined : tokens.get(given);
  if (known !== undefined) return known;
  const token = readToken(given);
  if (tokens.size >= tokensKept) tokens.clear();
  if (given !== undefined) tokens.set(given, token);
  return token;
}

/** "type=aad&ver=1.0&sig=TOKEN", percent-encoded by some clients. */
function readToken(given: string | undefined): string {
  if (given === undefined) throw unauthorized('Message: {"Errors":["Required Header authorization is missing. Ensure a valid Authorization token is passed."]}');
  const text = decodePart(given);
  const token = /^type=aad&ver=1\.0&sig=(.+)$/.exec(text)?.[1];
  if (token !== undefined) return token;
  if (text.startsWith('type=master')) throw unauthorized('Message: {"Errors":["Local Authorization is disabled. Use an AAD token to authorize all requests."]}');
  throw unauthorized('Message: {"Errors":["The authorization header is not in a known format."]}');
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw badRequest('Message: {"Errors":["The request is not correctly percent-encoded."]}');
  }
}

/** Refuses every n-th request so that over time the fraction is `severity`; the same at every run. */
function createThrottle({ faults }: CosmosFaceOptions): () => void {
  let debt = 0;
  return () => {
    const fault = faults.active('cosmosThrottled');
    if (fault === null) return;
    debt += fault.severity ?? 1;
    if (debt < 1) return;
    debt -= 1;
    const asked = fault['retryAfterMs'];
    throw throttled(typeof asked === 'number' ? asked : 1000);
  };
}
