import type { HubChange } from './hubState.ts';

/** Where a hub's state outlives its process. */
export interface InstanceStore {
  /** Everything committed before, oldest first. Called once, before anything else. */
  load(): readonly HubChange[];
  /** Takes the batch over whole; kept when this returns. */
  commit(changes: readonly HubChange[]): void;
  close(): void;
}

/** Keeps nothing beyond the process. */
export class MemoryStore implements InstanceStore {
  load(): readonly HubChange[] {
    return [];
  }

  commit(): void {
    // the engine's own state is all there is
  }

  close(): void {
    // nothing is held open
  }
}
