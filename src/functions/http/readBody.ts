import type { HttpRequest } from '@azure/functions';
import { problem, type Problem } from './problem.ts';

export type BodyRead = { readonly kind: 'read'; readonly json: unknown } | Problem;

/** Reads at most `maxBytes`, whatever the headers claim; an empty body reads as undefined. */
export async function readBody(request: HttpRequest, maxBytes: number): Promise<BodyRead> {
  const tooLarge = problem('bodyTooLarge', `at most ${maxBytes} bytes are taken`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) return tooLarge;
  const bytes = await readUpTo(request, maxBytes);
  if (bytes === 'tooMuch') return tooLarge;
  if (bytes.byteLength === 0) return { kind: 'read', json: undefined };
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type)) return problem('unsupportedMediaType', type === '' ? 'there is no Content-Type' : `the Content-Type is ${type.slice(0, 100)}`);
  try {
    const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return { kind: 'read', json };
  } catch {
    return problem('notJson', 'the body cannot be read as JSON in UTF-8');
  }
}

async function readUpTo(request: HttpRequest, maxBytes: number): Promise<Uint8Array | 'tooMuch'> {
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  // the SDK types the stream's chunks as any; a request's are bytes
  for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > maxBytes) return 'tooMuch';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
