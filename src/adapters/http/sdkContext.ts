import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import type { Clock } from '../../ports/clock.ts';

/** What every adapter is built from. */
export interface SdkContext {
  readonly credential: TokenCredential;
  /**
   * Stands for every socket of the adapters when given: Resource Manager, Kubernetes, Cosmos, blobs, probes, webhooks.
   * It must honour `timeout` and `abortSignal` of the request. Left out: the SDK's own client over TLS.
   */
  readonly httpClient?: HttpClient;
  /** Base URL of Resource Manager, such as https://management.azure.com; also the audience of its tokens. */
  readonly armEndpoint: string;
  /** Base URL of Azure Monitor's metrics, usually Resource Manager's. */
  readonly metricsEndpoint: string;
  /** Base URL of Log Analytics; also the audience of its tokens. */
  readonly logsEndpoint: string;
  readonly clock: Clock;
  /** 0 <= value < 1: spreads retries. */
  readonly random: () => number;
}
