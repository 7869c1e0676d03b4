import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSnapshot } from '../../tools/infra-check/snapshot.ts';
import type { Snapshot } from '../../tools/infra-check/snapshot.ts';

export type SnapshotName = 'trial' | 'production' | 'attach';

export const snapshotText = (name: SnapshotName): string => readFileSync(join(import.meta.dirname, '..', '..', 'infra', 'params', `${name}.snapshot.json`), 'utf8');

export const readSnapshot = (name: SnapshotName): Snapshot => parseSnapshot(snapshotText(name));

/** A resource of a snapshot that a test may change: plain JSON. */
export interface Draft {
  id: string;
  type: string;
  name: string;
  location: string;
  zones: string[];
  [field: string]: unknown;
}

/** The snapshot after `plant` has spoilt it. */
export function spoilt(name: SnapshotName, plant: (resources: Draft[]) => void): Snapshot {
  // The file is the compiler's own; its shape is what Draft says.
  const parsed = JSON.parse(snapshotText(name)) as { predictedResources: Draft[] };
  plant(parsed.predictedResources);
  return parseSnapshot(JSON.stringify(parsed));
}

/** First resource of a type, and of a name where one is given. Throws where there is none: the test would prove nothing. */
export function pick(resources: readonly Draft[], type: string, nameEnds = ''): Draft {
  const found = resources.find((resource) => resource.type === type && resource.name.endsWith(nameEnds));
  if (found === undefined) throw new Error(`no ${type} ${nameEnds} in the snapshot`);
  return found;
}

/** Sets the value at a dotted path; throws where the path does not lead anywhere. */
export function set(target: unknown, path: string, value: unknown): void {
  const parts = path.split('.');
  const last = parts.pop() ?? '';
  const parent = parts.reduce<unknown>((here, part) => (typeof here === 'object' && here !== null ? Reflect.get(here, part) : undefined), target);
  if (typeof parent !== 'object' || parent === null) throw new Error(`${path} leads nowhere`);
  Reflect.set(parent, last, value);
}

export function remove(resources: Draft[], victim: Draft): void {
  resources.splice(resources.indexOf(victim), 1);
}
