import { CosmosClient, type Container } from '@azure/cosmos';
import { boundedHttpClient } from '../http/boundedHttpClient.ts';
import { cosmosAttemptMs, userAgentPrefix } from '../http/limits.ts';
import type { SdkContext } from '../http/sdkContext.ts';

/** `ledger`: partition key /runId, unique key /seq. `state`: partition key /kind, ttl on. Both come from infrastructure. */
export interface CosmosContainers {
  readonly ledger: Container;
  readonly state: Container;
}

export interface CosmosOptions {
  readonly endpoint: string;
  readonly database: string;
}

/**
 * Endpoint discovery is off: with it the SDK repeats a refused connection every second for two minutes, inside one call.
 * The account's own address follows the write region; what a call cannot reach within its budget goes to the outbox.
 */
export function cosmosContainers(context: SdkContext, options: CosmosOptions): CosmosContainers {
  const client = new CosmosClient({
    endpoint: options.endpoint,
    aadCredentials: context.credential,
    httpClient: boundedHttpClient(context),
    userAgentSuffix: userAgentPrefix,
    connectionPolicy: {
      requestTimeout: cosmosAttemptMs,
      enableEndpointDiscovery: false,
      enableBackgroundEndpointRefreshing: false,
      retryOptions: { maxRetryAttemptCount: 0 },
    },
  });
  const database = client.database(options.database);
  return { ledger: database.container('ledger'), state: database.container('state') };
}
