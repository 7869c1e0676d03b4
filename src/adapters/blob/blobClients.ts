import { BlobClient, ContainerClient, newPipeline, type Pipeline } from '@azure/storage-blob';
import { boundedHttpClient } from '../http/boundedHttpClient.ts';
import { userAgentPrefix } from '../http/limits.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import { storageTransport } from './storageTransport.ts';

/** Blobs by their full URL, containers by theirs, all with the identity's token. */
export interface BlobClients {
  blob(url: string): BlobClient;
  container(url: string): ContainerClient;
}

export function blobClients(context: SdkContext): BlobClients {
  const pipeline: Pipeline = newPipeline(context.credential, {
    httpClient: storageTransport(boundedHttpClient(context)),
    retryOptions: { maxTries: 1 },
    userAgentOptions: { userAgentPrefix },
  });
  return {
    blob: (url) => new BlobClient(url, pipeline),
    container: (url) => new ContainerClient(url, pipeline),
  };
}
