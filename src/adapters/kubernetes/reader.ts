import { ApiException } from '@kubernetes/client-node';
import { createPipelineRequest } from '@azure/core-rest-pipeline';
import { joinedReads } from '../http/joinedReads.ts';
import type { KubernetesTransport } from './httpLibrary.ts';

/** An object as the API server sends it: the library's own types, with instants as the text that they are on the wire. */
export type Wire<T> = T extends Date ? string : T extends readonly (infer Item)[] ? readonly Wire<Item>[] : T extends object ? { readonly [K in keyof T]: Wire<T[K]> } : T;

export interface Selection {
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/**
 * Reads over the library's transport, token, retries and CA, and takes the JSON as it comes. The library's typed clients make
 * an object of every field of every pod, which costs more than all else that a look at a cluster does (ADR 0504).
 */
export interface KubernetesReader {
  /** Throws `ApiException` for any status but 2xx. */
  get<T>(path: string): Promise<Wire<T>>;
  /** Every page of a list; asked for by several at the same time, it is read once. */
  list<T>(path: string, selection?: Selection): Promise<readonly Wire<T>[]>;
}

/** Pages of 500, as kubectl asks for: an unpaged list of a large cluster is one answer of many megabytes. */
const pageSize = 500;

interface Page {
  readonly items: readonly unknown[];
  readonly metadata?: { readonly continue?: string };
}

export function kubernetesReader({ pipeline, client, tlsSettings }: KubernetesTransport, server: string): KubernetesReader {
  const base = server.replace(/\/$/, '');
  const joined = joinedReads<readonly unknown[]>();

  async function read(path: string): Promise<unknown> {
    const request = createPipelineRequest({ url: `${base}${path}` });
    request.headers.set('accept', 'application/json');
    if (tlsSettings !== undefined) request.tlsSettings = tlsSettings;
    const { status, headers, bodyAsText } = await pipeline.sendRequest(client, request);
    if (status < 200 || status > 299) throw new ApiException(status, `GET ${path}`, bodyAsText ?? '', headers.toJSON());
    return JSON.parse(bodyAsText ?? '');
  }

  return {
    get: async <T>(path: string) => (await read(path)) as Wire<T>, // the caller names the kind that lies under the path
    async list<T>(path: string, selection: Selection = {}) {
      const query = new URLSearchParams({ limit: String(pageSize), ...selection }).toString();
      return (await joined(`${path}?${query}`, () => readPages(path, query))) as readonly Wire<T>[]; // the caller names the kind that lies under the path
    },
  };

  async function readPages(path: string, query: string): Promise<readonly unknown[]> {
    const all: unknown[] = [];
    let token = '';
    do {
      const page = (await read(`${path}?${query}${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`)) as Page; // every list of the API has this shape
      for (const item of page.items) all.push(item);
      token = page.metadata?.continue ?? '';
    } while (token !== '');
    return all;
  }
}
