import type { Fault } from '../../world/types.ts';
import type { FaceRequest, FaceResponse } from '../face.ts';
import { armError } from './errors.ts';

/** Published subscription limits of Resource Manager's token buckets; what is left is told in each answer's headers. */
const bucket = { reads: 11_999, writes: 1199 } as const;

export function remainingHeaders(request: FaceRequest): Readonly<Record<string, string>> {
  return request.method === 'GET' || request.method === 'HEAD'
    ? { 'x-ms-ratelimit-remaining-subscription-reads': String(bucket.reads) }
    : { 'x-ms-ratelimit-remaining-subscription-writes': String(bucket.writes) };
}

/**
 * `armThrottled`: `severity` is the fraction of requests that are refused (all without it), spread evenly;
 * `retryAfterSeconds` what the answer asks for; `only: 'writes'` spares the reads.
 */
export function createThrottle(): (fault: Fault | null, request: FaceRequest) => FaceResponse | null {
  let owed = 0;
  return (fault, request) => {
    if (fault === null || (fault['only'] === 'writes' && request.method === 'GET')) return null;
    owed += Math.min(1, fault.severity ?? 1);
    if (owed < 1) return null;
    owed -= 1;
    const retryAfter = typeof fault['retryAfterSeconds'] === 'number' ? fault['retryAfterSeconds'] : 17;
    const kind = request.method === 'GET' ? 'reads' : 'writes';
    return armError(429, 'SubscriptionRequestsThrottled', `Number of '${kind}' requests for subscription exceeded the limit. Please try again after '${retryAfter}' seconds after additional limits are available.`, {
      headers: { 'retry-after': String(retryAfter), [`x-ms-ratelimit-remaining-subscription-${kind}`]: '0' },
    });
  };
}
