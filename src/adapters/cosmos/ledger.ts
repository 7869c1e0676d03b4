import type { Container, SqlQuerySpec } from '@azure/cosmos';
import type { ChainedEntry, LedgerEntry } from '../../domain/ledgerEvent.ts';
import { canonicalJson } from '../../domain/ledgerView/canonicalJson.ts';
import { bareEntry, chainEntry } from '../../domain/ledgerView/hashEntry.ts';
import type { Ledger, Recorded, RunQuery } from '../../ports/ledger.ts';
import { TransientError } from '../../ports/outcome.ts';
import type { Outbox } from '../blob/outbox.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import { cosmosCall, cosmosStatus } from './cosmosFaults.ts';
import { perKeyQueue } from './perKeyQueue.ts';
import { documentId, fromDocumentId } from './documentId.ts';

type Tail = Pick<ChainedEntry, 'seq' | 'hash'>;

/** Writers of one run are few: its own activities, and a former holder's last breath. */
const maxRounds = 8;

/** Entries of so many runs are remembered as stored. */
const runsRemembered = 20;

/** After a failure the store is left alone for so long, and entries go straight to the outbox: a run must not wait at every record. */
const restMs = 15_000;

/**
 * Append-only, hash-chained within a run. The entry's id says what it is, `seq` where it stands: both are unique in the
 * partition, so a 409 means that this entry is there already, or that somebody else took the place; reading the id tells which.
 *
 * A wait records what it sees at every look, mostly the same: what this process knows to be stored is not sent again, for
 * nothing that is stored ever changes.
 *
 * When the store is down the entry goes to the outbox. From then on entries queue up behind it, until `drainOutbox` has
 * moved them over in order: an outcome must not stand in the chain before its intent.
 */
