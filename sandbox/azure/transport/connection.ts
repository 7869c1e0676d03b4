import { Buffer } from 'node:buffer';
import { isLifeOver, type BusyTracker } from '../../clock/index.ts';
import { ConnectionFault, type FaceRequest, type FaceResponse } from '../face.ts';
import type { Waits } from './waits.ts';

/** How long Linux tries to connect before it gives up: 6 retries of a SYN, 127 s. */
const connectGivesUpMs = 127_000;

/** What a client sends, before a transport gave it a shape of its own. */
export interface Outgoing {
  readonly method: string;
  readonly url: string;
  /** Lower-case names; the connection's own from here on, which adds what a client's library would. */
  readonly headers: Record<string, string>;
  readonly body: Uint8Array | null;
  readonly signal: AbortSignal;
}

/** A connection that did not come about or broke off, named as Node names it. */
export interface ConnectionFailure {
  readonly kind: 'failed';
  readonly code: 'ECONNREFUSED' | 'ETIMEDOUT' | 'ECONNRESET' | 'ENOTFOUND';
  readonly message: string;
}

export type ConnectionOutcome = { readonly kind: 'answered'; readonly response: FaceResponse } | { readonly kind: 'aborted' } | ConnectionFailure;

export interface ConnectionDeps {
  /** Null: nobody has this host. Throws ConnectionFault for what a network would do. */
  readonly handle: (request: FaceRequest) => FaceResponse | Promise<FaceResponse> | null;
  readonly tracker: BusyTracker;
  readonly waits: Waits;
}

/** One request over a connection that is not there: same bytes, no socket. Never throws for what a network can do. */
export async function connect(deps: ConnectionDeps, outgoing: Outgoing): Promise<ConnectionOutcome> {
  if (isLifeOver()) return { kind: 'failed', code: 'ECONNRESET', message: 'socket hang up' };
  const url = parsedUrl(outgoing.url);
  const end = deps.tracker.begin();
  try {
    const { headers, body, signal } = outgoing;
    headers['host'] ??= url.host;
    if (body !== null) headers['content-length'] ??= String(body.byteLength);
    const answer = deps.handle({ method: outgoing.method.toUpperCase(), url, headers, body, signal });
    if (answer === null) return { kind: 'failed', code: 'ENOTFOUND', message: `getaddrinfo ENOTFOUND ${url.hostname}` };
    // most faces answer at once: nothing to wait for, nothing to break off
    const response = answer instanceof Promise ? await raceAbort(answer, signal) : signal.aborted ? null : answer;
    return response === null ? { kind: 'aborted' } : { kind: 'answered', response };
  } catch (error) {
    if (!(error instanceof ConnectionFault)) throw error;
    return await playFault(deps, error, url, outgoing.signal);
  } finally {
    end();
  }
}

const urls = new Map<string, URL>();
const urlsKept = 1000;

/** Clients ask for the same addresses again and again, and no face changes the URL that it is asked for. */
function parsedUrl(text: string): URL {
  const known = urls.get(text);
  if (known !== undefined) return known;
  const url = new URL(text);
  if (urls.size >= urlsKept) urls.clear();
  urls.set(text, url);
  return url;
}

async function playFault(deps: ConnectionDeps, error: ConnectionFault, url: URL, signal: AbortSignal): Promise<ConnectionOutcome> {
  const address = `${url.hostname}:${url.port === '' ? '443' : url.port}`;
  switch (error.fault) {
    case 'refused':
      return { kind: 'failed', code: 'ECONNREFUSED', message: `connect ECONNREFUSED ${address}` };
    case 'reset':
      return { kind: 'failed', code: 'ECONNRESET', message: 'read ECONNRESET' };
    case 'timeout':
      await deps.waits.pass(connectGivesUpMs, signal);
      return signal.aborted ? { kind: 'aborted' } : { kind: 'failed', code: 'ETIMEDOUT', message: `connect ETIMEDOUT ${address}` };
  }
}

function raceAbort(answer: Promise<FaceResponse>, signal: AbortSignal): Promise<FaceResponse | null> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      resolve(null);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    const heard = (): void => {
      signal.removeEventListener('abort', onAbort);
    };
    answer.then(
      (response) => {
        heard();
        resolve(response);
      },
      (error: unknown) => {
        heard();
        reject(error);
      },
    );
  });
}

/** A complete body as bytes; a stream is read to its end. */
export async function bytesOf(body: FaceResponse['body']): Promise<Buffer> {
  if (body === null) return Buffer.alloc(0);
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const chunks: string[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.from(chunks.join(''), 'utf8');
}

export const isStream = (body: FaceResponse['body']): body is AsyncIterable<string> => body !== null && typeof body !== 'string' && !(body instanceof Uint8Array);
