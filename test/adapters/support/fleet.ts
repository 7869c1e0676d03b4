import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFleet } from '../../../src/config/loadFleet.ts';
import type { Fleet, Stamp } from '../../../src/domain/fleet.ts';

/** The sample fleet of three regions. */
export function sampleFleet(): Fleet {
  const loaded = parseFleet(readFileSync(join(import.meta.dirname, '../../../sandbox/fleets/three-regions.yaml'), 'utf8'));
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems));
  return loaded.fleet;
}

export function stampOf(fleet: Fleet, name: string): Stamp {
  const stamp = fleet.stamps.find((candidate) => candidate.name === name);
  if (stamp === undefined) throw new Error(`the fleet has no ${name}`);
  return stamp;
}
