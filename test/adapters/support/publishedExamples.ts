import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../../../shared/data/arm-examples');

/** A published request and response, or null where the data is not on this machine. */
export function publishedExample(name: string): PublishedExample | null {
  const path = join(folder, name);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as PublishedExample) : null; // a file of known shape
}

export interface PublishedExample {
  readonly responses: Readonly<Record<string, { readonly body: Record<string, unknown>; readonly headers?: Readonly<Record<string, string>> }>>;
  readonly exchanges: readonly { readonly request: { readonly method: string; readonly uri: string }; readonly response: { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: Record<string, unknown> } }[];
}
