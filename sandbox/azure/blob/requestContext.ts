import { httpDate } from '../answers.ts';
import type { FaceRequest, FaceResponse } from '../face.ts';
import type { BlobError } from './errors.ts';
import { document, element } from './xml.ts';
import type { BlobStore } from './blobStore.ts';

/** What one request is about, taken apart once. `container` or `blob` null: the level above it is meant. */
export interface BlobRequest {
  readonly request: FaceRequest;
  readonly store: BlobStore;
  readonly now: number;
  readonly requestId: string;
  readonly account: string;
  readonly container: string | null;
  readonly blob: string | null;
  readonly query: URLSearchParams;
  readonly newGuid: () => string;
}

export const header = (context: BlobRequest, name: string): string | null => context.request.headers[name] ?? null;

export function answer(context: BlobRequest, status: number, headers: Readonly<Record<string, string>>, body: string | Uint8Array | null = null): FaceResponse {
  return { status, headers: { ...commonHeaders(context), ...headers }, body };
}

export function answerError(context: BlobRequest, error: BlobError): FaceResponse {
  const at = new Date(context.now).toISOString().replace('Z', '0000Z');
  const details = Object.entries(error.details ?? {}).map(([name, value]) => element(name, value)).join('');
  const message = element('Message', `${error.message}\nRequestId:${context.requestId}\nTime:${at}`);
  const body = document(`<Error>${element('Code', error.code)}${message}${details}</Error>`);
  const headers = { 'x-ms-error-code': error.code };
  // A HEAD answer has no body: the code travels in the header alone.
  if (context.request.method === 'HEAD') return answer(context, error.status, headers);
  return answer(context, error.status, { ...headers, 'content-type': 'application/xml' }, body);
}

function commonHeaders(context: BlobRequest): Record<string, string> {
  const clientRequestId = context.request.headers['x-ms-client-request-id'];
  return {
    server: 'Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0',
    'x-ms-request-id': context.requestId,
    'x-ms-version': context.request.headers['x-ms-version'] ?? '2024-11-04',
    date: httpDate(context.now),
    ...(clientRequestId === undefined ? {} : { 'x-ms-client-request-id': clientRequestId }),
  };
}
