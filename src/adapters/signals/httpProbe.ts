import { createDefaultHttpClient, createPipelineRequest, type HttpClient } from '@azure/core-rest-pipeline';
import type { Reach } from '../../domain/observation.ts';
import { asFault } from '../http/faults.ts';
import type { SdkContext } from '../http/sdkContext.ts';

/** One request met this. `status` null where no answer came. */
export interface Met {
  readonly result: Reach;
  readonly latencyMs: number;
  readonly status: number | null;
}

export interface Attempt {
  /** Answers the status, or throws as the transport does. */
  (): Promise<number>;
}

/** One GET on a connection of its own; no retries, no token: what any client from outside would meet. */
export function httpAttempt(context: SdkContext, url: string, timeoutMs: number): Attempt {
  const client = context.httpClient ?? sharedClient();
  return async () => {
    const request = createPipelineRequest({ url, timeout: timeoutMs, disableKeepAlive: true });
    // Without settings of its own it would go through Node's global agent, which keeps connections.
    request.tlsSettings = {};
    const response = await client.sendRequest(request);
    return response.status;
  };
}

let client: HttpClient | undefined;
function sharedClient(): HttpClient {
  client ??= createDefaultHttpClient();
  return client;
}

/** Runs an attempt and says what it met; what only our own side can have caused is `observerFailed`, which is unknown (I6). */
export async function meet(context: SdkContext, attempt: Attempt, judge: (status: number) => Reach): Promise<Met> {
  const startedAt = context.clock.now();
  const took = (): number => context.clock.now() - startedAt;
  try {
    const status = await attempt();
    return { result: judge(status), latencyMs: took(), status };
  } catch (error) {
    const fault = asFault(error, context.clock.now());
    if (fault === null) throw error;
    return { result: reachOf(fault.kind), latencyMs: took(), status: fault.status };
  }
}

function reachOf(kind: 'http' | 'timedOut' | 'refused' | 'broken' | 'local'): Reach {
  switch (kind) {
    case 'timedOut':
      return 'timedOut';
    // A connection that breaks off was refused by whoever broke it.
    case 'refused':
    case 'broken':
      return 'refused';
    case 'http':
      return 'httpError';
    case 'local':
      return 'observerFailed';
  }
}
