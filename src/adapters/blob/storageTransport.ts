import { createHttpHeaders, createPipelineRequest, type HttpClient } from '@azure/core-rest-pipeline';
import type { StoragePipelineOptions } from '@azure/storage-blob';

type OlderClient = NonNullable<StoragePipelineOptions['httpClient']>;
type OlderResponse = Awaited<ReturnType<OlderClient['sendRequest']>>;

/** `@azure/storage-blob` takes an HTTP client of the older shape only; this hands its requests to one of the present shape. */
export function storageTransport(client: HttpClient): OlderClient {
  return {
    async sendRequest(older) {
      const request = createPipelineRequest({
        url: older.url,
        method: older.method,
        headers: createHttpHeaders(older.headers.toJson({ preserveCase: true })),
        body: older.body,
        timeout: older.timeout,
        ...(older.abortSignal === undefined ? {} : { abortSignal: older.abortSignal }),
        ...(older.streamResponseStatusCodes === undefined ? {} : { streamResponseStatusCodes: older.streamResponseStatusCodes }),
      });
      const response = await client.sendRequest(request);
      const headers = { toJson: () => response.headers.toJSON() };
      return { ...response, request: older, headers } as unknown as OlderResponse; // SDK boundary: of the older headers only toJson is read
    },
  };
}
