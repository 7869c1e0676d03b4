import type { HttpResponseInit } from '@azure/functions';

/**
 * Everything that the API refuses, by a code that stays: RFC 9457 problem documents whose `type` is
 * "urn:spillway:problem:<code>". `title` is the same for a code; `detail` is of the case.
 */
export const problems = {
  unauthenticated: { status: 401, title: 'A valid access token is needed' },
  authorityUnavailable: { status: 503, title: 'The keys to check tokens with cannot be had now' },
  forbidden: { status: 403, title: 'The token lacks the role' },
  invalidRequest: { status: 400, title: 'The request is not as it should be' },
  notJson: { status: 400, title: 'The body is not JSON' },
  unsupportedMediaType: { status: 415, title: 'The body is not application/json' },
  bodyTooLarge: { status: 413, title: 'The body is too large' },
  unknownRegion: { status: 404, title: 'There is no such region in the fleet' },
  unknownRun: { status: 404, title: 'There is no such run' },
  fleetBusy: { status: 409, title: 'Another run holds the fleet' },
  alreadyDrained: { status: 409, title: 'The region is drained already' },
  notDrained: { status: 409, title: 'The region is not drained' },
  lastHealthyRegion: { status: 409, title: 'No other healthy region would be left' },
  regionUnhealthy: { status: 409, title: 'The region is not well enough to get traffic' },
  notAssessed: { status: 503, title: 'The fleet has not been assessed yet' },
  killSwitchOn: { status: 409, title: 'The kill switch is on' },
  idempotencyKeyReused: { status: 422, title: 'This Idempotency-Key came with another request before' },
  runClosed: { status: 409, title: 'The run has ended' },
  approvalNotAsked: { status: 409, title: 'The run does not wait for approval' },
  approvalOver: { status: 409, title: 'The deadline of the approval has passed' },
  alreadyApproved: { status: 409, title: 'The run is approved already' },
  notCommonAlertSchema: { status: 400, title: 'The body is not an alert of the common alert schema' },
  capacityUnknown: { status: 503, title: 'What capacity is computed from cannot be read now' },
  storeUnavailable: { status: 503, title: 'The store does not answer now' },
  notReady: { status: 503, title: 'The app is not ready' },
  internalError: { status: 500, title: 'A fault of our own' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof problems;

export interface FieldError {
  /** Where in the request, such as `reason`, `lose[0]`, `query.limit`, `header.Idempotency-Key`; `body` for the whole of it. */
  readonly field: string;
  readonly message: string;
}

export interface Problem {
  readonly kind: 'problem';
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  /** Members of the document beyond the standard ones, such as the run that holds the fleet. */
  readonly more: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

export function problem(code: ProblemCode, detail: string, rest: Partial<Pick<Problem, 'errors' | 'more' | 'headers'>> = {}): Problem {
  return { kind: 'problem', code, detail, errors: rest.errors ?? [], more: rest.more ?? {}, headers: rest.headers ?? {} };
}

export function problemResponse({ code, detail, errors, more, headers }: Problem): HttpResponseInit {
  const { status, title } = problems[code];
  const first = errors[0];
  const retry = status === 503 ? { 'Retry-After': '10' } : {};
  const body = { type: `urn:spillway:problem:${code}`, title, status, code, detail, ...(first === undefined ? {} : { field: first.field, errors }), ...more };
  return { status, headers: { 'Content-Type': 'application/problem+json', ...commonHeaders, ...retry, ...headers }, body: JSON.stringify(body) };
}

/** On every answer: what it says is of this moment and for this caller. */
export const commonHeaders = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' } as const;
