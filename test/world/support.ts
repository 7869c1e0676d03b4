import { VirtualClock } from '../../sandbox/clock/virtualClock.ts';
import { createSampleWorld, type SimulatedWorld } from '../../sandbox/world/index.ts';
import type { SpecOptions } from '../../sandbox/world/index.ts';

/** A Monday, ten in the morning in New York. */
export const monday = Date.parse('2026-11-16T15:00:00Z');

export interface Sample {
  readonly clock: VirtualClock;
  readonly world: SimulatedWorld;
  readonly run: (seconds: number) => void;
}

export function sample(options: SpecOptions = {}, seed = 7): Sample {
  const clock = new VirtualClock(monday);
  const world = createSampleWorld(clock, seed, options);
  return {
    clock,
    world,
    run: (seconds) => {
      clock.runUntil(clock.now() + seconds * 1000);
      world.settle();
    },
  };
}

export function stampOf(world: SimulatedWorld, name: string): NonNullable<ReturnType<SimulatedWorld['stamps']['get']>> {
  const stamp = world.stamps.get(name);
  if (stamp === undefined) throw new Error(`no stamp ${name}`);
  return stamp;
}

export function poolOf(world: SimulatedWorld, stamp: string, pool = 'user1'): NonNullable<ReturnType<ReturnType<typeof stampOf>['pools']['get']>> {
  const state = stampOf(world, stamp).pools.get(pool);
  if (state === null) throw new Error(`no pool ${pool}`);
  return state;
}

export function shareOf(world: SimulatedWorld, stamp: string): number {
  return world.snapshot().stamps.find((candidate) => candidate.name === stamp)?.share ?? Number.NaN;
}

/** Fields of an object whose shape a test knows. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current: unknown = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Reflect.get(current, key);
  }
  return current;
}
