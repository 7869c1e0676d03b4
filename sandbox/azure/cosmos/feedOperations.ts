import type { FaceResponse } from '../face.ts';
import { dataActions } from './dataActions.ts';
import { header, isTrue, readJson, respond } from './cosmosRequest.ts';
import type { CosmosRequest } from './cosmosRequest.ts';
import { documentText, isDocument } from './document.ts';
import { badRequest, CosmosRefusal, notServed } from './errors.ts';
import { runQuery } from './query/evaluate.ts';
import { parseQuery } from './query/parse.ts';
import { needsClientMerge, queryPlan } from './query/plan.ts';

const feedPage = 100;
const queryPage = 1000;

/** POST docs with x-ms-documentdb-isquery, and the query plan request that precedes it. */
export function queryItems(context: CosmosRequest): FaceResponse {
  context.require(dataActions.executeQuery);
  const { text, parameters } = readQuery(context);
  const query = parseQuery(text);
  if (isTrue(header(context, 'x-ms-cosmos-is-query-plan-request'))) return respond(context, { status: 200, body: JSON.stringify(queryPlan(query, text, parameters)), charge: 1 });
  const oneRange = header(context, 'x-ms-documentdb-partitionkeyrangeid') !== null;
  if (context.partition === null && !oneRange) {
    if (!isTrue(header(context, 'x-ms-documentdb-query-enablecrosspartition'))) throw badRequest('Message: {"Errors":["Cross partition query is required but disabled. Please set x-ms-documentdb-query-enablecrosspartition to true, specify x-ms-documentdb-partitionkey, or revise your query to avoid this exception."]}');
    if (needsClientMerge(query)) throw clientMustMerge(JSON.stringify(queryPlan(query, text, parameters)));
  }
  const documents = context.container.list(context.partition, context.nowSeconds).map(({ document }) => document);
  return respondPage(context, runQuery(query, documents, parameters), queryPage, 2.8);
}

/** The gateway's "first chance" refusal: the SDK takes it as the order to plan the query and to merge by itself. */
const clientMustMerge = (plan: string): CosmosRefusal =>
  new CosmosRefusal(
    400,
    'BadRequest',
    'The provided cross partition query can not be directly served by the gateway. This is a first chance (internal) exception that all newer clients will know how to handle gracefully. This exception is traced, but unless you see it bubble up as an exception (which only happens on older SDK clients), then you can safely ignore this message.',
    { substatus: 1004, extra: { additionalErrorInfo: plan } },
  );

/** GET docs: every item, or the change feed where A-IM asks for it. */
export function readFeed(context: CosmosRequest): FaceResponse {
  const mode = header(context, 'a-im');
  if (mode === null) {
    context.require(dataActions.executeQuery);
    return respondPage(context, context.container.list(context.partition, context.nowSeconds).map(({ document }) => document), feedPage, 2);
  }
  if (mode !== 'Incremental Feed' && mode !== 'Incremental feed') throw notServed(`the change feed mode ${mode}`);
  return readChanges(context);
}

/** Latest version of what changed after the etag given; 304 where nothing did. "*" is from now on. */
function readChanges(context: CosmosRequest): FaceResponse {
  context.require(dataActions.readChangeFeed);
  const { container, nowSeconds, partition } = context;
  const since = header(context, 'if-none-match');
  const after = since === '*' ? container.lsn : since === null ? 0 : Number(since.replaceAll('"', ''));
  if (!Number.isInteger(after)) throw badRequest('Message: {"Errors":["Invalid If-None-Match header for a change feed."]}');
  const startTime = since === null ? Date.parse(header(context, 'if-modified-since') ?? '') : Number.NaN;
  const from = Number.isNaN(startTime) ? 0 : Math.floor(startTime / 1000);
  const changed = container.list(partition, nowSeconds).filter((item) => item.lsn > after && item.writtenAt >= from).toSorted((a, b) => a.lsn - b.lsn);
  const page = changed.slice(0, pageSize(context, feedPage));
  const last = page.at(-1);
  const etag = `"${last === undefined ? (since === null ? container.lsn : after) : last.lsn}"`;
  if (last === undefined) return respond(context, { status: 304, body: null, charge: 1, headers: { etag } });
  const texts = page.map((item) => `${documentText(item.document).slice(0, -1)},"_lsn":${item.lsn}}`);
  return respond(context, { status: 200, body: feedBody(context, texts), charge: 2, headers: { etag, 'x-ms-item-count': String(page.length) } });
}

function readQuery(context: CosmosRequest): { readonly text: string; readonly parameters: ReadonlyMap<string, unknown> } {
  const body = readJson(context.request);
  if (!isDocument(body) || typeof body['query'] !== 'string') throw badRequest('Message: {"Errors":["The query body has no text."]}');
  const given: unknown = body['parameters'] ?? [];
  if (!Array.isArray(given)) throw badRequest('Message: {"Errors":["The parameters of a query are a list."]}');
  const parameters = new Map<string, unknown>();
  for (const one of given as readonly unknown[]) {
    if (!isDocument(one) || typeof one['name'] !== 'string') throw badRequest('Message: {"Errors":["A parameter of a query has a name."]}');
    parameters.set(one['name'], one['value']);
  }
  return { text: body['query'], parameters };
}

function pageSize(context: CosmosRequest, otherwise: number): number {
  const asked = Number(header(context, 'x-ms-max-item-count') ?? '-1');
  if (!Number.isInteger(asked) || asked === 0 || asked < -1) throw badRequest('Message: {"Errors":["The page size must be a positive integer or -1."]}');
  return asked === -1 ? otherwise : asked;
}

/** A page and, where there is more, an opaque token for the next one. */
function respondPage(context: CosmosRequest, results: readonly unknown[], otherwise: number, charge: number): FaceResponse {
  const size = pageSize(context, otherwise);
  const offset = parseContinuation(header(context, 'x-ms-continuation'));
  const page = results.slice(offset, offset + size);
  const more = offset + page.length < results.length;
  const headers = { 'x-ms-item-count': String(page.length), ...(more ? { 'x-ms-continuation': `+RID:~${context.container.rid}#RT:1#TRC:${offset + page.length}#FPC:1` } : {}) };
  return respond(context, { status: 200, body: feedBody(context, page.map(resultText)), charge: charge + page.length * 0.05, headers });
}

function parseContinuation(token: string | null): number {
  if (token === null || token === '') return 0;
  const match = /#TRC:(\d+)#/.exec(token);
  if (match === null) throw badRequest('Message: {"Errors":["Invalid Continuation Token"]}');
  return Number(match[1]);
}

const resultText = (result: unknown): string => (isDocument(result) ? documentText(result) : JSON.stringify(result));

const feedBody = (context: CosmosRequest, texts: readonly string[]): string => `{"_rid":${JSON.stringify(context.container.rid)},"Documents":[${texts.join(',')}],"_count":${texts.length}}`;
