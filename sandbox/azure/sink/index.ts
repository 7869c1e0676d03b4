import { empty, json, parseJson } from '../answers.ts';
import type { Face } from '../face.ts';

/** A notice as it arrived. */
export interface Notice {
  /** Epoch milliseconds of the world's clock. */
  readonly at: number;
  readonly path: string;
  readonly body: unknown;
}

export interface Sink {
  readonly face: Face;
  readonly notices: readonly Notice[];
}

const keptAtMost = 1000;

/** The webhook that a fleet file names for notices: takes each, keeps the last thousand, shows them to GET. */
export function createSink(now: () => number): Sink {
  const notices: Notice[] = [];
  const face: Face = (request) => {
    if (request.method === 'GET') return json(200, { notices });
    if (request.method !== 'POST') return empty(405, { allow: 'GET, POST' });
    const parsed = parseJson(request.body);
    if (parsed.kind === 'invalid') return json(400, { error: `the notice is not JSON: ${parsed.why}` });
    notices.push({ at: now(), path: request.url.pathname, body: parsed.kind === 'parsed' ? parsed.value : null });
    if (notices.length > keptAtMost) notices.shift();
    return empty(202);
  };
  return { face, notices };
}
