import type { SimulatedWorld, StampSnapshot, WorldSnapshot } from '../world/index.ts';
import type { SeenWrite } from './observeWrites.ts';

/** What a stamp had when its traffic was taken away. */
type Left = Pick<StampSnapshot, 'requestsPerSecond' | 'capacityRequestsPerSecond'>;

export interface ReturnsWatch {
  /** Called after each change of a gate or an origin, with the world as it is then. @returns what breaks I2, in words. */
  after(write: SeenWrite, snapshot: WorldSnapshot): readonly string[];
}

/**
 * I2 on the way back, whoever gives the traffic back: a failback, a drill's end, an undo. A stamp has room for its users if its ready
 * pods carry what it served when they left; or if it has as much as it had then, whatever that was worth. A gate that runs out is no write.
 */
export function watchReturns(world: SimulatedWorld): ReturnsWatch {
  const leftWith = new Map<string, Left>();
  const gates = new Map<string, SeenWrite['gate']>();
  return {
    after(write, snapshot) {
      if (write.target === 'gate') gates.set(write.subject, write.gate);
      const broken: string[] = [];
      for (const stamp of snapshot.stamps) {
        const { name, capacityRequestsPerSecond: capacity } = stamp;
        const left = leftWith.get(name);
        if (gates.get(name) === 'closed' || !isEnabled(world, name)) {
          if (left === undefined) leftWith.set(name, stamp);
        } else if (left !== undefined) {
          leftWith.delete(name);
          if (capacity < Math.min(left.requestsPerSecond, left.capacityRequestsPerSecond)) {
            broken.push(`${name} gets its traffic back with room for ${capacity} requests/s, and served ${Math.round(left.requestsPerSecond)} when it was taken away`);
          }
        }
      }
      return broken;
    },
  };
}

const isEnabled = (world: SimulatedWorld, name: string): boolean =>
  world.frontDoor.asked.originGroups.some(({ origins }) => origins.some(({ stamp, enabled }) => stamp === name && enabled === 'Enabled'));
