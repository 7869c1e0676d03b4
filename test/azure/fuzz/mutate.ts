/** Requests that are almost right: a valid one with a few things broken, from a fixed seed. */
export interface FuzzRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

export type Draw = () => number;

/** mulberry32: small, fast, the same everywhere. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const pick = <T>(draw: Draw, from: readonly T[], otherwise: T): T => from[Math.floor(draw() * from.length)] ?? otherwise;

const oddTexts = ['', '..', '%', '%2e%2e', '%00', '%E0%A4%A', '*', '\u{1F4A5}', 'a'.repeat(3000), 'null', '-1', '0', '1e309', "' or 1=1", '__proto__', 'constructor', '{}', '2026-02-30', 'subscriptions', 'providers'];
const oddValues: readonly unknown[] = [null, true, false, 0, -1, 1.5, 1e21, 2_147_483_648, '', 'x', 'Enabled', [], [[]], [null], {}, { a: {} }, 'a'.repeat(500), { __proto__x: 1 }];
const methods = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'get', 'LEASE'];
const headerNames = ['if-match', 'if-none-match', 'content-type', 'accept', 'x-ms-version', 'x-ms-date', 'range', 'content-length', 'x-ms-lease-id', 'x-ms-lease-action', 'x-ms-documentdb-partitionkey', 'x-ms-continuation', 'x-ms-max-item-count', 'x-ms-documentdb-isquery', 'x-ms-blob-type', 'authorization'];

function mutateText(draw: Draw, text: string): string {
  const at = Math.floor(draw() * (text.length + 1));
  const kind = draw();
  if (kind < 0.3) return text.slice(0, at) + pick(draw, oddTexts, '') + text.slice(at);
  if (kind < 0.6) return text.slice(0, at) + text.slice(at + 1 + Math.floor(draw() * 4));
  return text.slice(0, at) + String.fromCodePoint(Math.floor(draw() * 300)) + text.slice(at + 1);
}

function mutatePath(draw: Draw, pathname: string): string {
  const segments = pathname.split('/');
  const at = 1 + Math.floor(draw() * Math.max(1, segments.length - 1));
  const kind = draw();
  if (kind < 0.3) segments[at] = encodeURIComponent(mutateText(draw, segments[at] ?? ''));
  else if (kind < 0.5) segments.splice(at, 1);
  else if (kind < 0.7) segments.splice(at, 0, pick(draw, oddTexts, ''));
  else if (kind < 0.85) segments[at] = pick(draw, oddTexts, '');
  else segments[at] = (segments[at] ?? '').toUpperCase();
  return segments.join('/');
}

function mutateJson(draw: Draw, value: unknown): unknown {
  if (Array.isArray(value) && value.length > 0 && draw() < 0.7) {
    const at = Math.floor(draw() * value.length);
    return value.map((entry, index) => (index === at ? mutateJson(draw, entry) : entry));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && draw() < 0.85) {
    const entries = Object.entries(value);
    const kind = draw();
    if (kind < 0.2) return Object.fromEntries([...entries, [pick(draw, ['extra', '__proto__', 'properties', 'weight', 'metadata'], 'extra'), pick(draw, oddValues, null)]]);
    if (kind < 0.4) return Object.fromEntries(entries.filter(() => draw() > 0.3));
    const at = Math.floor(draw() * entries.length);
    return Object.fromEntries(entries.map(([key, entry], index) => [key, index === at ? mutateJson(draw, entry) : entry]));
  }
  return pick(draw, oddValues, null);
}

function mutateBody(draw: Draw, body: FuzzRequest['body']): FuzzRequest['body'] {
  const kind = draw();
  if (kind < 0.1) return null;
  if (kind < 0.2) return Uint8Array.from({ length: Math.floor(draw() * 64) }, () => Math.floor(draw() * 256));
  const text = body === null ? '{}' : typeof body === 'string' ? body : new TextDecoder().decode(body);
  if (kind < 0.35) return mutateText(draw, text);
  try {
    return JSON.stringify(mutateJson(draw, JSON.parse(text)));
  } catch {
    return mutateText(draw, text);
  }
}

/** One to four things broken; now and then nothing, so that state moves on. */
export function mutate(draw: Draw, request: FuzzRequest): FuzzRequest {
  let { method, url, headers, body } = request;
  const times = Math.floor(draw() * 5);
  for (let count = 0; count < times; count += 1) {
    const kind = draw();
    if (kind < 0.12) method = pick(draw, methods, 'GET');
    else if (kind < 0.4) url = withUrl(url, (parsed) => (parsed.pathname = mutatePath(draw, parsed.pathname)));
    else if (kind < 0.6) url = withUrl(url, (parsed) => mutateQuery(draw, parsed.searchParams));
    else if (kind < 0.7) headers = { ...headers, [pick(draw, headerNames, 'accept')]: pick(draw, oddTexts, '').replaceAll(/[^ -~]/g, '') };
    else body = mutateBody(draw, body);
  }
  return { method, url, headers, body };
}

function withUrl(url: string, change: (parsed: URL) => unknown): string {
  const parsed = new URL(url);
  change(parsed);
  return parsed.href;
}

function mutateQuery(draw: Draw, search: URLSearchParams): void {
  const names = [...search.keys()];
  const name = pick(draw, [...names, '$filter', 'api-version', 'comp', 'watch', 'timespan', 'limit', 'continue', 'resourceVersion', 'force', 'fieldManager'], 'x');
  const kind = draw();
  if (kind < 0.3) search.delete(name);
  else search.set(name, kind < 0.6 ? pick(draw, oddTexts, '') : mutateText(draw, search.get(name) ?? ''));
}
