import type { LocalHost } from '../host/index.ts';

/** The product's own HTTP API, as a person or a script calls it; tokens come from the sandbox's tenant. */
export interface Api {
  get<T>(path: string): Promise<T | null>;
  post(path: string, body: unknown): Promise<ApiAnswer>;
  put(path: string, body: unknown): Promise<ApiAnswer>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** @param hostNow asked at each call: hosts come and go. */
export function apiOf(hostNow: () => LocalHost, token: () => string): Api {
  const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const host = hostNow();
    return host.invokeHttp(
      new Request(`${host.origin}/api${path}`, {
        method,
        headers: { authorization: `Bearer ${token()}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  };
  const answer = async (response: Response): Promise<ApiAnswer> => ({ status: response.status, body: await response.json().catch(() => null) });
  return {
    async get<T>(path: string) {
      const response = await call('GET', path);
      return response.ok ? ((await response.json()) as T) : null; // the shape is the API's, checked by its own tests
    },
    post: async (path, body) => answer(await call('POST', path, body)),
    put: async (path, body) => answer(await call('PUT', path, body)),
  };
}
