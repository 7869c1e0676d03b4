import { beforeEach, describe, expect, test } from 'vitest';
import type { LedgerEntry, LedgerEvent } from '../../../src/domain/ledgerEvent.ts';
import { verifyChain } from '../../../src/domain/ledgerView/verifyChain.ts';
import type { Ledger } from '../../../src/ports/ledger.ts';
import { TransientError } from '../../../src/ports/outcome.ts';

export interface LedgerUnderTest {
  /** Each call is another process on the same stores. */
  readonly open: () => Ledger;
  readonly breakStore: () => () => void;
  readonly breakOutbox: () => () => void;
  readonly advance: (ms: number) => void;
  /** Unique to this test: stores are shared. */
  readonly runId: string;
}

export function ledgerContract(name: string, prepare: () => Promise<LedgerUnderTest>): void {
  describe(`ledger contract: ${name}`, () => {
    let under: LedgerUnderTest;
    let ledger: Ledger;
    let runId: string;
    beforeEach(async () => {
      under = await prepare();
      ledger = under.open();
      runId = under.runId;
    });

    const entry = (id: string, event: LedgerEvent = { type: 'PhaseEntered', phase: 'planning' }, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
      id,
      runId,
      at: 1_000,
      controlRegion: 'northcentralus',
      epoch: 3,
      stamps: ['eastus2'],
      event,
      ...more,
    });

    test('entries are kept in order and chained', async () => {
      for (const id of ['a', 'b', 'c']) expect(await ledger.record(entry(id))).toEqual({ kind: 'stored' });
      const entries = await under.open().readRun(runId);
      expect(entries.map(({ id, seq }) => [id, seq])).toEqual([['a', 0], ['b', 1], ['c', 2]]);
      expect(verifyChain(entries)).toMatchObject({ kind: 'intact', entries: 3 });
      expect(entries[0]).toMatchObject(entry('a'));
    });

    test('a repeated entry exists already, whenever it was written; nothing is added', async () => {
      await ledger.record(entry('a'));
      expect(await ledger.record(entry('a', undefined, { at: 2_000 }))).toEqual({ kind: 'exists' });
      expect(await under.open().record(entry('a'))).toEqual({ kind: 'exists' });
      expect(await ledger.readRun(runId)).toHaveLength(1);
    });

    test('what this process has stored is not sent again: it exists, also while the store does not answer', async () => {
      await ledger.record(entry('a'));
      const mend = under.breakStore();
      const mendOutbox = under.breakOutbox();
      expect(await ledger.record(entry('a', undefined, { at: 2_000 }))).toEqual({ kind: 'exists' });
      expect(await ledger.record(entry('a', { type: 'PhaseEntered', phase: 'surging' }))).toEqual({ kind: 'different', found: entry('a') });
      await expect(ledger.record(entry('b'))).rejects.toBeInstanceOf(TransientError);
      mend();
      mendOutbox();
    });

    test.each<[string, Partial<LedgerEntry>]>([
      ['another event', { event: { type: 'PhaseEntered', phase: 'surging' } }],
      ['another epoch', { epoch: 4 }],
    ])('the same id with %s is different: what is there is given back', async (_what, more) => {
      await ledger.record(entry('a'));
      expect(await ledger.record(entry('a', undefined, more))).toEqual({ kind: 'different', found: entry('a') });
      expect(await ledger.readRun(runId)).toHaveLength(1);
    });

    test('two processes that write one run at once make one chain', async () => {
      const other = under.open();
      const ids = Array.from({ length: 12 }, (_, index) => `e${index}`);
      await Promise.all(ids.map((id, index) => (index % 2 === 0 ? ledger : other).record(entry(id))));
      const entries = await under.open().readRun(runId);
      expect(entries.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
      expect(verifyChain(entries)).toMatchObject({ kind: 'intact', entries: 12 });
    });

    test('ids may hold characters that the store forbids', async () => {
      const id = 'r1:surge:shop/web?x#y%20\\z';
      await ledger.record(entry(id));
      expect(await ledger.readEntry(runId, id)).toEqual(entry(id));
      expect(verifyChain(await ledger.readRun(runId))).toMatchObject({ kind: 'intact' });
    });

    test('an entry that is nowhere is null', async () => {
      expect(await ledger.readEntry(runId, 'nothing')).toBeNull();
    });

    describe('while the store is down', () => {
      test('entries go to the outbox, none is lost, and they come into the chain in order (I9)', async () => {
        await ledger.record(entry('a'));
        const mend = under.breakStore();
        expect(await ledger.record(entry('b', undefined, { at: 2_000 }))).toEqual({ kind: 'outbox' });
        expect(await ledger.record(entry('c', undefined, { at: 3_000 }))).toEqual({ kind: 'outbox' });
        mend();
        under.advance(60_000);
        expect(await ledger.record(entry('d', undefined, { at: 4_000 }))).toEqual({ kind: 'stored' });
        const entries = await ledger.readRun(runId);
        expect(entries.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
        expect(verifyChain(entries)).toMatchObject({ kind: 'intact', entries: 4 });
        expect(await ledger.drainOutbox()).toEqual({ moved: 0, left: 0 });
      });

      test('a repeated entry is recognised in the outbox too', async () => {
        const mend = under.breakStore();
        await ledger.record(entry('b'));
        expect(await ledger.record(entry('b', undefined, { at: 9_000 }))).toEqual({ kind: 'exists' });
        expect(await ledger.record(entry('b', undefined, { epoch: 9 }))).toMatchObject({ kind: 'different' });
        mend();
        expect(await ledger.drainOutbox()).toEqual({ moved: 1, left: 0 });
        expect(await ledger.readRun(runId)).toHaveLength(1);
      });

      test('an entry in the outbox can be read; of any other it is not known whether it is there', async () => {
        const mend = under.breakStore();
        await ledger.record(entry('b'));
        expect(await ledger.readEntry(runId, 'b')).toEqual(entry('b'));
        await expect(ledger.readEntry(runId, 'c')).rejects.toBeInstanceOf(TransientError);
        await expect(ledger.readRun(runId)).rejects.toBeInstanceOf(TransientError);
        mend();
        await ledger.drainOutbox();
      });

      test('another process drains what the first one left', async () => {
        const mend = under.breakStore();
        await ledger.record(entry('b'));
        expect(await under.open().drainOutbox()).toEqual({ moved: 0, left: 1 });
        mend();
        const other = under.open();
        expect(await other.readEntry(runId, 'b')).toEqual(entry('b'));
        expect((await other.readRun(runId)).map(({ id, seq }) => [id, seq])).toEqual([['b', -1]]);
        expect(await other.drainOutbox()).toEqual({ moved: 1, left: 0 });
        expect(verifyChain(await other.readRun(runId))).toMatchObject({ kind: 'intact', entries: 1 });
      });

      test('an entry that reached the store although its answer was lost is drained without a double', async () => {
        await ledger.record(entry('a'));
        const mend = under.breakStore();
        await under.open().record(entry('a'));
        mend();
        expect(await under.open().drainOutbox()).toEqual({ moved: 1, left: 0 });
        expect(await ledger.readRun(runId)).toHaveLength(1);
      });

      test('with the outbox down as well nothing is durable, and that is said (I4)', async () => {
        const mends = [under.breakStore(), under.breakOutbox()];
        await expect(ledger.record(entry('b'))).rejects.toBeInstanceOf(TransientError);
        for (const mend of mends) mend();
        under.advance(60_000);
        expect(await ledger.record(entry('b'))).toEqual({ kind: 'stored' });
      });

      test('a store that is back while its outbox is down takes entries at once', async () => {
        const mend = under.breakStore();
        await ledger.record(entry('a'));
        mend();
        const mendOutbox = under.breakOutbox();
        expect(await ledger.record(entry('b'))).toEqual({ kind: 'stored' });
        mendOutbox();
        expect(await ledger.drainOutbox()).toEqual({ moved: 1, left: 0 });
        expect(verifyChain(await ledger.readRun(runId))).toMatchObject({ kind: 'intact', entries: 2 });
      });

      test('an outbox that is down does not keep entries from a store that works', async () => {
        const mend = under.breakOutbox();
        expect(await under.open().record(entry('a'))).toEqual({ kind: 'stored' });
        mend();
      });
    });

    test('runs are listed newest first, by time and by stamp', async () => {
      const opened = (id: string, at: number, stamps: readonly string[]): LedgerEntry => ({
        ...entry('opened', { type: 'RunOpened', request: { runId: id, kind: 'drain', mode: 'graceful', stamps, trigger: { by: 'watch' }, reason: 'x', requestedAt: at, expiresAt: null, controlRegion: 'x', drill: null, scope: 'full' } }),
        runId: id,
        at,
        stamps,
      });
      // Far from other tests' instants.
      const base = 5_000_000_000_000 + Number(runId.replace(/\D/g, '')) * 1_000_000;
      await ledger.record(opened(`${runId}-1`, base + 1, ['eastus2']));
      await ledger.record(opened(`${runId}-2`, base + 2, ['westus3']));
      await ledger.record(opened(`${runId}-3`, base + 3, ['eastus2', 'westus3']));
      await ledger.record({ ...entry('later'), runId: `${runId}-3`, at: base + 4 });
      const list = async (query: Partial<Parameters<Ledger['listRuns']>[0]>) =>
        (await ledger.listRuns({ stamp: null, fromMs: base, toMs: base + 100, limit: 10, ...query })).map((found) => found.runId.slice(runId.length));
      expect(await list({})).toEqual(['-3', '-2', '-1']);
      expect(await list({ limit: 2 })).toEqual(['-3', '-2']);
      expect(await list({ stamp: 'eastus2' })).toEqual(['-3', '-1']);
      expect(await list({ fromMs: base + 2, toMs: base + 3 })).toEqual(['-2']);
    });
  });
}
