import { Buffer } from 'node:buffer';
import { ResponseContext, wrapHttpLibrary, type HttpLibrary, type RequestContext } from '@kubernetes/client-node';
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createHttpHeaders,
  createPipelineRequest,
  decompressResponsePolicy,
  userAgentPolicy,
  type HttpClient,
  type HttpMethods,
  type Pipeline,
} from '@azure/core-rest-pipeline';
import { boundedRetryPolicy } from '../http/retryPolicy.ts';
import { userAgentPrefix } from '../http/limits.ts';
import type { SdkContext } from '../http/sdkContext.ts';

/** Audience of AKS's Kubernetes API in Microsoft Entra, the same in every tenant. */
export const aksServerScope = '6dae42f8-4368-4678-94ff-3960e28e3630/.default';

/**
 * Carries Kubernetes calls through the same pipeline as every Azure call: the identity's token on each request, bounded
 * retries, time limits, one seam for tests. The cluster's own CA is trusted for its own requests alone.
 */
export function kubernetesTransport(context: SdkContext, ca: string | null): KubernetesTransport {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(userAgentPolicy({ userAgentPrefix }));
  pipeline.addPolicy(decompressResponsePolicy());
  pipeline.addPolicy(boundedRetryPolicy(context.clock, context.random), { phase: 'Retry' });
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential: context.credential, scopes: aksServerScope }), { phase: 'Sign' });
  const client = context.httpClient ?? sharedClient();
  // One object per cluster: the HTTP client keeps its connections by the identity of these settings.
  const tlsSettings = ca === null ? undefined : { ca };
  return { library: wrapHttpLibrary({ send: (request) => send(pipeline, client, tlsSettings, request) }), pipeline, client, tlsSettings, scope: aksServerScope };
}

export interface KubernetesTransport {
  readonly library: HttpLibrary;
  readonly pipeline: Pipeline;
  readonly client: HttpClient;
  readonly scope: string;
  readonly tlsSettings: { readonly ca: string } | undefined;
}

let client: HttpClient | undefined;
function sharedClient(): HttpClient {
  client ??= createDefaultHttpClient();
  return client;
}

async function send(pipeline: Pipeline, client: HttpClient, tlsSettings: { ca: string } | undefined, request: RequestContext): Promise<ResponseContext> {
  const body = request.getBody();
  if (body !== undefined && typeof body !== 'string') throw new Error('only text bodies go to the Kubernetes API');
  const outgoing = createPipelineRequest({
    url: request.getUrl(),
    method: methodOf(request),
    headers: createHttpHeaders(request.getHeaders()),
    ...(body === undefined ? {} : { body }),
  });
  // Not among the options above, although their type has it: createPipelineRequest drops it.
  if (tlsSettings !== undefined) outgoing.tlsSettings = tlsSettings;
  const response = await pipeline.sendRequest(client, outgoing);
  const text = response.bodyAsText ?? '';
  return new ResponseContext(response.status, response.headers.toJSON(), {
    text: () => Promise.resolve(text),
    binary: () => Promise.resolve(Buffer.from(text, 'utf8')),
  });
}

function methodOf(request: RequestContext): HttpMethods {
  const method: string = request.getHttpMethod();
  switch (method) {
    case 'GET':
    case 'HEAD':
    case 'POST':
    case 'PUT':
    case 'PATCH':
    case 'DELETE':
      return method;
    default:
      throw new Error(`no Kubernetes call uses ${method}`);
  }
}
