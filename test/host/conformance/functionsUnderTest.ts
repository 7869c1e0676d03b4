import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import { recordingsFolder } from './recordings.ts';

/** What the functions hand to the recorder: the requests that the SDK's client made. */
export interface RecorderNote {
  readonly ev: string;
  readonly tag?: string;
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody?: string;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: unknown;
}

interface Axios {
  create: unknown;
  default?: { create: unknown };
}

/** Runs the published functions with a stub recorder. Returns what undoes their patch of axios. */
export function loadFunctionsUnderTest(put: (note: RecorderNote) => void): () => void {
  const source = readFileSync(path.join(recordingsFolder, 'functions-under-test.js'), 'utf8');
  const require = createRequire(path.resolve(import.meta.dirname, '../../../package.json'));
  // The axios that the SDK itself uses, wherever npm has put it: the functions patch it to see the SDK's requests.
  const sdkRequire = createRequire(require.resolve('durable-functions'));
  const axios = sdkRequire('axios') as Axios;
  const former = [axios.create, axios.default?.create] as const;
  // compiled as Node compiles CommonJS, with a require of our own
  const load = compileFunction(source, ['require']) as (require: (id: string) => unknown) => void;
  load((id) => {
    if (id === './recorder') return { put };
    return id === 'axios' ? axios : (require(id) as unknown);
  });
  return () => {
    axios.create = former[0];
    if (axios.default !== undefined) axios.default.create = former[1];
  };
}
