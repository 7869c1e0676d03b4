import { httpDate } from '../answers.ts';
import type { FaceResponse } from '../face.ts';
import { leaseHeaders, metadataOf, versionHeaders } from './blobOperations.ts';
import type { StoredBlob } from './blobStore.ts';
import { blobErrors, invalidQueryParameter, invalidResourceName } from './errors.ts';
import { noLease } from './lease.ts';
import { answer, answerError } from './requestContext.ts';
import type { BlobRequest } from './requestContext.ts';
import { document, element, escapeXml } from './xml.ts';

const containerName = /^(\$root|\$logs|[a-z0-9](?:[a-z0-9]|-(?!-)){1,61}[a-z0-9])$/;

export function createContainer(context: BlobRequest, container: string): FaceResponse {
  const { store, account, now } = context;
  if (!containerName.test(container)) return answerError(context, invalidResourceName);
  if (store.container(account, container) !== null) return answerError(context, blobErrors.containerAlreadyExists);
  const stored = store.putContainer(account, container, { metadata: metadataOf(context) ?? {}, modifiedAt: now });
  return answer(context, 201, versionHeaders(stored));
}

export function readContainer(context: BlobRequest, container: string): FaceResponse {
  const found = context.store.container(context.account, container);
  if (found === null) return answerError(context, blobErrors.containerNotFound);
  const metadata = Object.fromEntries(Object.entries(found.metadata).map(([name, value]) => [`x-ms-meta-${name}`, value]));
  return answer(context, 200, {
    ...versionHeaders(found),
    ...leaseHeaders(noLease, context.now),
    'x-ms-has-immutability-policy': 'false',
    'x-ms-has-legal-hold': 'false',
    'x-ms-default-encryption-scope': '$account-encryption-key',
    'x-ms-deny-encryption-scope-override': 'false',
    ...metadata,
  });
}

export function deleteContainer(context: BlobRequest, container: string): FaceResponse {
  if (context.store.container(context.account, container) === null) return answerError(context, blobErrors.containerNotFound);
  context.store.removeContainer(context.account, container);
  return answer(context, 202, {});
}

/** GET {container}?restype=container&comp=list: by name, prefixes folded where a delimiter is given. */
export function listBlobs(context: BlobRequest, container: string): FaceResponse {
  const { store, account, query, request, now } = context;
  if (store.container(account, container) === null) return answerError(context, blobErrors.containerNotFound);
  const page = pageOf(query);
  if (page === null) return answerError(context, invalidQueryParameter('maxresults', query.get('maxresults') ?? '', 'not a number from 1 to 5000'));
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const withMetadata = (query.get('include') ?? '').split(',').includes('metadata');
  const rows = rowsOf(store.blobs(account, container), prefix, delimiter).filter((row) => row.name >= page.marker);
  const shown = rows.slice(0, page.size);
  const next = rows[page.size]?.name ?? '';
  const items = shown.map((row) => (row.blob === null ? `<BlobPrefix>${element('Name', row.name)}</BlobPrefix>` : blobXml(row.name, row.blob, withMetadata ? metadataXml(row.blob.metadata) : '', now)));
  const asked = ['prefix', 'marker', 'maxresults', 'delimiter'].map((name) => optional(elementNames[name] ?? name, query.get(name))).join('');
  const endpoint = `${request.url.origin}/${account}/`;
  const body = document(`<EnumerationResults ServiceEndpoint="${escapeXml(endpoint)}" ContainerName="${escapeXml(container)}">${asked}<Blobs>${items.join('')}</Blobs>${element('NextMarker', next)}</EnumerationResults>`);
  return answer(context, 200, { 'content-type': 'application/xml' }, body);
}

/** GET {account}/?comp=list. */
export function listContainers(context: BlobRequest): FaceResponse {
  const { store, account, query, request } = context;
  const page = pageOf(query);
  if (page === null) return answerError(context, invalidQueryParameter('maxresults', query.get('maxresults') ?? '', 'not a number from 1 to 5000'));
  const prefix = query.get('prefix') ?? '';
  const rows = [...store.containers(account)].filter(([name]) => name.startsWith(prefix) && name >= page.marker).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const items = rows.slice(0, page.size).map(([name, found]) => `<Container>${element('Name', name)}<Properties>${element('Last-Modified', httpDate(found.modifiedAt))}${element('Etag', found.etag)}<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState></Properties></Container>`);
  const next = rows[page.size]?.[0] ?? '';
  const body = document(`<EnumerationResults ServiceEndpoint="${escapeXml(`${request.url.origin}/${account}/`)}"><Containers>${items.join('')}</Containers>${element('NextMarker', next)}</EnumerationResults>`);
  return answer(context, 200, { 'content-type': 'application/xml' }, body);
}

const elementNames: Readonly<Record<string, string>> = { prefix: 'Prefix', marker: 'Marker', maxresults: 'MaxResults', delimiter: 'Delimiter' };

const optional = (name: string, value: string | null): string => (value === null ? '' : element(name, value));

function pageOf(query: URLSearchParams): { readonly size: number; readonly marker: string } | null {
  const asked = query.get('maxresults');
  const size = asked === null ? 5000 : Number(asked);
  if (!Number.isInteger(size) || size < 1 || size > 5000) return null;
  return { size, marker: query.get('marker') ?? '' };
}

interface Row {
  readonly name: string;
  readonly blob: StoredBlob | null;
}

function rowsOf(blobs: ReadonlyMap<string, StoredBlob>, prefix: string, delimiter: string): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const [name, blob] of blobs) {
    if (!name.startsWith(prefix)) continue;
    const cut = delimiter === '' ? -1 : name.indexOf(delimiter, prefix.length);
    const shown = cut < 0 ? name : name.slice(0, cut + delimiter.length);
    rows.set(shown, cut < 0 ? { name, blob } : { name: shown, blob: null });
  }
  return [...rows.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const metadataXml = (metadata: Readonly<Record<string, string>>): string => `<Metadata>${Object.entries(metadata).map(([name, value]) => element(name, value)).join('')}</Metadata>`;

function blobXml(name: string, blob: StoredBlob, metadata: string, now: number): string {
  const lease = leaseHeaders(blob.lease, now);
  const properties = [
    element('Creation-Time', httpDate(blob.createdAt)),
    element('Last-Modified', httpDate(blob.modifiedAt)),
    element('Etag', blob.etag.replaceAll('"', '')),
    element('Content-Length', String(blob.content.byteLength)),
    element('Content-Type', blob.contentType),
    element('Content-MD5', blob.contentMd5),
    '<BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred>',
    element('LeaseStatus', lease['x-ms-lease-status'] ?? 'unlocked'),
    element('LeaseState', lease['x-ms-lease-state'] ?? 'available'),
    optional('LeaseDuration', lease['x-ms-lease-duration'] ?? null),
    '<ServerEncrypted>true</ServerEncrypted>',
  ];
  return `<Blob>${element('Name', name)}<Properties>${properties.join('')}</Properties>${metadata}</Blob>`;
}
