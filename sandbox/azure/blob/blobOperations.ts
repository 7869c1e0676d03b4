import { createHash } from 'node:crypto';
import { httpDate } from '../answers.ts';
import type { FaceResponse } from '../face.ts';
import type { StoredBlob } from './blobStore.ts';
import { checkReadConditions, checkWriteConditions } from './conditions.ts';
import { blobErrors, invalidHeader, missingHeader, notImplemented } from './errors.ts';
import { afterWrite, checkLeaseForRead, checkLeaseForWrite, leaseStateAt, isLocked, noLease } from './lease.ts';
import type { Lease } from './lease.ts';
import { answer, answerError, header } from './requestContext.ts';
import type { BlobRequest } from './requestContext.ts';

/** Everything that is done to one blob but leases. Block blobs only: that is what the product writes. */
interface Target {
  readonly container: string;
  readonly blob: string;
}

export function putBlob(context: BlobRequest, { container, blob }: Target): FaceResponse {
  const { store, account, now, request } = context;
  const type = header(context, 'x-ms-blob-type');
  if (type === null) return answerError(context, missingHeader('x-ms-blob-type'));
  if (type === 'AppendBlob' || type === 'PageBlob') return answerError(context, notImplemented(type));
  if (type !== 'BlockBlob') return answerError(context, invalidHeader('x-ms-blob-type', type));
  if (header(context, 'x-ms-copy-source') !== null) return answerError(context, notImplemented('Put Blob From URL'));
  const found = store.blob(account, container, blob);
  const refused = refuseWrite(context, found);
  if (refused !== null) return refused;
  const metadata = metadataOf(context);
  if (metadata === null) return answerError(context, invalidMetadata);
  const content = request.body ?? new Uint8Array();
  const contentMd5 = createHash('md5').update(content).digest('base64');
  const sentMd5 = header(context, 'content-md5');
  if (sentMd5 !== null && sentMd5 !== contentMd5) return answerError(context, blobErrors.md5Mismatch);
  const stored = store.putBlob(account, container, blob, {
    content,
    contentType: header(context, 'x-ms-blob-content-type') ?? header(context, 'content-type') ?? 'application/octet-stream',
    contentEncoding: header(context, 'x-ms-blob-content-encoding'),
    contentMd5,
    metadata,
    createdAt: found?.createdAt ?? now,
    modifiedAt: now,
    lease: afterWrite(found?.lease ?? noLease, now),
  });
  return answer(context, 201, { ...versionHeaders(stored), 'content-md5': contentMd5, 'x-ms-request-server-encrypted': 'true' });
}

export function setMetadata(context: BlobRequest, { container, blob }: Target): FaceResponse {
  const { store, account, now } = context;
  const found = store.blob(account, container, blob);
  if (found === null) return answerError(context, blobErrors.blobNotFound);
  const refused = refuseWrite(context, found);
  if (refused !== null) return refused;
  const metadata = metadataOf(context);
  if (metadata === null) return answerError(context, invalidMetadata);
  const stored = store.putBlob(account, container, blob, { ...found, metadata, modifiedAt: now, lease: afterWrite(found.lease, now) });
  return answer(context, 200, { ...versionHeaders(stored), 'x-ms-request-server-encrypted': 'true' });
}

export function deleteBlob(context: BlobRequest, { container, blob }: Target): FaceResponse {
  const { store, account } = context;
  const found = store.blob(account, container, blob);
  if (found === null) return answerError(context, blobErrors.blobNotFound);
  const refused = refuseWrite(context, found);
  if (refused !== null) return refused;
  store.removeBlob(account, container, blob);
  return answer(context, 202, { 'x-ms-delete-type-permanent': 'true' });
}

