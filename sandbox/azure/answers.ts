import type { FaceResponse } from './face.ts';

/** A JSON answer, as every service of the sandbox but the blob one gives it. */
export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): FaceResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache', ...headers }, body: JSON.stringify(body) };
}

const httpDates = new Map<number, string>();
const httpDatesKept = 1000;

/** An instant as HTTP's headers have it. Answers of one moment, and of one resource, ask for the same one; formatting it is dear. */
export function httpDate(ms: number): string {
  const second = Math.floor(ms / 1000);
  const known = httpDates.get(second);
  if (known !== undefined) return known;
  const text = new Date(second * 1000).toUTCString();
  if (httpDates.size >= httpDatesKept) httpDates.clear();
  httpDates.set(second, text);
  return text;
}

export const empty = (status: number, headers: Readonly<Record<string, string>> = {}): FaceResponse => ({ status, headers, body: null });

export const text = (status: number, body: string, contentType = 'text/plain; charset=utf-8'): FaceResponse => ({ status, headers: { 'content-type': contentType }, body });

export type ParsedJson = { readonly kind: 'parsed'; readonly value: unknown } | { readonly kind: 'empty' } | { readonly kind: 'invalid'; readonly why: string };

export function parseJson(body: Uint8Array | null): ParsedJson {
  if (body === null || body.byteLength === 0) return { kind: 'empty' };
  try {
    return { kind: 'parsed', value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) };
  } catch (error) {
    return { kind: 'invalid', why: error instanceof Error ? error.message : String(error) };
  }
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A path segment as the client meant it; one that is no valid percent-encoding stands as it is. */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
