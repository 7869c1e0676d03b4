import { Buffer } from 'node:buffer';
import https from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BusyTracker } from '../clock/index.ts';
import type { ServerCertificates } from './certificates.ts';
import { ConnectionFault, type FaceRequest, type FaceResponse } from './face.ts';
import { isStream } from './transport/connection.ts';

/** One TLS port on loopback that gives everything it hears to `handle`. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly certificates: ServerCertificates;
  /** 0: any free one. */
  readonly port: number;
  readonly handle: (request: FaceRequest) => Promise<FaceResponse>;
  readonly tracker: BusyTracker;
}

/** Larger than any body that a face takes. */
const bodyLimitBytes = 16 * 1024 * 1024;

export async function listenTls(options: ListenerOptions): Promise<Listener> {
  const server = https.createServer({ key: options.certificates.privateKeyPem, cert: options.certificates.certificatePem }, (incoming, outgoing) => {
    answer(options, incoming, outgoing).catch(() => {
      outgoing.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP listener has a port');
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function answer(options: ListenerOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const gone = new AbortController();
  outgoing.on('close', () => {
    if (!outgoing.writableFinished) gone.abort();
  });
  const body = await readBody(incoming);
  if (body === 'tooLarge') {
    outgoing.writeHead(413, { connection: 'close' }).end();
    return;
  }
  const url = absoluteUrl(incoming);
  if (url === null) {
    outgoing.writeHead(400, { connection: 'close' }).end();
    return;
  }
  try {
    const response = await options.handle({ method: incoming.method ?? 'GET', url, headers: flatHeaders(incoming), body, signal: gone.signal });
    await send(response, incoming, outgoing, gone.signal);
  } catch (error) {
    if (!(error instanceof ConnectionFault)) throw error;
    if (error.fault === 'timeout') waitForever(options.tracker, outgoing);
    else outgoing.destroy();
  }
}

/** The connection stands and nothing comes; time is not held by it. */
function waitForever(tracker: BusyTracker, outgoing: ServerResponse): void {
  const unpark = tracker.park();
  outgoing.on('close', unpark);
}

async function send(response: FaceResponse, incoming: IncomingMessage, outgoing: ServerResponse, gone: AbortSignal): Promise<void> {
  const { body } = response;
  if (isStream(body)) {
    outgoing.writeHead(response.status, { ...response.headers });
    outgoing.flushHeaders();
    for await (const chunk of body) {
      if (gone.aborted) return;
      outgoing.write(chunk);
    }
    outgoing.end();
    return;
  }
  const bytes = body === null ? null : Buffer.from(body);
  const headers: Record<string, string> = { ...response.headers };
  if (incoming.method !== 'HEAD' && response.status !== 204 && response.status !== 304) headers['content-length'] = String(bytes?.byteLength ?? 0);
  outgoing.writeHead(response.status, headers);
  if (bytes === null || incoming.method === 'HEAD') outgoing.end();
  else outgoing.end(bytes);
}

async function readBody(incoming: IncomingMessage): Promise<Uint8Array | null | 'tooLarge'> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    if (size > bodyLimitBytes) return 'tooLarge';
    chunks.push(bytes);
  }
  return size === 0 ? null : Buffer.concat(chunks);
}

function absoluteUrl(incoming: IncomingMessage): URL | null {
  const host = incoming.headers.host ?? 'localhost';
  const target = incoming.url ?? '/';
  try {
    return new URL(target.startsWith('/') ? `https://${host}${target}` : target);
  } catch {
    return null;
  }
}

function flatHeaders(incoming: IncomingMessage): Readonly<Record<string, string>> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) if (value !== undefined) flat[name] = Array.isArray(value) ? value.join(', ') : value;
  return flat;
}
