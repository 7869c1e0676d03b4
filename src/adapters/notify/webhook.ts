import { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import type { Notice, Notify } from '../../ports/notify.ts';
import { asFault, describe } from '../http/faults.ts';
import type { SdkContext } from '../http/sdkContext.ts';

const timeoutMs = 10_000;
const attempts = 3;
const pauseMs = 1_000;

/** Posts each notice as JSON. A notice that nobody takes is answered as such, never thrown: telling is not doing. */
export function webhookNotify(context: SdkContext, url: string | null): Notify {
  return {
    async notify(notice) {
      if (url === null) return { kind: 'undelivered', why: 'the fleet file names no webhook' };
      let why = '';
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const answer = await post(context, url, notice);
        if (answer === null) return { kind: 'delivered' };
        why = answer;
        if (attempt < attempts) await context.clock.sleep(pauseMs * attempt);
      }
      return { kind: 'undelivered', why };
    },
  };
}

/** Null when it was taken, else why not. */
async function post(context: SdkContext, url: string, notice: Notice): Promise<string | null> {
  const request = createPipelineRequest({
    url,
    method: 'POST',
    timeout: timeoutMs,
    headers: createHttpHeaders({ 'content-type': 'application/json' }),
    body: JSON.stringify({ ...notice, until: notice.until === null ? null : new Date(notice.until).toISOString() }),
  });
  try {
    const { status } = await (context.httpClient ?? createDefaultHttpClient()).sendRequest(request);
    return status >= 200 && status < 300 ? null : `the webhook answered ${status}`;
  } catch (error) {
    const fault = asFault(error, context.clock.now());
    if (fault === null) throw error;
    return `the webhook: ${describe(fault)}`;
  }
}
