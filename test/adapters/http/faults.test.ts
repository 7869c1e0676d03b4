import { RestError, createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline';
import { ApiException } from '@kubernetes/client-node';
import { describe as group, expect, test } from 'vitest';
import { asFault, readingOf, refusalOrThrow } from '../../../src/adapters/http/faults.ts';
import { TransientError } from '../../../src/ports/outcome.ts';

const now = Date.UTC(2026, 10, 22);

function restError(status: number, code: string, message: string, headers: Record<string, string> = {}): RestError {
  const request = createPipelineRequest({ url: 'https://arm.test/x' });
  const bodyAsText = JSON.stringify({ error: { code, message } });
  return new RestError(message, { statusCode: status, code, request, response: { request, status, headers: createHttpHeaders(headers), bodyAsText } });
}

group('a refused write says how to react', () => {
  test.each<[string, unknown, string]>([
    ['AKS is busy', restError(409, 'OperationNotAllowed', 'Operation is not allowed because there is an in progress update agent pool operation'), 'busy'],
    ['an add-on reconciles', restError(409, 'Conflict', 'Another operation (Updating) is in progress, please wait for it to finish'), 'busy'],
    ['an etag moved, as 409', restError(409, 'EtagMismatch', 'The etag does not match'), 'conflict'],
    ['an etag moved, as 412', restError(412, 'PreconditionFailed', 'precondition failed'), 'conflict'],
    ['an etag moved, as a failed operation', restError(400, 'OriginalEtagNotExpect', 'original etag not expected'), 'conflict'],
    ['another 409', restError(409, 'ResourceExists', 'it exists'), 'conflict'],
    ['no right', restError(403, 'AuthorizationFailed', 'does not have authorization'), 'forbidden'],
    ['no identity', restError(401, 'InvalidAuthenticationToken', 'expired'), 'forbidden'],
    ['a policy', restError(403, 'RequestDisallowedByPolicy', 'disallowed by policy'), 'refused'],
    ['nothing there', restError(404, 'NotFound', 'not found'), 'notFound'],
    ['a quota', restError(400, 'QuotaExceeded', 'Operation could not be completed as it results in exceeding approved quota'), 'refused'],
    ['a full subnet', restError(400, 'SubnetIsFull', 'Subnet is full'), 'refused'],
    ['Kubernetes validation', new ApiException(422, 'x', '{"kind":"Status","reason":"Invalid","message":"spec.maxReplicas: Invalid value"}', {}), 'refused'],
    ['Kubernetes RBAC', new ApiException(403, 'x', '{"kind":"Status","reason":"Forbidden","message":"User cannot patch"}', {}), 'forbidden'],
  ])('%s', (_name, error, reaction) => {
    const outcome = refusalOrThrow(error, 'pool x', now);
    expect(outcome).toMatchObject({ kind: 'refused', reaction });
  });

  test('with the service\'s own words', () => {
    expect(refusalOrThrow(restError(400, 'QuotaExceeded', 'needs 40 cores'), 'pool eastus2/user1', now)).toMatchObject({ why: 'pool eastus2/user1: 400 QuotaExceeded: needs 40 cores' });
  });
});

group('what may pass is thrown as transient', () => {
  test.each<[string, unknown, number | null]>([
    ['throttling, with its wish', restError(429, 'TooManyRequests', 'slow down', { 'retry-after': '17' }), 17_000],
    ['a server error', restError(500, 'InternalServerError', 'oops'), null],
    ['an outage', restError(503, 'ServiceUnavailable', 'down'), null],
    ['a refused connection', new RestError('connect ECONNREFUSED', { code: 'ECONNREFUSED' }), null],
    ['no name resolution', new RestError('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND' }), null],
    ['a time-out', Object.assign(new Error('The operation was aborted.'), { name: 'AbortError' }), null],
    ['Entra not answering', Object.assign(new Error('network error'), { name: 'AuthenticationError', statusCode: 500 }), null],
    ['Kubernetes overloaded', new ApiException(429, 'x', '', { 'retry-after': '1' }), 1000],
  ])('%s', (_name, error, asked) => {
    let thrown: unknown;
    try {
      refusalOrThrow(error, 'x', now);
    } catch (caught) {
      thrown = caught;
    }
    expect(thrown).toBeInstanceOf(TransientError);
    expect(thrown instanceof TransientError ? thrown.retryAfterMs : 'not transient').toBe(asked);
  });
});

test('a bug is thrown as it is, from writes and from reads', async () => {
  const bug = new TypeError('x is not a function');
  expect(() => refusalOrThrow(bug, 'x', now)).toThrow(bug);
  await expect(readingOf('x', () => now, () => Promise.reject(bug))).rejects.toBe(bug);
});

test('a read that failed outside is unknown and says why', async () => {
  const reading = await readingOf('quota of eastus2', () => now, () => Promise.reject(restError(503, 'ServiceUnavailable', 'down')));
  expect(reading).toEqual({ kind: 'unknown', why: 'quota of eastus2: 503 ServiceUnavailable: down', observedAt: now });
});

test('a signed operation URL never gets into a message', () => {
  const fault = asFault(restError(400, 'X', 'see https://management.azure.com/subscriptions/s/operationresults/1?api-version=1&t=2&c=SECRET&s=SIGNATURE for more'), now);
  expect(fault?.message).toBe('see https://management.azure.com/subscriptions/s/operationresults/1 for more');
});

test('where our own side is at fault, the fault says so', () => {
  expect(asFault(new RestError('getaddrinfo ENOTFOUND', { code: 'ENOTFOUND' }), now)?.kind).toBe('local');
  expect(asFault(Object.assign(new Error('no token'), { name: 'CredentialUnavailableError' }), now)?.kind).toBe('local');
  expect(asFault(new RestError('connect ECONNREFUSED', { code: 'ECONNREFUSED' }), now)?.kind).toBe('refused');
});
