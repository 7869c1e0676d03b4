import { isRestError } from '@azure/core-rest-pipeline';
import type { Reading } from '../../domain/reading.ts';
import { known, unknown } from '../../domain/reading.ts';
import { TransientError, type WriteOutcome } from '../../ports/outcome.ts';
import { retryAfterMs } from './retryAfter.ts';

/**
 * One shape for what the SDKs throw: RestError (Resource Manager, blobs, metrics), Cosmos ErrorResponse and TimeoutError,
 * Kubernetes ApiException, identity errors, aborts. Errors that none of these explain are bugs and pass through untouched.
 */
export interface Fault {
  /** `local`: our own side could not even ask (no token, no name resolution, no route). */
  readonly kind: 'http' | 'timedOut' | 'refused' | 'broken' | 'local';
  readonly status: number | null;
  readonly code: string | null;
  readonly message: string;
  readonly retryAfterMs: number | null;
}

/** Null where the error is not the outside world's. */
export function asFault(error: unknown, now: number): Fault | null {
  if (error instanceof TransientError) return { kind: 'broken', status: null, code: null, message: error.message, retryAfterMs: error.retryAfterMs };
  if (!(error instanceof Error)) return null;
  const fields = readFields(error);
  const base = { message: plainMessage(fields.bodyMessage ?? error.message), retryAfterMs: retryAfterMs((name) => fields.headers[name], now) };
  if (identityErrors.has(error.name)) return { ...base, kind: 'local', status: null, code: error.name };
  if (fields.status !== null) return { ...base, kind: 'http', status: fields.status, code: fields.code };
  const code = fields.code ?? errorCode(error.cause);
  if (error.name === 'AbortError' || error.name === 'TimeoutError' || timeoutCodes.has(code ?? '')) return { ...base, kind: 'timedOut', status: null, code };
  if (code !== null && localCodes.has(code)) return { ...base, kind: 'local', status: null, code };
  if (code === 'ECONNREFUSED') return { ...base, kind: 'refused', status: null, code };
  if (isRestError(error) || (code !== null && /^(E[A-Z]+|REQUEST_SEND_ERROR|UND_ERR_[A-Z_]+|PARSE_ERROR)$/.test(code))) {
    return { ...base, kind: 'broken', status: null, code };
  }
  return null;
}

/** What may pass by itself: the caller's retry policy decides when to try again. */
export function isTransient(fault: Fault): boolean {
  if (fault.kind !== 'http') return true;
  const status = fault.status ?? 0;
  return status === 408 || status === 429 || (status >= 500 && status !== 501);
}

/** A write that failed: a refusal as a value, or a thrown `TransientError`, or the bug itself thrown on. */
export function refusalOrThrow(error: unknown, what: string, now: number): WriteOutcome {
  const fault = asFault(error, now);
  if (fault === null) throw error;
  const why = `${what}: ${describe(fault)}`;
  if (isTransient(fault)) throw new TransientError(why, fault.retryAfterMs, { cause: error });
  return { kind: 'refused', reaction: reactionTo(fault), why };
}

/** A read that failed for an outside reason is unknown, with the reason. A bug is thrown on. */
export async function readingOf<T>(what: string, now: () => number, read: () => Promise<T>): Promise<Reading<T>> {
  try {
    return known(await read(), now());
  } catch (error) {
    const fault = asFault(error, now());
    if (fault === null) throw error;
    return unknown(`${what}: ${describe(fault)}`, now());
  }
}

/** For stores whose every answer matters: whatever kept them from answering is thrown as transient, a bug as it is. */
export async function transientOr<T>(now: () => number, what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const fault = asFault(error, now());
    if (fault === null || error instanceof TransientError) throw error;
    throw new TransientError(`${what}: ${describe(fault)}`, fault.retryAfterMs, { cause: error });
  }
}

export function describe(fault: Fault): string {
  const head = [...new Set([fault.status === null ? fault.kind : String(fault.status), fault.code])].filter((part) => part !== null).join(' ');
  return `${head}: ${fault.message}`;
}

type Refusal = Extract<WriteOutcome, { kind: 'refused' }>['reaction'];

