import type { KubeChange, KubeObject, KubeStore, WorldClock } from '../types.ts';
import type { Cluster } from './cluster.ts';
import type { ObjectToPut } from './objectStore.ts';

/** The cluster's API as faces use it: physics is settled and rendered first, and told of what was written. */
export class Kube implements KubeStore {
  readonly #cluster: Cluster;
  readonly #clock: WorldClock;
  readonly #settle: () => void;
  readonly #stepMs: number;
  #cancelTimer: (() => void) | null = null;
  #watchers = 0;

  constructor(cluster: Cluster, clock: WorldClock, settle: () => void, stepMs: number) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#settle = settle;
    this.#stepMs = stepMs;
  }

  get resourceVersion(): string {
    this.#refresh();
    return this.#cluster.store.resourceVersion;
  }

  get(kind: string, namespace: string | null, name: string): KubeObject | null {
    this.#refresh();
    return this.#cluster.store.get(kind, namespace, name);
  }

  list(kind: string, namespace: string | null): readonly KubeObject[] {
    this.#refresh();
    return this.#cluster.store.list(kind, namespace);
  }

  put(object: ObjectToPut): KubeObject {
    this.#refresh();
    const stored = this.#cluster.store.put(object);
    this.#cluster.wasPut(stored);
    return stored;
  }

  remove(kind: string, namespace: string | null, name: string): KubeObject | null {
    this.#refresh();
    const removed = this.#cluster.store.remove(kind, namespace, name);
    if (removed !== null) this.#cluster.wasRemoved(kind, name);
    return removed;
  }

  changesSince(resourceVersion: string): readonly KubeChange[] | null {
    this.#refresh();
    return this.#cluster.store.changesSince(resourceVersion);
  }

  /** While somebody watches, physics moves with the clock instead of waiting to be read. */
  onChange(listener: (change: KubeChange) => void): () => void {
    this.#refresh();
    const unsubscribe = this.#cluster.store.onChange(listener);
    this.#watchers++;
    if (this.#cancelTimer === null) this.#tick();
    let subscribed = true;
    return () => {
      if (!subscribed) return;
      subscribed = false;
      unsubscribe();
      if (--this.#watchers === 0) this.dispose();
    };
  }

  dispose(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #tick(): void {
    const next = (Math.floor(this.#clock.now() / this.#stepMs) + 1) * this.#stepMs;
    this.#cancelTimer = this.#clock.setTimer(next, () => {
      this.#refresh();
      this.#tick();
    });
  }

  #refresh(): void {
    this.#settle();
    this.#cluster.rendering.flush(this.#clock.now());
  }
}
