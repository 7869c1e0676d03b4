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

/** Characters of a page up to which it is kept for the next look: a larger one hardly ever stays as it is, and costs memory. */
const keptAtMost = 2_000_000;

interface Page {
  readonly items: readonly unknown[];
  readonly metadata?: { readonly continue?: string };
}

export function kubernetesReader({ pipeline, client, tlsSettings }: KubernetesTransport, server: string): KubernetesReader {
  const base = server.replace(/\/$/, '');
  const joined = joinedReads<readonly unknown[]>();
  const parsePage = pageParser();

  async function read(path: string): Promise<string> {
    const request = createPipelineRequest({ url: `${base}${path}` });
    request.headers.set('accept', 'application/json');
    if (tlsSettings !== undefined) request.tlsSettings = tlsSettings;
    const { status, headers, bodyAsText } = await pipeline.sendRequest(client, request);
    if (status < 200 || status > 299) throw new ApiException(status, `GET ${path}`, bodyAsText ?? '', headers.toJSON());
    return bodyAsText ?? '';
  }

  return {
    get: async <T>(path: string) => JSON.parse(await read(path)) as Wire<T>, // the caller names the kind that lies under the path
    async list<T>(path: string, selection: Selection = {}) {
      const query = new URLSearchParams({ limit: String(pageSize), ...selection }).toString();
      return (await joined(`${path}?${query}`, () => readPages(path, query))) as readonly Wire<T>[]; // the caller names the kind that lies under the path
    },
  };

  async function readPages(path: string, query: string): Promise<readonly unknown[]> {
    const all: unknown[] = [];
    let token = '';
    let index = 0;
    do {
      const text = await read(`${path}?${query}${token === '' ? '' : `&continue=${encodeURIComponent(token)}`}`);
      const page = parsePage(`${path}?${query}#${index}`, text);
      index += 1;
      for (const item of page.items) all.push(item);
      token = page.metadata?.continue ?? '';
    } while (token !== '');
    return all;
  }
}

/**
 * Takes pages apart, each remembered under its key. Between two looks, seconds apart, objects mostly stay as they are while the
 * list's own version in front of them moves on: items whose text is the same are those that were parsed before.
 */
function pageParser(): (key: string, text: string) => Page {
  const itemsStart = '"items":[';
  const pages = new Map<string, { readonly itemsText: string; readonly page: Page }>();
  return (key, text) => {
    const at = text.indexOf(itemsStart);
    if (at < 0 || text.length > keptAtMost) {
      pages.delete(key);
      return JSON.parse(text) as Page; // every list of the API has this shape
    }
    const itemsText = text.slice(at);
    const before = pages.get(key);
    if (before?.itemsText === itemsText) return { ...before.page, ...(JSON.parse(`${text.slice(0, at)}${itemsStart}]}`) as Page), items: before.page.items };
    const page = JSON.parse(text) as Page;
    pages.set(key, { itemsText, page });
    return page;
  };
}
