import { idTaken, notFound, preconditionFailed, uniqueKeyTaken } from './errors.ts';
import { partitionKeyOf, valueAt } from './document.ts';
import type { Document } from './document.ts';

export interface ContainerDefinition {
  readonly database: string;
  readonly name: string;
  /** Such as "/runId". */
  readonly partitionKeyPath: string;
  /** Paths of unique keys, one set each, unique within a partition. */
  readonly uniqueKeys: readonly (readonly string[])[];
  /** Seconds; -1: items live for ever unless they say otherwise; null: item ttl has no effect. */
  readonly defaultTtl: number | null;
}

export interface StoredItem {
  readonly document: Document;
  readonly id: string;
  /** JSON of the partition key's value. */
  readonly partition: string;
  readonly etag: string;
  /** Epoch seconds, as _ts. */
  readonly writtenAt: number;
  /** Position in the container's log: grows with every write. */
  readonly lsn: number;
}

/** Every change, in order: replaying them all gives the store again. */
export type CosmosChange =
  | { readonly type: 'put'; readonly database: string; readonly container: string; readonly document: Document; readonly lsn: number }
  | { readonly type: 'removed'; readonly database: string; readonly container: string; readonly partition: string; readonly id: string; readonly lsn: number };

export interface CosmosStoreOptions {
  readonly saved?: readonly CosmosChange[];
  /** Told of each change after it happened: what makes a state folder durable. */
  readonly record?: (change: CosmosChange) => void;
}

/** What Spillway's infrastructure makes: an append-only ledger and small mutable documents with a time to live. */
export const spillwayContainers = (database = 'spillway'): readonly ContainerDefinition[] => [
  { database, name: 'ledger', partitionKeyPath: '/runId', uniqueKeys: [['/seq']], defaultTtl: null },
  { database, name: 'state', partitionKeyPath: '/kind', uniqueKeys: [], defaultTtl: -1 },
];

export interface CosmosStore {
  readonly containers: readonly ContainerState[];
  container(database: string, name: string): ContainerState | null;
  /** Changes that would rebuild the store as it is now. */
  save(): readonly CosmosChange[];
}

export function createCosmosStore(definitions: readonly ContainerDefinition[] = spillwayContainers(), options: CosmosStoreOptions = {}): CosmosStore {
  const containers = definitions.map((definition, index) => new ContainerState(definition, index, options.record ?? (() => undefined)));
  const find = (database: string, name: string): ContainerState | null => containers.find(({ definition }) => definition.database === database && definition.name === name) ?? null;
  for (const change of options.saved ?? []) find(change.database, change.container)?.replay(change);
  return { containers, container: find, save: () => containers.flatMap((container) => container.save()) };
}

/** The fewest changes that rebuild the same store. */
export const compactCosmosChanges = (saved: readonly CosmosChange[], definitions: readonly ContainerDefinition[] = spillwayContainers()): readonly CosmosChange[] => createCosmosStore(definitions, { saved }).save();

const databaseBytes = [0x53, 0x70, 0x77, 0x00];

/** One container: a single physical partition that holds all logical ones. */
export class ContainerState {
  readonly definition: ContainerDefinition;
  readonly databaseRid: string;
  readonly rid: string;
  readonly #tell: (change: CosmosChange) => void;
  /** Changes of the transaction under way; null outside one. */
  #pending: CosmosChange[] | null = null;
  readonly #ridBytes: readonly number[];
  readonly #partitions = new Map<string, Map<string, StoredItem>>();
  readonly #uniqueKeys = new WeakMap<Document, readonly string[]>();
  #lsn = 1;

