import { createDefaultHttpClient, type HttpClient } from '@azure/core-rest-pipeline';
import { boundedRetryPolicy } from './retryPolicy.ts';
import type { SdkContext } from './sdkContext.ts';

/**
 * For SDKs whose retry policy cannot be replaced (blobs, Cosmos): their own retries are switched off and the same bounded
 * ones sit below, in the transport.
 */
export function boundedHttpClient(context: SdkContext): HttpClient {
  const inner = context.httpClient ?? createDefaultHttpClient();
  const policy = boundedRetryPolicy(context.clock, context.random);
  return { sendRequest: (request) => policy.sendRequest(request, (attempt) => inner.sendRequest(attempt)) };
}
