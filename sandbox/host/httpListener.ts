import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HostRequest, HostResponse } from './functions/httpTriggers.ts';

export interface HttpListener {
  readonly origin: string;
  /** Ends every connection. */
  close(): Promise<void>;
}

export type RequestHandler = (request: HostRequest) => Promise<HostResponse>;

/** Serves `handle` on loopback. Rejects when the port is taken. */
export async function listen(port: number, handle: RequestHandler): Promise<HttpListener> {
  const server = createServer((request, response) => {
    void serve(request, response, handle);
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  // a server that listens on TCP has an address of this form
  const address = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function serve(request: IncomingMessage, response: ServerResponse, handle: RequestHandler): Promise<void> {
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]));
    const url = `http://${headers['host'] ?? '127.0.0.1'}${request.url ?? '/'}`;
    const answer = await handle({ method: request.method ?? 'GET', url, headers, body: Buffer.concat(chunks) });
    response.statusCode = answer.status;
    for (const [name, value] of answer.headers) response.appendHeader(name, value);
    response.end(answer.body);
  } catch (error) {
    if (!response.headersSent) response.statusCode = error instanceof TypeError || error instanceof URIError ? 400 : 500;
    response.end();
  }
}
