import { Buffer } from 'node:buffer';
import { Readable } from 'node:stream';
import { createHttpHeaders, RestError, type HttpClient, type PipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';
import type { WorldClock } from '../../world/types.ts';
import type { FaceResponse } from '../face.ts';
import { bytesOf, connect, isStream, type ConnectionDeps } from './connection.ts';

/** What the SDKs' pipeline knows an aborted request by: its name. */
class AbortError extends Error {
  override readonly name = 'AbortError';
}

/**
 * The SDKs' own pipeline on an in-memory transport: what `@azure/core-rest-pipeline` would send over TLS goes to the
 * faces as the same bytes. A request's `timeout` counts in the world's time; connection faults become the RestErrors
 * that Node's sockets would give.
 */
export function createHttpClient(deps: ConnectionDeps, clock: WorldClock): HttpClient {
  return {
    sendRequest: async (request) => {
      if (request.abortSignal?.aborted === true) throw new AbortError('The operation was aborted. Request has already been canceled.');
      const abort = new AbortController();
      const onAbort = (): void => {
        abort.abort();
      };
      request.abortSignal?.addEventListener('abort', onAbort);
      const cancelTimeout = request.timeout > 0 ? clock.setTimer(clock.now() + request.timeout, onAbort) : () => {};
      try {
        const body = await bodyBytes(request);
        const outcome = await connect(deps, { method: request.method, url: request.url, headers: request.headers.toJSON(), body, signal: abort.signal });
        switch (outcome.kind) {
          case 'aborted':
            throw new AbortError('The operation was aborted. Rejecting from abort signal callback while making request.');
          case 'failed':
            throw new RestError(outcome.message, { code: outcome.code, request });
          case 'answered':
            return await toPipelineResponse(request, outcome.response);
        }
      } finally {
        cancelTimeout();
        request.abortSignal?.removeEventListener('abort', onAbort);
      }
    },
  };
}

async function toPipelineResponse(request: PipelineRequest, answer: FaceResponse): Promise<PipelineResponse> {
  const response: PipelineResponse = { status: answer.status, headers: createHttpHeaders({ ...answer.headers }), request };
  if (request.method === 'HEAD') return response;
  const streamed = request.streamResponseStatusCodes?.has(Number.POSITIVE_INFINITY) === true || request.streamResponseStatusCodes?.has(answer.status) === true;
  if (streamed) response.readableStreamBody = isStream(answer.body) ? Readable.from(answer.body) : Readable.from([await bytesOf(answer.body)]);
  else response.bodyAsText = typeof answer.body === 'string' ? answer.body : (await bytesOf(answer.body)).toString('utf8');
  return response;
}

async function bodyBytes(request: PipelineRequest): Promise<Uint8Array | null> {
  const body: unknown = typeof request.body === 'function' ? request.body() : request.body;
  if (body === undefined || body === null) return null;
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof ArrayBuffer) return Buffer.from(body);
  if (body instanceof Blob) return Buffer.from(await body.arrayBuffer());
  if (body instanceof Readable) {
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  }
  throw new RestError('Unrecognized body type', { request });
}
