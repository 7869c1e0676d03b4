import { Buffer } from 'node:buffer';
import { bytesOf, connect, isStream, type ConnectionDeps } from './connection.ts';

export interface FetchInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>> | Headers;
  readonly body?: string | Uint8Array | null;
  readonly signal?: AbortSignal | null;
}

/**
 * What `fetch` is to a socket: for clients that take a fetch function, and for the HttpLibrary of @kubernetes/client-node
 * (wrap it: `send: (context) => from(fetchLike(context.getUrl(), ...))`). Fails as Node's fetch does: a TypeError whose
 * cause carries the code.
 */
export type FetchLike = (input: string | URL, init?: FetchInit) => Promise<Response>;

const bodyless: ReadonlySet<number> = new Set([204, 205, 304]);

export function createFetchLike(deps: ConnectionDeps): FetchLike {
  return async (input, init = {}) => {
    const signal = init.signal ?? new AbortController().signal;
    const abortReason = (): unknown => signal.reason ?? new DOMException('This operation was aborted', 'AbortError');
    if (signal.aborted) throw abortReason();
    const headers = init.headers instanceof Headers ? Object.fromEntries(init.headers.entries()) : Object.fromEntries(Object.entries(init.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
    const body = init.body === undefined || init.body === null ? null : Buffer.from(init.body);
    const outcome = await connect(deps, { method: init.method ?? 'GET', url: String(input), headers, body, signal });
    switch (outcome.kind) {
      case 'aborted':
        throw abortReason();
      case 'failed':
        throw new TypeError('fetch failed', { cause: Object.assign(new Error(outcome.message), { code: outcome.code }) });
      case 'answered': {
        const { response } = outcome;
        const withBody = !bodyless.has(response.status) && init.method !== 'HEAD';
        const content = withBody ? (isStream(response.body) ? ReadableStream.from(encoded(response.body)) : new Uint8Array(await bytesOf(response.body))) : null;
        return new Response(content, { status: response.status, headers: { ...response.headers } });
      }
    }
  };
}

async function* encoded(chunks: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) yield Buffer.from(chunk, 'utf8');
}
