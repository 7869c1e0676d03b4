import { isRecord, toJsonText, type JsonText } from './jsonText.ts';

/** Numbers: milliseconds; attempts include the first. */
export interface RetryPolicy {
  readonly firstRetryIntervalMs: number;
  readonly maxNumberOfAttempts: number;
  readonly backoffCoefficient: number;
  readonly maxRetryIntervalMs: number;
  readonly retryTimeoutMs: number;
}

export interface EntityAddress {
  readonly name: string;
  readonly key: string;
}

export interface HttpCall {
  readonly method: string;
  readonly uri: string;
  readonly content: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly asynchronousPatternEnabled: boolean;
}

/** One thing that an orchestrator function asked for, as the worker's state lists them. */
export type OrchestratorAction =
  | { readonly kind: 'callActivity'; readonly name: string; readonly input: unknown; readonly retry: RetryPolicy | undefined }
  | { readonly kind: 'callSubOrchestrator'; readonly name: string; readonly instanceId: string | undefined; readonly version: string | undefined; readonly inputText: JsonText | null; readonly retry: RetryPolicy | undefined }
  | { readonly kind: 'continueAsNew'; readonly inputText: JsonText | null }
  | { readonly kind: 'createTimer'; readonly fireAtMs: number; readonly isCanceled: boolean }
  | { readonly kind: 'waitForExternalEvent'; readonly name: string }
  | { readonly kind: 'callEntity'; readonly entityInstanceId: string; readonly operation: string; readonly input: unknown }
  | { readonly kind: 'signalEntity'; readonly entityInstanceId: string; readonly operation: string; readonly input: unknown }
  | { readonly kind: 'callHttp'; readonly request: HttpCall }
  | { readonly kind: 'whenAny'; readonly children: readonly OrchestratorAction[] }
  | { readonly kind: 'whenAll'; readonly children: readonly OrchestratorAction[] }
  | { readonly kind: 'lockEntities'; readonly lockRequestId: string; readonly lockSet: readonly EntityAddress[] }
  | { readonly kind: 'releaseEntities' };

/** What an orchestrator function answered, success and failure alike. */
export interface OrchestratorState {
  readonly isDone: boolean;
  readonly actions: readonly OrchestratorAction[];
  readonly output: unknown;
  /** Undefined when the function did not fail, or threw something that is not an Error. */
  readonly error: string | undefined;
  /** Null clears what is stored. */
  readonly customStatusText: JsonText | null;
}

/** Reads the state that the SDK returned, as JSON has it or as the SDK made it (instants are dates then). Throws on what this protocol does not have. */
export function parseOrchestratorState(state: unknown): OrchestratorState {
  if (!isRecord(state)) throw new Error('the orchestrator function did not return the state of the out-of-process protocol');
  const actions = Array.isArray(state['actions']) ? (state['actions'] as unknown[])[0] : undefined;
  if (!Array.isArray(actions)) throw new Error('the orchestrator function returned no list of actions');
  const error = state['error'];
  return {
    isDone: state['isDone'] === true,
    actions: actions.map(parseAction),
    output: state['output'],
    error: typeof error === 'string' && error !== '' ? error : undefined,
    customStatusText: toTextOrNull(state['customStatus']),
  };
}

function parseAction(raw: unknown): OrchestratorAction {
  if (!isRecord(raw)) throw new Error('an action is not an object');
  const text = (key: string): string => String(raw[key]);
  const optionalText = (key: string): string | undefined => (typeof raw[key] === 'string' && raw[key] !== '' ? raw[key] : undefined);
  const retry = raw['retryOptions'] === undefined ? undefined : parseRetry(raw['retryOptions']);
  switch (raw['actionType']) {
    case 0:
    case 1:
      return { kind: 'callActivity', name: text('functionName'), input: raw['input'], retry };
    case 2:
    case 3:
      return { kind: 'callSubOrchestrator', name: text('functionName'), instanceId: optionalText('instanceId'), version: optionalText('version'), inputText: toTextOrNull(raw['input']), retry };
    case 4:
      return { kind: 'continueAsNew', inputText: toContinuedInputText(raw['input']) };
    case 5:
      return { kind: 'createTimer', fireAtMs: new Date(raw['fireAt'] as string | Date).getTime(), isCanceled: raw['isCanceled'] === true };
    case 6:
      return { kind: 'waitForExternalEvent', name: text('externalEventName') };
    case 7:
      return { kind: 'callEntity', entityInstanceId: text('instanceId'), operation: text('operation'), input: raw['input'] };
    case 8:
      return { kind: 'callHttp', request: parseHttpCall(raw['httpRequest']) };
    case 9:
      return { kind: 'signalEntity', entityInstanceId: text('instanceId'), operation: text('operation'), input: raw['input'] };
    case 11:
      return { kind: 'whenAny', children: parseChildren(raw['compoundActions']) };
    case 12:
      return { kind: 'whenAll', children: parseChildren(raw['compoundActions']) };
    case 13:
      return { kind: 'lockEntities', lockRequestId: text('lockRequestId'), lockSet: parseLockSet(raw['lockSet']) };
    case 14:
      return { kind: 'releaseEntities' };
    default:
      throw new Error(`action type ${String(raw['actionType'])} is not part of the protocol`);
  }
}

function toTextOrNull(input: unknown): JsonText | null {
  return input === undefined || input === null ? null : toJsonText(input);
}

/** The SDK sends a string as JSON inside JSON here. */
function toContinuedInputText(input: unknown): JsonText | null {
  return typeof input === 'string' ? input : toTextOrNull(input);
}

function parseChildren(raw: unknown): OrchestratorAction[] {
  return Array.isArray(raw) ? raw.map(parseAction) : [];
}

function parseLockSet(raw: unknown): EntityAddress[] {
  return Array.isArray(raw) ? raw.filter(isRecord).map((entity) => ({ name: String(entity['name']).toLowerCase(), key: String(entity['key']) })) : [];
}

function parseHttpCall(raw: unknown): HttpCall {
  if (!isRecord(raw)) throw new Error('callHttp has no request');
  const headers = isRecord(raw['headers']) ? Object.fromEntries(Object.entries(raw['headers']).map(([name, value]) => [name, String(value)])) : {};
  return {
    method: String(raw['method']),
    uri: String(raw['uri']),
    content: typeof raw['content'] === 'string' ? raw['content'] : undefined,
    headers,
    asynchronousPatternEnabled: raw['asynchronousPatternEnabled'] !== false,
  };
}

/** Defaults as in DurableTask.Core's RetryOptions. */
function parseRetry(raw: unknown): RetryPolicy {
  const options = isRecord(raw) ? raw : {};
  const number = (key: string, fallback: number): number => (typeof options[key] === 'number' ? options[key] : fallback);
  return {
    firstRetryIntervalMs: number('firstRetryIntervalInMilliseconds', 0),
    maxNumberOfAttempts: number('maxNumberOfAttempts', 1),
    backoffCoefficient: number('backoffCoefficient', 1),
    maxRetryIntervalMs: number('maxRetryIntervalInMilliseconds', 6 * 86_400_000),
    retryTimeoutMs: number('retryTimeoutInMilliseconds', Number.POSITIVE_INFINITY),
  };
}
