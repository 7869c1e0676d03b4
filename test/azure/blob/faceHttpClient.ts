import { Readable } from 'node:stream';
import { createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import type { HttpClient, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { toHttpHeadersLike } from '@azure/core-http-compat';
import type { StoragePipelineOptions } from '@azure/storage-blob';
import type { Face, FaceResponse } from '../../../sandbox/azure/face.ts';

/** The SDK's own pipeline over a face, without a socket. */
export const faceHttpClient = (face: Face): HttpClient => ({
  async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    const response = await face({
      method: request.method,
      url: new URL(request.url),
      headers: Object.fromEntries([...request.headers].map(([name, value]) => [name.toLowerCase(), value])),
      body: await bytesOf(request.body),
      signal: request.abortSignal instanceof AbortSignal ? request.abortSignal : null,
    });
    const bytes = await bodyBytes(response);
    const common = { request, status: response.status, headers: createHttpHeaders(response.headers) };
    const streamed = request.streamResponseStatusCodes?.has(response.status) === true || request.streamResponseStatusCodes?.has(Number.POSITIVE_INFINITY) === true;
    return streamed ? { ...common, readableStreamBody: Readable.from([bytes]) } : { ...common, bodyAsText: bytes.toString('utf8') };
  },
});

/** @azure/storage-blob takes a client of the older shape. */
export const storageHttpClient = (client: HttpClient): NonNullable<StoragePipelineOptions['httpClient']> => ({
  async sendRequest(older) {
    const request = createPipelineRequest({ url: older.url, method: older.method, headers: createHttpHeaders(older.headers.toJson({ preserveCase: true })) });
    request.body = older.body;
    if (older.streamResponseStatusCodes !== undefined) request.streamResponseStatusCodes = older.streamResponseStatusCodes;
    const response = await client.sendRequest(request);
    return { ...response, request: older, headers: toHttpHeadersLike(response.headers) };
  },
});

export async function bodyBytes(response: FaceResponse): Promise<Buffer> {
  const { body } = response;
  if (body === null) return Buffer.alloc(0);
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
  const parts: string[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.from(parts.join(''));
}

async function bytesOf(body: unknown): Promise<Uint8Array | null> {
  if (body === undefined || body === null) return null;
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  if (typeof body === 'function') return bytesOf(body());
  if (body instanceof Readable) return Buffer.concat(await body.toArray());
  throw new Error(`a body of an unexpected kind: ${typeof body}`);
}

export const fixedToken = (token: string) => ({ getToken: async () => ({ token, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) });