  constructor(definition: ContainerDefinition, index: number, record: (change: CosmosChange) => void) {
    this.definition = definition;
    this.#tell = record;
    this.#ridBytes = [...databaseBytes, 0x80, 0, 0, index + 1];
    this.databaseRid = Buffer.from(databaseBytes).toString('base64');
    this.rid = Buffer.from(this.#ridBytes).toString('base64');
  }

  get lsn(): number {
    return this.#lsn;
  }

  get self(): string {
    return `dbs/${this.databaseRid}/colls/${this.rid}/`;
  }

  read(partition: string, id: string, nowSeconds: number): StoredItem | null {
    const items = this.#partitions.get(partition);
    const found = items?.get(id);
    if (items === undefined || found === undefined) return null;
    if (!this.#expired(found, nowSeconds)) return found;
    items.delete(id);
    return null;
  }

  /** Live items of one partition or of all, oldest write first. */
  list(partition: string | null, nowSeconds: number): readonly StoredItem[] {
    const maps = partition === null ? [...this.#partitions.values()] : [this.#partitions.get(partition) ?? new Map<string, StoredItem>()];
    const items = maps.flatMap((items) => [...items.values()]).filter((item) => !this.#expired(item, nowSeconds));
    return partition === null ? items.toSorted((a, b) => a.lsn - b.lsn) : items;
  }

  create(document: Document, partition: string, id: string, nowSeconds: number): StoredItem {
    if (this.read(partition, id, nowSeconds) !== null) throw idTaken();
    return this.#put(document, partition, id, nowSeconds, null);
  }

  replace(document: Document, partition: string, id: string, nowSeconds: number, ifMatch: string | null): StoredItem {
    const found = this.read(partition, id, nowSeconds);
    if (found === null) throw notFound();
    if (ifMatch !== null && ifMatch !== '*' && ifMatch !== found.etag) throw preconditionFailed();
    return this.#put(document, partition, id, nowSeconds, found);
  }

  remove(partition: string, id: string, nowSeconds: number, ifMatch: string | null): void {
    const found = this.read(partition, id, nowSeconds);
    if (found === null) throw notFound();
    if (ifMatch !== null && ifMatch !== '*' && ifMatch !== found.etag) throw preconditionFailed();
    this.#partitions.get(partition)?.delete(id);
    this.#record({ type: 'removed', database: this.definition.database, container: this.definition.name, partition, id, lsn: ++this.#lsn });
  }

  /** All that `run` does to a partition happens, or nothing when it throws: then nothing is recorded either. */
  atomically<T>(partition: string, run: () => T): T {
    const items = this.#partitions.get(partition);
    const copy = items === undefined ? null : new Map(items);
    const lsn = this.#lsn;
    const pending: CosmosChange[] = [];
    this.#pending = pending;
    try {
      const result = run();
      this.#pending = null;
      for (const change of pending) this.#tell(change);
      return result;
    } catch (error) {
      if (copy === null) this.#partitions.delete(partition);
      else this.#partitions.set(partition, copy);
      this.#lsn = lsn;
      throw error;
    } finally {
      this.#pending = null;
    }
  }

  replay(change: CosmosChange): void {
    this.#lsn = Math.max(this.#lsn, change.lsn);
    if (change.type === 'removed') {
      this.#partitions.get(change.partition)?.delete(change.id);
      return;
    }
    const { document } = change;
    const partition = partitionKeyOf(document, this.definition.partitionKeyPath);
    const { id, _etag: etag, _ts: writtenAt } = document;
    if (typeof id !== 'string' || typeof etag !== 'string' || typeof writtenAt !== 'number') throw new Error('a saved document lacks id, _etag or _ts');
    this.#itemsOf(partition).set(id, { document, id, partition, etag, writtenAt, lsn: change.lsn });
  }

  save(): readonly CosmosChange[] {
    const items = [...this.#partitions.values()].flatMap((items) => [...items.values()]).toSorted((a, b) => a.lsn - b.lsn);
    return items.map((item) => this.#changeOf(item));
  }

  #record(change: CosmosChange): void {
    if (this.#pending === null) this.#tell(change);
    else this.#pending.push(change);
  }

  #changeOf(item: StoredItem): CosmosChange {
    return { type: 'put', database: this.definition.database, container: this.definition.name, document: item.document, lsn: item.lsn };
  }

  #put(given: Document, partition: string, id: string, nowSeconds: number, before: StoredItem | null): StoredItem {
    this.#checkUniqueKeys(given, partition, id, nowSeconds);
    const lsn = ++this.#lsn;
    const rid = typeof before?.document['_rid'] === 'string' ? before.document['_rid'] : this.#itemRid(lsn);
    const etag = `"${lsn.toString(16).padStart(8, '0')}-0000-0700-0000-${nowSeconds.toString(16).padStart(8, '0')}0000"`;
    const document = { ...given, id, _rid: rid, _self: `${this.self}docs/${rid}/`, _etag: etag, _attachments: 'attachments/', _ts: nowSeconds };
    const stored: StoredItem = { document, id, partition, etag, writtenAt: nowSeconds, lsn };
    this.#itemsOf(partition).set(id, stored);
    this.#record(this.#changeOf(stored));
    return stored;
  }

  #itemRid(lsn: number): string {
    const tail = Buffer.alloc(8);
    tail.writeUInt32LE(lsn);
    return Buffer.concat([Buffer.from(this.#ridBytes), tail]).toString('base64');
  }

  #itemsOf(partition: string): Map<string, StoredItem> {
    const found = this.#partitions.get(partition);
    if (found !== undefined) return found;
    const made = new Map<string, StoredItem>();
    this.#partitions.set(partition, made);
    return made;
  }

  #checkUniqueKeys(document: Document, partition: string, id: string, nowSeconds: number): void {
    if (this.definition.uniqueKeys.length === 0) return;
    const keys = this.#uniqueKeysOf(document);
    for (const other of this.#partitions.get(partition)?.values() ?? []) {
      if (other.id === id) continue;
      const taken = this.#uniqueKeysOf(other.document);
      if (keys.some((key, index) => key === taken[index]) && !this.#expired(other, nowSeconds)) throw uniqueKeyTaken();
    }
  }

  #uniqueKeysOf(document: Document): readonly string[] {
    const found = this.#uniqueKeys.get(document);
    if (found !== undefined) return found;
    const made = this.definition.uniqueKeys.map((paths) => keyText(document, paths));
    this.#uniqueKeys.set(document, made);
    return made;
  }

  #expired(item: StoredItem, nowSeconds: number): boolean {
    const { defaultTtl } = this.definition;
    if (defaultTtl === null) return false;
    const own = item.document['ttl'];
    const ttl = typeof own === 'number' ? own : defaultTtl;
    return ttl > 0 && nowSeconds >= item.writtenAt + ttl;
  }
}

/** A path that is missing counts as null, as it does in the service. */
const keyText = (document: Document, paths: readonly string[]): string => JSON.stringify(paths.map((path) => valueAt(document, path) ?? null));