export function cosmosLedger(context: SdkContext, container: Container, outbox: Outbox): Ledger {
  const now = (): number => context.clock.now();
  const tails = new Map<string, Tail | null>();
  const queue = perKeyQueue();
  const storedByRun = new Map<string, Map<string, LedgerEntry>>();
  // Entries of a former process may wait there.
  let outboxMayHold: 'something' | 'nothing' = 'something';
  // Begun and ended: a drain that has looked before one of them does not know what is there.
  let puts = 0;
  let restUntil = 0;

  function remember(entry: LedgerEntry): void {
    const ofRun = storedByRun.get(entry.runId) ?? new Map<string, LedgerEntry>();
    storedByRun.set(entry.runId, ofRun.set(entry.id, entry));
    for (const oldest of storedByRun.keys()) if (storedByRun.size > runsRemembered) storedByRun.delete(oldest);
  }

  async function append(entry: LedgerEntry): Promise<Recorded> {
    const { runId } = entry;
    const known = storedByRun.get(runId)?.get(entry.id);
    if (known !== undefined) return isSame(known, entry) ? { kind: 'exists' } : { kind: 'different', found: known };
    for (let round = 1; ; round += 1) {
      const tail = tails.get(runId) ?? (await readTail(runId));
      const chained = chainEntry(entry, tail);
      try {
        await container.items.create({ ...chained, id: documentId(entry.id) });
        tails.set(runId, chained);
        remember(entry);
        return { kind: 'stored' };
      } catch (error) {
        if (cosmosStatus(error) !== 409) {
          tails.delete(runId);
          throw error;
        }
      }
      tails.delete(runId);
      const found = await readStored(runId, entry.id);
      if (found !== null && !isSame(found, entry)) return { kind: 'different', found: bareEntry(found) };
      if (found !== null) {
        remember(entry);
        return { kind: 'exists' };
      }
      if (round >= maxRounds) throw new TransientError(`ledger ${runId}: its end kept moving`, null);
    }
  }

  async function readTail(runId: string): Promise<Tail | null> {
    const { resources } = await container.items
      .query<Tail>({ query: 'SELECT TOP 1 c.seq, c.hash FROM c WHERE c.runId = @runId ORDER BY c.seq DESC', parameters: [{ name: '@runId', value: runId }] }, { partitionKey: runId })
      .fetchAll();
    return resources[0] ?? null;
  }

  async function readStored(runId: string, id: string): Promise<ChainedEntry | null> {
    const { resource } = await container.item(documentId(id), runId).read<ChainedEntry>();
    return resource === undefined ? null : fromStored(resource);
  }

  async function record(entry: LedgerEntry): Promise<Recorded> {
    const resting = now() < restUntil;
    if (!resting) {
      try {
        if (outboxMayHold === 'something' && (await drain()).left > 0) throw new TransientError('the outbox is not empty yet', null);
        return await toStore(entry);
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        restUntil = now() + restMs;
      }
    }
    try {
      return await toOutbox(entry);
    } catch (error) {
      // Out of order beats not on record: the store may be back before its rest is over.
      if (resting && error instanceof TransientError) return toStore(entry);
      throw error;
    }
  }

  const toStore = (entry: LedgerEntry): Promise<Recorded> => cosmosCall(now, `ledger ${entry.runId}`, () => append(entry));

  async function toOutbox(entry: LedgerEntry): Promise<Recorded> {
    outboxMayHold = 'something';
    puts += 1;
    const put = await outbox.put(entry);
    puts += 1;
    if (put.kind === 'put') return { kind: 'outbox' };
    return isSame(put.found, entry) ? { kind: 'exists' } : { kind: 'different', found: put.found };
  }

  async function drain(): Promise<{ readonly moved: number; readonly left: number }> {
    const putsBefore = puts;
    const waiting = await listOutbox();
    let moved = 0;
    for (const item of waiting ?? []) {
      try {
        const appended = await toStore(item.entry);
        await (appended.kind === 'different' ? outbox.setAside(item) : outbox.remove(item));
        moved += 1;
      } catch (error) {
        if (!(error instanceof TransientError)) throw error;
        if (moved === 0) throw error;
        return { moved, left: (waiting?.length ?? 0) - moved };
      }
    }
    if (waiting !== null && puts === putsBefore) outboxMayHold = 'nothing';
    return { moved, left: 0 };
  }

  /** Null when the outbox itself does not answer: the store may well be fine, and then it is used. */
  async function listOutbox(): Promise<Awaited<ReturnType<Outbox['list']>> | null> {
    try {
      return await outbox.list(null);
    } catch (error) {
      if (error instanceof TransientError) return null;
      throw error;
    }
  }

  return {
    record: (entry) => queue(entry.runId, () => record(entry)),

    async readRun(runId) {
      const stored = await cosmosCall(now, `ledger ${runId}`, async () => {
        const query: SqlQuerySpec = { query: 'SELECT * FROM c WHERE c.runId = @runId ORDER BY c.seq ASC', parameters: [{ name: '@runId', value: runId }] };
        const { resources } = await container.items.query<ChainedEntry>(query, { partitionKey: runId }).fetchAll();
        return resources.map(fromStored);
      });
      if (outboxMayHold === 'nothing') return stored;
      const ids = new Set(stored.map((entry) => entry.id));
      const waiting = (await outbox.list(runId)).filter(({ entry }) => !ids.has(entry.id));
      return [...stored, ...waiting.map(({ entry }) => ({ ...entry, seq: -1, previousHash: '', hash: '' }))];
    },

    async readEntry(runId, id) {
      const waiting = (): Promise<LedgerEntry | null> => (outboxMayHold === 'nothing' ? Promise.resolve(null) : outbox.get(runId, id));
      try {
        const stored = await cosmosCall(now, `ledger ${runId}`, () => readStored(runId, id));
        return stored === null ? await waiting() : bareEntry(stored);
      } catch (error) {
        // What lies in the outbox is known without the store; what does not may still be in the store.
        const found = error instanceof TransientError ? await waiting() : null;
        if (found === null) throw error;
        return found;
      }
    },

    listRuns: (query) =>
      cosmosCall(now, 'ledger', async () => {
        const { resources } = await container.items.query<ChainedEntry>(runsQuery(query)).fetchAll();
        return resources.map(fromStored);
      }),

    drainOutbox: () => queue(drainKey, drainNow),
  };

  async function drainNow(): Promise<{ readonly moved: number; readonly left: number }> {
    try {
      return await drain();
    } catch (error) {
      if (!(error instanceof TransientError)) throw error;
      return { moved: 0, left: (await listOutbox())?.length ?? 0 };
    }
  }
}

const drainKey = ' outbox';

function fromStored(stored: ChainedEntry): ChainedEntry {
  const { seq, previousHash, hash } = stored;
  return { ...bareEntry({ ...stored, id: fromDocumentId(stored.id) }), seq, previousHash, hash };
}

/** A step that was repeated writes the same event at another time: the first one counts. */
const isSame = (found: LedgerEntry, entry: LedgerEntry): boolean => found.epoch === entry.epoch && canonicalJson(found.event) === canonicalJson(entry.event);

function runsQuery(query: RunQuery): SqlQuerySpec {
  const bounds: [string, string, string | number | null][] = [
    ['c.at >= @from', '@from', query.fromMs],
    ['c.at < @to', '@to', query.toMs],
    ['ARRAY_CONTAINS(c.stamps, @stamp)', '@stamp', query.stamp],
  ];
  const given = bounds.flatMap(([text, name, value]) => (value === null ? [] : [{ text, name, value }]));
  return {
    query: `SELECT TOP @limit * FROM c WHERE ${["c.event.type = 'RunOpened'", ...given.map(({ text }) => text)].join(' AND ')} ORDER BY c.at DESC`,
    parameters: [{ name: '@limit', value: query.limit }, ...given.map(({ name, value }) => ({ name, value }))],
  };
}
