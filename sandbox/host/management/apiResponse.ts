import type { HostResponse } from '../functions/httpTriggers.ts';
import { emptyBody } from '../functions/httpTriggers.ts';
import type { JsonText } from '../durable/jsonText.ts';

const json = 'application/json; charset=utf-8';

export function empty(status: number): HostResponse {
  return { status, headers: [['content-length', '0']], body: emptyBody };
}

export function jsonText(status: number, text: JsonText, headers: HostResponse['headers'] = []): HostResponse {
  return { status, headers: [['content-type', json], ...headers], body: new TextEncoder().encode(text) };
}

export function jsonBody(status: number, value: unknown, headers: HostResponse['headers'] = []): HostResponse {
  return jsonText(status, JSON.stringify(value), headers);
}

/** A .NET exception as the extension shows it; its stack is not imitated. */
export function exception(status: number, message: string, exceptionMessage: string, exceptionType: string): HostResponse {
  return jsonBody(status, { Message: message, ExceptionMessage: exceptionMessage, ExceptionType: exceptionType, StackTrace: '' });
}

/** What Newtonsoft.Json says of text that is not JSON, for its first character. */
export function toJsonComplaint(text: string): string {
  const first = text.trimStart()[0];
  return first === undefined ? "Error reading JToken from JsonReader. Path '', line 0, position 0." : `Unexpected character encountered while parsing value: ${first}. Path '', line 0, position 0.`;
}