/** GET and HEAD; a GET may ask for a range. */
export function readBlob(context: BlobRequest, { container, blob }: Target): FaceResponse {
  const { store, account, now, request } = context;
  const found = store.blob(account, container, blob);
  if (found === null) return answerError(context, blobErrors.blobNotFound);
  const leaseError = checkLeaseForRead(found.lease, header(context, 'x-ms-lease-id'), now);
  if (leaseError !== null) return answerError(context, leaseError);
  const condition = checkReadConditions(request.headers, found);
  if (condition.kind === 'refused') return answerError(context, condition.error);
  if (condition.kind === 'notModified') return answer(context, 304, { ...versionHeaders(found), 'x-ms-error-code': 'ConditionNotMet' });
  const headers = { ...versionHeaders(found), ...propertyHeaders(found, now) };
  const size = found.content.byteLength;
  if (request.method === 'HEAD') return answer(context, 200, { ...headers, 'content-length': String(size), 'content-md5': found.contentMd5 });
  const asked = header(context, 'x-ms-range') ?? header(context, 'range');
  const range = asked === null ? null : parseRange(asked, size);
  if (range === 'invalid') return answerError(context, blobErrors.invalidRange);
  if (range === null) return answer(context, 200, { ...headers, 'content-length': String(size), 'content-md5': found.contentMd5 }, found.content);
  const part = found.content.subarray(range.from, range.to + 1);
  return answer(context, 206, {
    ...headers,
    'content-length': String(part.byteLength),
    'content-range': `bytes ${range.from}-${range.to}/${size}`,
    'x-ms-blob-content-md5': found.contentMd5,
  }, part);
}

export function leaseHeaders(lease: Lease, now: number): Record<string, string> {
  const state = leaseStateAt(lease, now);
  const duration = lease.kind === 'held' && state === 'leased' ? { 'x-ms-lease-duration': lease.expiresAt === null ? 'infinite' : 'fixed' } : {};
  return { 'x-ms-lease-status': isLocked(state) ? 'locked' : 'unlocked', 'x-ms-lease-state': state, ...duration };
}

export const versionHeaders = (found: { readonly etag: string; readonly modifiedAt: number }): Record<string, string> => ({ etag: found.etag, 'last-modified': httpDate(found.modifiedAt) });

function refuseWrite(context: BlobRequest, found: StoredBlob | null): FaceResponse | null {
  const leaseError = checkLeaseForWrite(found?.lease ?? noLease, header(context, 'x-ms-lease-id'), context.now);
  if (leaseError !== null) return answerError(context, leaseError);
  const condition = checkWriteConditions(context.request.headers, found);
  return condition.kind === 'refused' ? answerError(context, condition.error) : null;
}

function propertyHeaders(found: StoredBlob, now: number): Record<string, string> {
  const metadata = Object.fromEntries(Object.entries(found.metadata).map(([name, value]) => [`x-ms-meta-${name}`, value]));
  return {
    'content-type': found.contentType,
    ...(found.contentEncoding === null ? {} : { 'content-encoding': found.contentEncoding }),
    'accept-ranges': 'bytes',
    'x-ms-blob-type': 'BlockBlob',
    'x-ms-creation-time': httpDate(found.createdAt),
    'x-ms-server-encrypted': 'true',
    'x-ms-access-tier': 'Hot',
    'x-ms-access-tier-inferred': 'true',
    ...leaseHeaders(found.lease, now),
    ...metadata,
  };
}

const invalidMetadata = { status: 400, code: 'InvalidMetadata', message: 'The metadata specified is invalid. It has characters that are not permitted.' };

/** Names are C# identifiers; null where one is not. */
export function metadataOf(context: BlobRequest): Record<string, string> | null {
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(context.request.headers)) {
    if (!name.startsWith('x-ms-meta-')) continue;
    const key = name.slice('x-ms-meta-'.length);
    if (!/^[a-z_][a-z0-9_]*$/i.test(key)) return null;
    metadata[key] = value;
  }
  return metadata;
}

function parseRange(text: string, size: number): { readonly from: number; readonly to: number } | 'invalid' | null {
  const match = /^bytes=(\d+)-(\d*)$/.exec(text);
  if (match === null) return null;
  const from = Number(match[1]);
  const to = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return from >= size || to < from ? 'invalid' : { from, to };
}
