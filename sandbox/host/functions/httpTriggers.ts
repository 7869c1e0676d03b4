import type { BusyTracker } from '../../clock/index.ts';
import type { FunctionRegistry, RegisteredFunction } from './functionRegistry.ts';
import { invokeFunction } from './invokeFunction.ts';
import { RouteTemplate, type RouteParams } from './routeTemplate.ts';
import type { RpcHttpCookie, RpcHttpData, RpcTypedData } from './rpcTypes.ts';

/** A request as the host's router takes it; header names in lower case. */
export interface HostRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface HostResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array;
}

interface Route {
  readonly target: RegisteredFunction;
  readonly template: RouteTemplate;
  readonly methods: readonly string[];
}

export const emptyBody = new Uint8Array();

/**
 * Serves the HTTP-triggered functions. authLevel is not enforced (neither is it by Core Tools), streaming is not offered, and a
 * handler that throws is a 500 without a body, as on Azure.
 */
export class HttpTriggers {
  readonly #registry: FunctionRegistry;
  readonly #tracker: BusyTracker;
  readonly #routes: readonly Route[];
  readonly #extraInputs: (target: RegisteredFunction) => Readonly<Record<string, RpcTypedData>>;

  /** @param routePrefix of host.json, "" for none. @param extraInputs values of a function's other input bindings. */
  constructor(registry: FunctionRegistry, tracker: BusyTracker, routePrefix: string, extraInputs: (target: RegisteredFunction) => Readonly<Record<string, RpcTypedData>>) {
    this.#registry = registry;
    this.#tracker = tracker;
    this.#extraInputs = extraInputs;
    this.#routes = registry
      .withTrigger('httpTrigger')
      .map((target) => toRoute(target, routePrefix))
      .toSorted((a, b) => (a.template.precedence < b.template.precedence ? -1 : a.template.precedence > b.template.precedence ? 1 : 0));
  }

  async handle(request: HostRequest): Promise<HostResponse> {
    const path = new URL(request.url).pathname.replace(/^\/+/, '');
    let isPathKnown = false;
    for (const route of this.#routes) {
      const params = route.template.match(path);
      if (params === undefined) continue;
      isPathKnown = true;
      if (route.methods.length > 0 && !route.methods.includes(request.method)) continue;
      return this.#invoke(route.target, request, params);
    }
    // the host answers a wrong method like an unknown path
    return { status: 404, headers: isPathKnown ? [] : [['content-type', 'text/plain']], body: emptyBody };
  }

  async #invoke(target: RegisteredFunction, request: HostRequest, params: RouteParams): Promise<HostResponse> {
    const end = this.#tracker.beginPatient();
    try {
      const url = new URL(request.url);
      const http: RpcHttpData = {
        method: request.method,
        url: request.url,
        headers: request.headers,
        params,
        query: Object.fromEntries(url.searchParams),
        body: request.body.byteLength === 0 ? null : { bytes: request.body },
      };
      const response = await invokeFunction(this.#registry, target, { inputs: { [target.triggerName]: { http }, ...this.#extraInputs(target) }, triggerMetadata: {} });
      return toHostResponse(response.returnValue);
    } catch (error) {
      this.#registry.log({ level: 'error', category: 'host', message: `Executed 'Functions.${target.name}' (Failed): ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`, functionName: target.name, invocationId: undefined });
      return { status: 500, headers: [], body: emptyBody };
    } finally {
      end();
    }
  }
}

function toRoute(target: RegisteredFunction, routePrefix: string): Route {
  const { route, methods } = target.trigger;
  const template = new RouteTemplate(`${routePrefix}/${typeof route === 'string' ? route : target.name}`);
  return { target, template, methods: Array.isArray(methods) ? methods.map((method) => String(method).toUpperCase()) : [] };
}

function toHostResponse(returned: RpcTypedData | null | undefined): HostResponse {
  // a handler that returns nothing is a 204
  if (returned === null || returned === undefined) return { status: 204, headers: [], body: emptyBody };
  const http = returned.http ?? {};
  const bytes = http.body?.bytes ?? emptyBody;
  const text = http.body?.string;
  return {
    status: Number(http.statusCode ?? 200),
    headers: [...Object.entries(http.headers ?? {}), ...(http.cookies ?? []).map((cookie) => ['set-cookie', toSetCookie(cookie)] as const)],
    body: typeof text === 'string' ? new TextEncoder().encode(text) : bytes,
  };
}

function toSetCookie(cookie: RpcHttpCookie): string {
  const parts = [`${cookie.name ?? ''}=${cookie.value ?? ''}`];
  if (cookie.domain?.value !== undefined) parts.push(`domain=${cookie.domain.value}`);
  if (cookie.path?.value !== undefined) parts.push(`path=${cookie.path.value}`);
  if (cookie.expires?.value?.seconds !== undefined) parts.push(`expires=${new Date(cookie.expires.value.seconds * 1000).toUTCString()}`);
  if (cookie.maxAge?.value !== undefined) parts.push(`max-age=${cookie.maxAge.value}`);
  if (cookie.secure?.value === true) parts.push('secure');
  if (cookie.httpOnly?.value === true) parts.push('httponly');
  if (cookie.sameSite !== undefined && cookie.sameSite !== 'none') parts.push(`samesite=${cookie.sameSite === 'explicitNone' ? 'none' : cookie.sameSite}`);
  return parts.join('; ');
}
