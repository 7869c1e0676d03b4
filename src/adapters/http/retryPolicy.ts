import type { PipelinePolicy, PipelineRequest, PipelineResponse, SendRequest } from '@azure/core-rest-pipeline';
import { isRestError } from '@azure/core-rest-pipeline';
import type { Clock } from '../../ports/clock.ts';
import { firstDelayMs, maxAttempts, maxDelayMs, readAttemptMs, readBudgetMs, writeAttemptMs, writeBudgetMs } from './limits.ts';
import { TransientError } from '../../ports/outcome.ts';
import { deadlineAt } from './deadline.ts';
import { retryAfterMs } from './retryAfter.ts';

export const boundedRetryPolicyName = 'spillwayBoundedRetry';

/**
 * Replaces the SDKs' own retry policy, which honours any Retry-After, however long, inside the call.
 * Here a call ends within its budget: a longer Retry-After is given back to the caller instead of being slept.
 *
 * Reads are repeated after 408, 429, 5xx and transport errors. Writes are repeated only when the service said that
 * it did not take them (429, or 503 with Retry-After): after anything else the caller reads first what is there now.
 */
export function boundedRetryPolicy(clock: Clock, random: () => number): PipelinePolicy {
  return {
    name: boundedRetryPolicyName,
    async sendRequest(request: PipelineRequest, next: SendRequest): Promise<PipelineResponse> {
      const reads = request.method === 'GET' || request.method === 'HEAD';
      const budgetMs = reads ? readBudgetMs : writeBudgetMs;
      const attemptMs = reads ? readAttemptMs : writeAttemptMs;
      const endsAt = Math.min(clock.now() + budgetMs, deadlineAt());
      for (let attempt = 1; ; attempt += 1) {
        const leftMs = endsAt - clock.now();
        if (leftMs <= 0) throw new TransientError('its time limit ran out before the request could be sent', null);
        request.timeout = Math.min(attemptMs, leftMs);
        const result = await attemptOnce(request, next);
        const wantedMs = reads ? readDelay(result, clock.now()) : writeDelay(result, clock.now());
        if (wantedMs === 'final') return settle(result);
        const delayMs = wantedMs === 'backOff' ? backOffMs(attempt, random) : wantedMs * (1 + 0.1 * random());
        if (attempt >= maxAttempts || clock.now() + delayMs >= endsAt || request.abortSignal?.aborted === true) return settle(result);
        await clock.sleep(delayMs);
      }
    },
  };
}

type Attempt = { readonly kind: 'answered'; readonly response: PipelineResponse } | { readonly kind: 'failed'; readonly error: unknown };

/** 'final' = do not repeat; 'backOff' = repeat after our own delay; a number = the service's Retry-After, ms. */
type Wanted = 'final' | 'backOff' | number;

async function attemptOnce(request: PipelineRequest, next: SendRequest): Promise<Attempt> {
  try {
    return { kind: 'answered', response: await next(request) };
  } catch (error) {
    if (isRestError(error) && error.response !== undefined) return { kind: 'answered', response: error.response };
    return { kind: 'failed', error };
  }
}

function settle(attempt: Attempt): PipelineResponse {
  if (attempt.kind === 'failed') throw attempt.error;
  return attempt.response;
}

function readDelay(attempt: Attempt, now: number): Wanted {
  if (attempt.kind === 'failed') return 'backOff';
  const { status, headers } = attempt.response;
  if (status !== 408 && status !== 429 && status < 500) return 'final';
  if (status === 501 || status === 505) return 'final';
  return retryAfterMs((name) => headers.get(name), now) ?? 'backOff';
}

function writeDelay(attempt: Attempt, now: number): Wanted {
  if (attempt.kind === 'failed') return 'final';
  const { status, headers } = attempt.response;
  const asked = retryAfterMs((name) => headers.get(name), now);
  if (status === 429) return asked ?? 'backOff';
  if (status === 503 && asked !== null) return asked;
  return 'final';
}

/** Exponential with full jitter over its upper half, so that control-plane regions do not march in step. */
function backOffMs(attempt: number, random: () => number): number {
  const ceiling = Math.min(maxDelayMs, firstDelayMs * 2 ** (attempt - 1));
  return ceiling * (0.5 + 0.5 * random());
}
