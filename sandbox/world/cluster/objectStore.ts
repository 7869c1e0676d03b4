import type { KubeChange, KubeObject } from '../types.ts';
import { uuidOf } from '../prng.ts';

export interface ObjectStoreState {
  resourceVersion: number;
  created: number;
  objects: KubeObject[];
}

export interface ObjectToPut {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Record<string, unknown> & { readonly name: string };
  readonly [key: string]: unknown;
}

/** How many changes a watch may lie behind before it is told 410 Gone. */
const changesKept = 5000;

/** Namespaces of one kind of which the list is kept: anybody may ask for any. */
const listsKept = 50;

/** A cluster's objects with one growing resourceVersion and a log of changes: what etcd is to an API server. */
export class ObjectStore {
  readonly #byKind = new Map<string, Map<string, KubeObject>>();
  /** By kind and namespace, until an object of the kind changes: readers list far more often than anything is written. */
  readonly #lists = new Map<string, Map<string | null, readonly KubeObject[]>>();
  readonly #listeners = new Set<(change: KubeChange) => void>();
  readonly #seed: number;
  readonly #name: string;
  readonly #now: () => number;
  #resourceVersion: number;
  #created: number;
  #changes: { readonly resourceVersion: number; readonly change: KubeChange }[] = [];
  /** Changes up to and including this one are not in the log. */
  #forgottenUpTo: number;

  constructor(state: ObjectStoreState, name: string, seed: number, now: () => number) {
    this.#seed = seed;
    this.#name = name;
    this.#now = now;
    this.#resourceVersion = state.resourceVersion;
    this.#forgottenUpTo = state.resourceVersion;
    this.#created = state.created;
    for (const object of state.objects) this.#kind(object.kind).set(keyOf(namespaceOf(object), object.metadata.name), object);
  }

  get resourceVersion(): string {
    return String(this.#resourceVersion);
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  get(kind: string, namespace: string | null, name: string): KubeObject | null {
    return this.#byKind.get(kind)?.get(keyOf(namespace, name)) ?? null;
  }

  /** The same list as before while no object of the kind has changed. */
  list(kind: string, namespace: string | null): readonly KubeObject[] {
    const lists = this.#lists.get(kind) ?? new Map<string | null, readonly KubeObject[]>();
    this.#lists.set(kind, lists);
    const known = lists.get(namespace);
    if (known !== undefined) return known;
    const objects = [...(this.#byKind.get(kind)?.values() ?? [])];
    const list = namespace === null ? objects : objects.filter((object) => object.metadata.namespace === namespace);
    if (lists.size >= listsKept) lists.clear();
    lists.set(namespace, list);
    return list;
  }

  put(object: ObjectToPut): KubeObject {
    const objects = this.#kind(object.kind);
    const key = keyOf(namespaceOf(object), object.metadata.name);
    const before = objects.get(key);
    const stored: KubeObject = { ...object, metadata: this.#metadata(object, before) };
    objects.set(key, stored);
    this.#log({ type: before === undefined ? 'ADDED' : 'MODIFIED', object: stored });
    return stored;
  }

  remove(kind: string, namespace: string | null, name: string): KubeObject | null {
    const objects = this.#byKind.get(kind);
    const before = objects?.get(keyOf(namespace, name));
    if (objects === undefined || before === undefined) return null;
    objects.delete(keyOf(namespace, name));
    const removed: KubeObject = { ...before, metadata: { ...before.metadata, resourceVersion: String(++this.#resourceVersion) } };
    this.#log({ type: 'DELETED', object: removed });
    return removed;
  }

  onChange(listener: (change: KubeChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  changesSince(resourceVersion: string): readonly KubeChange[] | null {
    const since = Number(resourceVersion);
    if (!Number.isFinite(since) || since < this.#forgottenUpTo) return null;
    return this.#changes.filter((entry) => entry.resourceVersion > since).map((entry) => entry.change);
  }

  save(): ObjectStoreState {
    const objects = [...this.#byKind.values()].flatMap((kind) => [...kind.values()]);
    return { resourceVersion: this.#resourceVersion, created: this.#created, objects };
  }

  /** uid and creationTimestamp stay those of the object that is there; a caller may bring them for a new one. */
  #metadata(object: ObjectToPut, before: KubeObject | undefined): KubeObject['metadata'] {
    const { uid, creationTimestamp } = before?.metadata ?? object.metadata;
    return {
      ...object.metadata,
      uid: typeof uid === 'string' ? uid : uuidOf(this.#seed, `${this.#name} object ${this.#created++}`),
      creationTimestamp: typeof creationTimestamp === 'string' ? creationTimestamp : isoSeconds(this.#now()),
      resourceVersion: String(++this.#resourceVersion),
    };
  }

  #kind(kind: string): Map<string, KubeObject> {
    const existing = this.#byKind.get(kind);
    if (existing !== undefined) return existing;
    const objects = new Map<string, KubeObject>();
    this.#byKind.set(kind, objects);
    return objects;
  }

  #log(change: KubeChange): void {
    this.#lists.delete(change.object.kind);
    this.#changes.push({ resourceVersion: this.#resourceVersion, change });
    if (this.#changes.length > 2 * changesKept) {
      const dropped = this.#changes.splice(0, this.#changes.length - changesKept);
      this.#forgottenUpTo = dropped.at(-1)?.resourceVersion ?? this.#forgottenUpTo;
    }
    for (const listener of this.#listeners) listener(change);
  }
}

/** Objects made together share their instants, and formatting one is dear. */
const formatted = new Map<number, string>();
const formattedKept = 2048;

/** Kubernetes writes instants to the second. */
export function isoSeconds(atMs: number): string {
  const second = Math.floor(atMs / 1000);
  const known = formatted.get(second);
  if (known !== undefined) return known;
  const text = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
  if (formatted.size >= formattedKept) formatted.clear();
  formatted.set(second, text);
  return text;
}

function keyOf(namespace: string | null | undefined, name: string): string {
  return `${namespace ?? ''}/${name}`;
}

function namespaceOf(object: ObjectToPut | KubeObject): string | null {
  const namespace = object.metadata['namespace'];
  return typeof namespace === 'string' ? namespace : null;
}