/**
 * Conflicts come as 409 "another operation is in progress" (busy), as 409 or 412 about an etag, and as the code
 * OriginalEtagNotExpect. Anything else that is a 4xx will not change by asking again.
 */
function reactionTo(fault: Fault): Refusal {
  const code = fault.code ?? '';
  if (fault.status === 412 || /etag|preconditionfailed|ConditionNotMet/i.test(code)) return 'conflict';
  if (fault.status === 409) {
    if (/etag/i.test(fault.message)) return 'conflict';
    const busy = /OperationNotAllowed|OperationPreempted|InProgress|AnotherOperation/i.test(code) || /in progress|another operation|being (updated|created|deleted)/i.test(fault.message);
    return busy ? 'busy' : 'conflict';
  }
  if (fault.status === 404) return 'notFound';
  if (fault.status === 401 || (fault.status === 403 && !/RequestDisallowedByPolicy/i.test(code))) return 'forbidden';
  return 'refused';
}

const identityErrors: ReadonlySet<string> = new Set(['CredentialUnavailableError', 'AuthenticationError', 'AggregateAuthenticationError', 'AuthenticationRequiredError']);
const timeoutCodes: ReadonlySet<string> = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'TimeoutError']);
const localCodes: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'EMFILE']);

interface ErrorFields {
  readonly status: number | null;
  readonly code: string | null;
  readonly bodyMessage: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Reads status, code and headers wherever one of the SDKs keeps them. */
function readFields(error: Error): ErrorFields {
  const bag = error as Error & { statusCode?: unknown; code?: unknown; body?: unknown; headers?: unknown; response?: unknown }; // SDK boundary: errors carry untyped extras
  const code = bag.code;
  const status = typeof bag.statusCode === 'number' ? bag.statusCode : typeof code === 'number' ? code : null;
  const body = parsedBody(bag.body ?? bodyText(bag.response));
  return {
    status: status !== null && status >= 100 ? status : null,
    code: typeof code === 'string' ? (body.code ?? code) : body.code,
    bodyMessage: body.message,
    headers: headerRecord(bag.headers ?? responseHeaders(bag.response)),
  };
}

function errorCode(cause: unknown): string | null {
  return typeof cause === 'object' && cause !== null && 'code' in cause && typeof cause.code === 'string' ? cause.code : null;
}

function bodyText(response: unknown): unknown {
  return typeof response === 'object' && response !== null && 'bodyAsText' in response ? response.bodyAsText : undefined;
}

function responseHeaders(response: unknown): unknown {
  return typeof response === 'object' && response !== null && 'headers' in response ? response.headers : undefined;
}

/** `{error:{code,message}}` (Resource Manager), `{code,message}` (Cosmos), a Kubernetes Status as text, or none of them. */
function parsedBody(body: unknown): { readonly code: string | null; readonly message: string | null } {
  const none = { code: null, message: null };
  if (typeof body === 'string') {
    if (!body.trimStart().startsWith('{')) return none;
    try {
      return parsedBody(JSON.parse(body));
    } catch {
      return none;
    }
  }
  if (typeof body !== 'object' || body === null) return none;
  if ('error' in body && typeof body.error === 'object') return parsedBody(body.error);
  const code = 'code' in body && typeof body.code === 'string' ? body.code : 'reason' in body && typeof body.reason === 'string' ? body.reason : null;
  return { code, message: 'message' in body && typeof body.message === 'string' ? body.message : null };
}

function headerRecord(headers: unknown): Readonly<Record<string, string>> {
  if (typeof headers !== 'object' || headers === null) return {};
  const plain = 'toJSON' in headers && typeof headers.toJSON === 'function' ? (headers.toJSON() as Record<string, unknown>) : headers; // SDK boundary: HttpHeaders.toJSON
  return Object.fromEntries(Object.entries(plain).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

/** One line, cut, and without query strings: Azure's operation URLs are signed, and a signature must not reach a log or the ledger. */
function plainMessage(message: string): string {
  const oneLine = message.replace(/\s+/g, ' ').replace(/(https?:\/\/[^\s?"']+)\?[^\s"']*/g, '$1').trim();
  return oneLine.length > 400 ? `${oneLine.slice(0, 397)}...` : oneLine;
}
