import type { HttpClient, Pipeline } from '@azure/core-rest-pipeline';
import { boundedRetryPolicy } from './retryPolicy.ts';
import { userAgentPrefix } from './limits.ts';
import type { SdkContext } from './sdkContext.ts';

/** Client options shared by every Resource Manager SDK, of the older (core-client) and the newer (core-rest) kind. */
export function armClientOptions(context: SdkContext): ArmClientOptions {
  const scope = `${context.armEndpoint.replace(/\/$/, '')}/.default`;
  return {
    endpoint: context.armEndpoint.replace(/\/$/, ''),
    credentialScopes: scope,
    credentials: { scopes: [scope] },
    userAgentOptions: { userAgentPrefix },
    ...(context.httpClient === undefined ? {} : { httpClient: context.httpClient }),
  };
}

interface ArmClientOptions {
  readonly endpoint: string;
  /** Where the older clients look for the token's scope. */
  readonly credentialScopes: string;
  /** Where the newer clients look for it. */
  readonly credentials: { readonly scopes: string[] };
  readonly userAgentOptions: { readonly userAgentPrefix: string };
  readonly httpClient?: HttpClient;
}

/** Puts our bounded retries in the place of the SDK's own. */
export function withBoundedRetries<T extends { readonly pipeline: Pipeline }>(client: T, context: SdkContext): T {
  client.pipeline.removePolicy({ phase: 'Retry' });
  client.pipeline.addPolicy(boundedRetryPolicy(context.clock, context.random), { phase: 'Retry' });
  return client;
}
