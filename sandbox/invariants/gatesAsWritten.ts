import { stepMs, type WorldSnapshot } from '../world/index.ts';
import type { SeenWrite } from './observeWrites.ts';

/** A gate's pod reads its blob at every step of the world: until then what was written counts, afterwards what it made of that. */
const readWithinMs = 2 * stepMs;

export interface GatesAsWritten {
  note(write: SeenWrite): void;
  /** Names of stamps whose gates are closed, or will be at the next step. */
  closed(snapshot: WorldSnapshot): ReadonlySet<string>;
}

/** Gates as the changes made to them leave them, one step before the physics shows it. */
export function gatesAsWritten(): GatesAsWritten {
  const written = new Map<string, SeenWrite>();
  return {
    note(write) {
      if (write.target === 'gate') written.set(write.subject, write);
    },
    closed({ at, stamps }) {
      const states = stamps.map(({ name, gate }) => {
        const last = written.get(name);
        return { name, gate: last !== undefined && at - last.at < readWithinMs ? last.gate : gate };
      });
      return new Set(states.flatMap(({ name, gate }) => (gate === 'closed' ? [name] : [])));
    },
  };
}
