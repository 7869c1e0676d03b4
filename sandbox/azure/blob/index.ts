import type { FaultBoard } from '../../world/types.ts';
import type { Face, FaceRequest, FaceResponse } from '../face.ts';
import { playServiceDown } from '../transport/serviceDown.ts';
import { deleteBlob, putBlob, readBlob, setMetadata } from './blobOperations.ts';
import { createBlobStore } from './blobStore.ts';
import type { BlobStore } from './blobStore.ts';
import { createContainer, deleteContainer, listBlobs, listContainers, readContainer } from './containerOperations.ts';
import { blobErrors, invalidUri, notImplemented, unsupportedVerb } from './errors.ts';
import type { BlobError } from './errors.ts';
import { leaseBlob } from './leaseOperations.ts';
import { answerError, header } from './requestContext.ts';
import type { BlobRequest } from './requestContext.ts';

export { compactBlobChanges, createBlobStore } from './blobStore.ts';
export type { BlobChange, BlobStore, StoredBlob } from './blobStore.ts';

/** What a caller wants to do, for the role table: `Storage Blob Data Reader` allows read and list. */
export interface BlobAccess {
  readonly account: string;
  readonly container: string | null;
  readonly action: 'read' | 'list' | 'write' | 'delete' | 'createContainer' | 'deleteContainer';
}

export type BlobTokenCheck = (token: string, access: BlobAccess) => { readonly kind: 'ok' } | { readonly kind: 'refused'; readonly status: 401 | 403 };

export interface BlobFaceOptions {
  readonly clock: { now(): number };
  readonly checkToken: BlobTokenCheck;
  readonly store?: BlobStore;
  /** `blobDown` answers 503, or breaks the connection where the fault's `how` says so. */
  readonly faults?: Pick<FaultBoard, 'active'>;
}

/** Blob service of any number of accounts, path-style: /{account}/{container}/{blob}. */
export function createBlobFace(options: BlobFaceOptions): Face {
  const store = options.store ?? createBlobStore();
  let requests = 0;
  const nextId = (): string => (++requests).toString(16).padStart(12, '0');
  return (request) => {
    const down = playServiceDown(options.faults?.active('blobDown') ?? null);
    const context = contextOf(request, store, options.clock.now(), nextId);
    if (down !== null) return answerError(context, { ...blobErrors.serverBusy, status: down.status });
    const refused = authenticate(context, options.checkToken);
    return refused ?? dispatch(context);
  };
}

function contextOf(request: FaceRequest, store: BlobStore, now: number, nextId: () => string): BlobRequest {
  const [account = '', container = null, ...rest] = request.url.pathname.slice(1).split('/').map(decodePart);
  const id = nextId();
  return {
    request,
    store,
    now,
    requestId: `5b0b1ade-401e-0011-22f8-${id}`,
    account,
    container: container === '' ? null : container,
    blob: rest.length === 0 || rest.join('/') === '' ? null : rest.join('/'),
    query: request.url.searchParams,
    newGuid: () => `1ea5e000-0000-4000-8000-${id}`,
  };
}

/** A path that is no valid percent-encoding is taken as it stands. */
function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function authenticate(context: BlobRequest, checkToken: BlobTokenCheck): FaceResponse | null {
  const given = header(context, 'authorization');
  const challenge = (error: BlobError): FaceResponse => {
    const refused = answerError(context, error);
    return { ...refused, headers: { ...refused.headers, 'www-authenticate': 'Bearer authorization_uri=https://login.sandbox.test/common/oauth2/authorize resource_id=https://storage.azure.com' } };
  };
  if (given === null) return challenge(blobErrors.noAuthenticationInformation);
  const token = /^Bearer (.+)$/i.exec(given)?.[1];
  if (token === undefined) return challenge(blobErrors.invalidAuthenticationInfo);
  const answer = checkToken(token, { account: context.account, container: context.container, action: actionOf(context) });
  if (answer.kind === 'ok') return null;
  return answer.status === 401 ? challenge(blobErrors.invalidAuthenticationInfo) : answerError(context, blobErrors.authorizationPermissionMismatch);
}

function actionOf({ request: { method }, query, blob }: BlobRequest): BlobAccess['action'] {
  if (method === 'GET' || method === 'HEAD') return query.get('comp') === 'list' ? 'list' : 'read';
  if (blob === null) return method === 'DELETE' ? 'deleteContainer' : 'createContainer';
  return method === 'DELETE' ? 'delete' : 'write';
}

function dispatch(context: BlobRequest): FaceResponse {
  const { container, blob, query, request, store, account } = context;
  const comp = query.get('comp');
  const method = request.method;
  if (container === null) {
    if (account !== '' && method === 'GET' && comp === 'list') return listContainers(context);
    return answerError(context, comp === null ? invalidUri : notImplemented(`account operation comp=${comp}`));
  }
  if (blob === null) return dispatchContainer(context, container);
  if (query.has('snapshot') || query.has('versionid')) return answerError(context, notImplemented('snapshots and versions'));
  if (store.container(account, container) === null) return answerError(context, blobErrors.containerNotFound);
  const target = { container, blob };
  if (comp === 'lease' && method === 'PUT') return leaseBlob(context, target);
  if (comp === 'metadata') {
    if (method === 'PUT') return setMetadata(context, target);
    if (method === 'GET' || method === 'HEAD') return withoutContent(readBlob(context, target));
  }
  if (comp !== null) return answerError(context, notImplemented(`blob operation ${method} comp=${comp}`));
  if (method === 'PUT') return putBlob(context, target);
  if (method === 'GET' || method === 'HEAD') return readBlob(context, target);
  if (method === 'DELETE') return deleteBlob(context, target);
  return answerError(context, unsupportedVerb);
}

function dispatchContainer(context: BlobRequest, container: string): FaceResponse {
  const { query, request: { method } } = context;
  const comp = query.get('comp');
  if (query.get('restype') !== 'container') return answerError(context, notImplemented(`blob ${container} in the root container`));
  if (comp === 'list' && method === 'GET') return listBlobs(context, container);
  if (comp !== null && comp !== 'metadata') return answerError(context, notImplemented(`container operation ${method} comp=${comp}`));
  if (method === 'GET' || method === 'HEAD') return readContainer(context, container);
  if (comp === 'metadata') return answerError(context, notImplemented('Set Container Metadata'));
  if (method === 'PUT') return createContainer(context, container);
  if (method === 'DELETE') return deleteContainer(context, container);
  return answerError(context, unsupportedVerb);
}

/** Get Blob Metadata answers with headers alone; a refusal keeps its body. */
const withoutContent = (response: FaceResponse): FaceResponse => (response.status < 300 ? { ...response, body: null } : response);
