import type { LedgerEntry } from '../../domain/ledgerEvent.ts';
import { canonicalJson } from '../../domain/ledgerView/canonicalJson.ts';
import { bareEntry } from '../../domain/ledgerView/hashEntry.ts';
import { transientOr } from '../http/faults.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import type { BlobClients } from './blobClients.ts';
import { isNotFound, isThereAlready } from './blobFaults.ts';
import { blobText } from './blobText.ts';

/** Ledger entries that the store could not take, one blob each, in the control plane's own region (I4). */
export interface Outbox {
  /** Durable once it resolves. `there`: a blob of this id exists, with the entry that it holds. */
  put(entry: LedgerEntry): Promise<{ readonly kind: 'put' } | { readonly kind: 'there'; readonly found: LedgerEntry }>;
  get(runId: string, id: string): Promise<LedgerEntry | null>;
  /** Oldest first; `runId` null = all runs. */
  list(runId: string | null): Promise<readonly Waiting[]>;
  remove(waiting: Waiting): Promise<void>;
  /** Puts aside what contradicts the store: kept for a person, no longer waiting. */
  setAside(waiting: Waiting): Promise<void>;
}

export interface Waiting {
  readonly blobName: string;
  readonly entry: LedgerEntry;
}

const waitingPrefix = 'waiting/';
const asidePrefix = 'contradicting/';

export function blobOutbox(context: SdkContext, clients: BlobClients, containerUrl: string): Outbox {
  const container = clients.container(containerUrl);
  const now = (): number => context.clock.now();

  async function create(blobName: string, entry: LedgerEntry): Promise<'created' | 'there'> {
    const body = canonicalJson(bareEntry(entry));
    try {
      await container.getBlockBlobClient(blobName).upload(body, Buffer.byteLength(body), { conditions: { ifNoneMatch: '*' }, blobHTTPHeaders: { blobContentType: 'application/json' } });
      return 'created';
    } catch (error) {
      if (isThereAlready(error)) return 'there';
      throw error;
    }
  }

  async function read(blobName: string): Promise<LedgerEntry | null> {
    try {
      const answer = await container.getBlockBlobClient(blobName).download();
      return JSON.parse(await blobText(answer.readableStreamBody)) as LedgerEntry; // our own document, written by `create`
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
  }

  return {
    put: (entry) =>
      transientOr(now, 'outbox', async () => {
        const blobName = nameOf(entry.runId, entry.id);
        if ((await create(blobName, entry)) === 'created') return { kind: 'put' };
        const found = await read(blobName);
        // Gone again: it was drained between the two calls, and the store has it.
        return found === null ? { kind: 'put' } : { kind: 'there', found };
      }),
    get: (runId, id) => transientOr(now, 'outbox', () => read(nameOf(runId, id))),
    list: (runId) =>
      transientOr(now, 'outbox', async () => {
        const waiting: Waiting[] = [];
        const prefix = runId === null ? waitingPrefix : `${waitingPrefix}${encodeURIComponent(runId)}/`;
        for await (const item of container.listBlobsFlat({ prefix })) {
          const entry = await read(item.name);
          if (entry !== null) waiting.push({ blobName: item.name, entry });
        }
        return waiting.toSorted((left, right) => left.entry.at - right.entry.at || (left.blobName < right.blobName ? -1 : 1));
      }),
    remove: ({ blobName }) =>
      transientOr(now, 'outbox', async () => {
        await container.getBlockBlobClient(blobName).deleteIfExists();
      }),
    setAside: ({ blobName, entry }) =>
      transientOr(now, 'outbox', async () => {
        await create(blobName.replace(waitingPrefix, asidePrefix), entry);
        await container.getBlockBlobClient(blobName).deleteIfExists();
      }),
  };
}

const nameOf = (runId: string, id: string): string => `${waitingPrefix}${encodeURIComponent(runId)}/${encodeURIComponent(id)}.json`;
