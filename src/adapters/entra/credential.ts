import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity';
import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';

export interface CredentialOptions {
  /** Client id of a user-assigned identity; null for the system-assigned one. */
  readonly clientId: string | null;
  /** IDENTITY_ENDPOINT, as the Functions host sets it; null on a developer's machine. */
  readonly identityEndpoint: string | null;
  /** Such as https://login.microsoftonline.com. */
  readonly authorityHost: string;
  readonly httpClient?: HttpClient;
}

/**
 * The app's one identity. On the Functions host it is the managed identity and nothing else: a chain that falls through
 * to other sources would act as somebody else, and take seconds to fail. Elsewhere it is the developer's own login.
 */
export function createCredential(options: CredentialOptions): TokenCredential {
  const shared = {
    authorityHost: options.authorityHost,
    retryOptions: { maxRetries: 2 },
    ...(options.httpClient === undefined ? {} : { httpClient: options.httpClient }),
  };
  if (options.identityEndpoint === null) return new DefaultAzureCredential(shared);
  return options.clientId === null ? new ManagedIdentityCredential(shared) : new ManagedIdentityCredential({ ...shared, clientId: options.clientId });
}
