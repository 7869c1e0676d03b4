import { createDefaultHttpClient, createHttpHeaders, createPipelineRequest, type HttpClient } from '@azure/core-rest-pipeline';
import type { Stamp } from '../../domain/fleet.ts';
import type { CheckResult, Checks } from '../../ports/checks.ts';
import { asFault, describe } from '../http/faults.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import type { FleetMetrics } from '../monitor/fleetMetrics.ts';

const timeoutMs = 10_000;
/** The proof asks so often, and no more: it must show the path, not load it. */
export const proofRequests = 10;

/** Named checks before a shift, hooks after it, and the proof through a stamp's own gateway. */
export function httpChecks(context: SdkContext, metrics: FleetMetrics): Checks {
  const client: HttpClient = context.httpClient ?? createDefaultHttpClient();

  /** The status, or why none came. */
  async function ask(method: 'GET' | 'POST', url: string, body?: object): Promise<{ readonly kind: 'answered'; readonly status: number } | { readonly kind: 'silent'; readonly why: string }> {
    const request = createPipelineRequest({ url, method, timeout: timeoutMs });
    if (body !== undefined) {
      request.headers = createHttpHeaders({ 'content-type': 'application/json' });
      request.body = JSON.stringify(body);
    }
    try {
      return { kind: 'answered', status: (await client.sendRequest(request)).status };
    } catch (error) {
      const fault = asFault(error, context.clock.now());
      if (fault === null) throw error;
      return { kind: 'silent', why: describe(fault) };
    }
  }

  return {
    async runCheck(check) {
      if (check.kind === 'http') {
        const answer = await ask('GET', check.url);
        // Silence may be our own path's fault; it blocks all the same, and says so.
        if (answer.kind === 'silent') return { kind: 'unknown', detail: `${check.url}: ${answer.why}` };
        const detail = `${check.url} answered ${answer.status}, expected ${check.expectStatus}`;
        return { kind: answer.status === check.expectStatus ? 'passed' : 'failed', detail };
      }
      const reading = await metrics.newest(check.resourceId, check.metric);
      if (reading.kind === 'unknown') return { kind: 'unknown', detail: reading.why };
      return { kind: reading.value <= check.atMost ? 'passed' : 'failed', detail: `${check.metric} is ${reading.value}, at most ${check.atMost} is allowed` };
    },

    async callHook(hook, runId) {
      const answer = await ask('POST', hook.url, { hook: hook.name, runId });
      if (answer.kind === 'silent') return { kind: 'unknown', detail: answer.why };
      return { kind: answer.status >= 200 && answer.status < 300 ? 'passed' : 'failed', detail: `answered ${answer.status}` };
    },

    proveThroughGateway: (stamp) => prove(stamp),
  };

  async function prove(stamp: Stamp): Promise<CheckResult> {
    const url = stamp.gateway.privateUrl;
    if (url === null) return { kind: 'unknown', detail: `${stamp.name} has no private listener` };
    const answers = await Promise.all(Array.from({ length: proofRequests }, () => ask('GET', url)));
    const silent = answers.find((answer) => answer.kind === 'silent');
    const good = answers.filter((answer) => answer.kind === 'answered' && answer.status < 500).length;
    const detail = `${good} of ${proofRequests} requests through the gateway of ${stamp.name} were served`;
    if (good === proofRequests) return { kind: 'passed', detail };
    // Not one answer: the private path itself may be closed to us, which says nothing of the stamp.
    if (silent !== undefined && answers.every((answer) => answer.kind === 'silent')) return { kind: 'unknown', detail: `${detail}: ${silent.why}` };
    return { kind: 'failed', detail };
  }
}
