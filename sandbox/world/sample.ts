import { readFileSync } from 'node:fs';
import { parseFleetForWorld } from './fleetForWorld.ts';
import { specFromFleet, type SpecOptions } from './spec.ts';
import type { WorldClock } from './types.ts';
import { createWorld, type SimulatedWorld } from './world.ts';

const sampleFleet = new URL('../fleets/three-regions.yaml', import.meta.url);

/** The world of the sample fleet, as `npm start` has it. */
export function createSampleWorld(clock: WorldClock, seed: number, options: SpecOptions = {}): SimulatedWorld {
  return createWorld(specFromFleet(parseFleetForWorld(readFileSync(sampleFleet, 'utf8')), options), { clock, seed });
}
