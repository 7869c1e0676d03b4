import type { Lease } from './lease.ts';

/** One block blob. `content` is base64 in a saved state and bytes here. */
export interface StoredBlob {
  readonly content: Uint8Array;
  readonly contentType: string;
  readonly contentEncoding: string | null;
  readonly contentMd5: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly createdAt: number;
  readonly modifiedAt: number;
  readonly lease: Lease;
}

export interface StoredContainer {
  readonly metadata: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly modifiedAt: number;
}

/** Every change of the store, in the order in which it happened: replaying them all gives the store again. */
export type BlobChange =
  | { readonly type: 'containerPut'; readonly account: string; readonly container: string; readonly value: StoredContainer }
  | { readonly type: 'containerDeleted'; readonly account: string; readonly container: string }
  | { readonly type: 'blobPut'; readonly account: string; readonly container: string; readonly blob: string; readonly value: Omit<StoredBlob, 'content'> & { readonly content: string } }
  | { readonly type: 'blobDeleted'; readonly account: string; readonly container: string; readonly blob: string };

export interface BlobStore {
  containers(account: string): ReadonlyMap<string, StoredContainer>;
  container(account: string, container: string): StoredContainer | null;
  blobs(account: string, container: string): ReadonlyMap<string, StoredBlob>;
  blob(account: string, container: string, blob: string): StoredBlob | null;
  putContainer(account: string, container: string, value: Omit<StoredContainer, 'etag'>): StoredContainer;
  removeContainer(account: string, container: string): void;
  putBlob(account: string, container: string, blob: string, value: Omit<StoredBlob, 'etag'>): StoredBlob;
  /** Lease changes leave the etag and the modification time as they are. */
  putLease(account: string, container: string, blob: string, lease: Lease): void;
  removeBlob(account: string, container: string, blob: string): void;
  /** What infrastructure would have made; no effect where it exists. */
  ensureContainer(account: string, container: string, now: number): void;
  /** Changes that would rebuild the store as it is now. */
  save(): readonly BlobChange[];
}

export interface BlobStoreOptions {
  /** Changes of an earlier life, oldest first. */
  readonly saved?: readonly BlobChange[];
  /** Told of each change after it happened: what makes a state folder durable. */
  readonly record?: (change: BlobChange) => void;
}

/** The fewest changes that rebuild the same store. */
export const compactBlobChanges = (saved: readonly BlobChange[]): readonly BlobChange[] => createBlobStore({ saved }).save();

interface ContainerState {
  readonly properties: StoredContainer;
  readonly blobs: Map<string, StoredBlob>;
}

const noBlobs: ReadonlyMap<string, StoredBlob> = new Map();

export function createBlobStore(options: BlobStoreOptions = {}): BlobStore {
  const accounts = new Map<string, Map<string, ContainerState>>();
  let sequence = 0;

  const containersOf = (account: string): Map<string, ContainerState> => {
    const found = accounts.get(account);
    if (found !== undefined) return found;
    const created = new Map<string, ContainerState>();
    accounts.set(account, created);
    return created;
  };
  const stateOf = (account: string, container: string): ContainerState | undefined => accounts.get(account)?.get(container);
  // Azure's etags look like "0x8DC2A5B7C1D2E3F"; a counter keeps them unique and the run repeatable.
  const nextEtag = (): string => `"0x8D${(++sequence).toString(16).toUpperCase().padStart(13, '0')}"`;
  const noteEtag = (etag: string): void => {
    const number = Number.parseInt(etag.slice(5, -1), 16);
    if (number > sequence) sequence = number;
  };
  const record = (change: BlobChange): void => options.record?.(change);

  const setBlob = (account: string, container: string, name: string, value: StoredBlob): void => {
    stateOf(account, container)?.blobs.set(name, value);
    if (options.record !== undefined) record(blobChange(account, container, name, value));
  };

  for (const change of options.saved ?? []) {
    switch (change.type) {
      case 'containerPut': {
        const blobs = stateOf(change.account, change.container)?.blobs ?? new Map<string, StoredBlob>();
        containersOf(change.account).set(change.container, { properties: change.value, blobs });
        noteEtag(change.value.etag);
        break;
      }
      case 'containerDeleted':
        accounts.get(change.account)?.delete(change.container);
        break;
      case 'blobPut':
        stateOf(change.account, change.container)?.blobs.set(change.blob, { ...change.value, content: Buffer.from(change.value.content, 'base64') });
        noteEtag(change.value.etag);
        break;
      case 'blobDeleted':
        stateOf(change.account, change.container)?.blobs.delete(change.blob);
        break;
    }
  }

  const store: BlobStore = {
    containers: (account) => new Map([...(accounts.get(account) ?? [])].map(([name, state]) => [name, state.properties])),
    container: (account, container) => stateOf(account, container)?.properties ?? null,
    blobs: (account, container) => stateOf(account, container)?.blobs ?? noBlobs,
    blob: (account, container, blob) => stateOf(account, container)?.blobs.get(blob) ?? null,
    putContainer(account, container, value) {
      const stored: StoredContainer = { ...value, etag: nextEtag() };
      const blobs = stateOf(account, container)?.blobs ?? new Map<string, StoredBlob>();
      containersOf(account).set(container, { properties: stored, blobs });
      record({ type: 'containerPut', account, container, value: stored });
      return stored;
    },
    removeContainer(account, container) {
      if (accounts.get(account)?.delete(container) === true) record({ type: 'containerDeleted', account, container });
    },
    putBlob(account, container, blob, value) {
      const stored: StoredBlob = { ...value, etag: nextEtag() };
      setBlob(account, container, blob, stored);
      return stored;
    },
    putLease(account, container, blob, lease) {
      const found = stateOf(account, container)?.blobs.get(blob);
      if (found !== undefined) setBlob(account, container, blob, { ...found, lease });
    },
    removeBlob(account, container, blob) {
      if (stateOf(account, container)?.blobs.delete(blob) === true) record({ type: 'blobDeleted', account, container, blob });
    },
    ensureContainer(account, container, now) {
      if (stateOf(account, container) === undefined) store.putContainer(account, container, { metadata: {}, modifiedAt: now });
    },
    save() {
      const changes: BlobChange[] = [];
      for (const [account, containers] of accounts) {
        for (const [container, state] of containers) {
          changes.push({ type: 'containerPut', account, container, value: state.properties });
          for (const [name, blob] of state.blobs) changes.push(blobChange(account, container, name, blob));
        }
      }
      return changes;
    },
  };
  return store;
}

const blobChange = (account: string, container: string, blob: string, value: StoredBlob): BlobChange => ({
  type: 'blobPut',
  account,
  container,
  blob,
  value: { ...value, content: Buffer.from(value.content).toString('base64') },
});
