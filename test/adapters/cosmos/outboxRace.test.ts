import { expect, it } from 'vitest';
import type { Outbox, Waiting } from '../../../src/adapters/blob/outbox.ts';
import { cosmosLedger } from '../../../src/adapters/cosmos/ledger.ts';
import type { LedgerEntry } from '../../../src/domain/ledgerEvent.ts';

const entry: LedgerEntry = { id: 'e1:r1:pool:intent', runId: 'run', at: 1, controlRegion: 'northeurope', epoch: 1, stamps: [], event: { type: 'PhaseEntered', phase: 'surging' } };

it('an entry that goes to the outbox while a drain that has looked already is under way stays visible', async () => {
  const waiting = new Map<string, LedgerEntry>();
  const listed = (): readonly Waiting[] => [...waiting].map(([blobName, one]) => ({ blobName, entry: one }));
  let lists = 0;
  let answerFirst = (): void => undefined;
  const outbox: Outbox = {
    put: async (one) => {
      waiting.set(one.id, one);
      return { kind: 'put' };
    },
    get: async (_runId, id) => waiting.get(id) ?? null,
    list: (runId) => {
      const found = listed();
      lists += 1;
      if (runId !== null || lists > 1) return Promise.resolve(found);
      // Looked, and its answer is slow.
      return new Promise((resolve) => (answerFirst = () => resolve(found)));
    },
    remove: async ({ blobName }) => void waiting.delete(blobName),
    setAside: async ({ blobName }) => void waiting.delete(blobName),
  };
  const isDown = (): Promise<never> => Promise.reject(Object.assign(new Error('service unavailable'), { code: 503 }));
  const container = { items: { create: isDown, query: () => ({ fetchAll: async () => ({ resources: [] }) }) } };
  const clock = { now: () => 1_000_000, sleep: () => Promise.resolve() };
  const ledger = cosmosLedger({ clock } as never, container as never, outbox); // of the SDK's container only this much is asked

  const draining = ledger.drainOutbox();
  expect(await ledger.record(entry)).toEqual({ kind: 'outbox' });
  answerFirst();
  await draining;
  expect((await ledger.readRun('run')).map(({ id }) => id)).toEqual([entry.id]);
});
