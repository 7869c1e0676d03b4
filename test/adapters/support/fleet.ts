import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFleet } from '../../../src/config/loadFleet.ts';
import type { Fleet, Stamp } from '../../../src/domain/fleet.ts';

export const sampleFleetText = readFileSync(join(import.meta.dirname, '../../../sandbox/fleets/three-regions.yaml'), 'utf8');

/** The sample fleet behind a classic Front Door, where a backend is known by its address. */
export const classicFleetText = sampleFleetText
  .replace('kind: standardPremium', 'kind: classic')
  .replace('Microsoft.Cdn/profiles/afd-shop', 'Microsoft.Network/frontDoors/fd-shop')
  .replace(/origin: web-(\w+)/g, 'origin: $1.origin.sandbox.test');

export function fleetFromText(text: string): Fleet {
  const loaded = parseFleet(text);
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.problems));
  return loaded.fleet;
}

/** The sample fleet of three regions. */
export const sampleFleet = (): Fleet => fleetFromText(sampleFleetText);

export function stampOf(fleet: Fleet, name: string): Stamp {
  const stamp = fleet.stamps.find((candidate) => candidate.name === name);
  if (stamp === undefined) throw new Error(`the fleet has no ${name}`);
  return stamp;
}
