import { createHttpHeaders, RestError, type HttpClient, type PipelineRequest, type PipelineResponse } from '@azure/core-rest-pipeline';

/** What a scripted service answers: a response, or what a connection meets. */
export type Answer =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly fails: 'ECONNREFUSED' | 'ECONNRESET' | 'ENOTFOUND' | 'timeout' };

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON. */
  readonly body: unknown;
  readonly timeoutMs: number;
}

export interface FakeHttp {
  readonly client: HttpClient;
  readonly asked: readonly Asked[];
}

class AbortError extends Error {
  override readonly name = 'AbortError';
}

/** A transport without sockets: every request goes to `answer`, and is kept. */
export function fakeHttp(answer: (asked: Asked, index: number) => Answer): FakeHttp {
  const asked: Asked[] = [];
  const client: HttpClient = {
    sendRequest: (request) => {
      const one = toAsked(request);
      asked.push(one);
      const given = answer(one, asked.length - 1);
      if ('status' in given) return Promise.resolve(toResponse(request, given));
      if (given.fails === 'timeout') return Promise.reject(new AbortError('The operation was aborted.'));
      return Promise.reject(new RestError(`connect ${given.fails}`, { code: given.fails, request }));
    },
  };
  return { client, asked };
}

/** Answers in the order given; the last one is repeated. */
export const inTurn = (...answers: readonly Answer[]): ((asked: Asked, index: number) => Answer) => (_asked, index) =>
  answers[Math.min(index, answers.length - 1)] ?? { status: 500 };

function toAsked(request: PipelineRequest): Asked {
  const text = typeof request.body === 'string' ? request.body : null;
  return {
    method: request.method,
    url: new URL(request.url),
    headers: Object.fromEntries([...request.headers].map(([name, value]) => [name.toLowerCase(), value])),
    body: text === null ? null : parsed(text),
    timeoutMs: request.timeout,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function toResponse(request: PipelineRequest, { status, body, headers }: Extract<Answer, { status: number }>): PipelineResponse {
  return {
    request,
    status,
    headers: createHttpHeaders({ 'content-type': 'application/json', ...headers }),
    bodyAsText: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
  };
}
