import type { HubChange } from './hubState.ts';
import type { InstanceStore } from './instanceStore.ts';

/** Outlives its host, not this process: for a host that is killed and started again within it. */
export class RememberingStore implements InstanceStore {
  /** As text, so that what the engine changes later does not change what was committed. */
  readonly #batches: string[] = [];

  load(): readonly HubChange[] {
    return this.#batches.flatMap((batch) => JSON.parse(batch) as readonly HubChange[]); // written by commit
  }

  commit(changes: readonly HubChange[]): void {
    this.#batches.push(JSON.stringify(changes));
  }

  close(): void {
    // a later host goes on with it
  }
}
