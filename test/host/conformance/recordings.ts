import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Where published recordings of the real extension lie, beside the project. */
export const recordingsFolder = path.resolve(import.meta.dirname, '../../../../shared/data/durable-recordings');

export interface RecordedEpisode {
  readonly kind: string;
  readonly name: string;
  readonly instanceId?: string;
  readonly at: string;
  readonly in: unknown;
  readonly out?: unknown;
  readonly error?: unknown;
}

export interface RecordedHttp {
  readonly at?: string;
  readonly via?: string;
  readonly method?: string;
  readonly path?: string;
  readonly url?: string;
  readonly requestHeaders?: Readonly<Record<string, string>> | null;
  readonly requestBody?: string | null;
  readonly status?: number;
  readonly responseHeaders?: Readonly<Record<string, string>>;
  readonly responseBody?: unknown;
  readonly calls?: readonly { readonly call: string; readonly args: readonly unknown[]; readonly result?: unknown; readonly rejected?: string }[];
}

export interface Recording {
  readonly case: string;
  readonly description: string;
  readonly functionsVersion: { readonly durableTask?: unknown };
  readonly notes: readonly string[];
  readonly episodes: readonly RecordedEpisode[];
  readonly http: readonly RecordedHttp[];
  readonly finalStatus: Readonly<Record<string, unknown>>;
}

/** Undefined when the folder is not there. */
export function listRecordings(): readonly string[] | undefined {
  if (!existsSync(recordingsFolder)) return undefined;
  return readdirSync(recordingsFolder)
    .filter((name) => name.endsWith('.json') && name !== 'extension-defaults.json')
    .map((name) => name.slice(0, -'.json'.length))
    .toSorted();
}

export function readRecording(name: string): Recording {
  // the recordings' own shape, as their README gives it
  return JSON.parse(readFileSync(path.join(recordingsFolder, `${name}.json`), 'utf8')) as Recording;
}
