import { fc, test } from './support/property.ts';
import { describe, expect, it } from 'vitest';
import type { ChainedEntry, LedgerEvent, Reaction, Write } from '../../src/domain/ledgerEvent.ts';
import { originalUndo, pendingUndo, roomTargets, sameSetting, targetKey, trafficTargets, undoMark } from '../../src/domain/undo.ts';

const entry = (id: string, event: LedgerEvent, seq: number): ChainedEntry => ({
  id, runId: 'run', at: seq, controlRegion: 'northeurope', epoch: 1, stamps: ['eastus2'], event, seq, previousHash: '', hash: '',
});
const chain = (...events: readonly (readonly [string, LedgerEvent])[]): ChainedEntry[] => events.map(([id, event], seq) => entry(id, event, seq));
const pool = (minCount: number, maxCount: number): Write => ({ target: 'pool', stamp: 'westus3', pool: 'user1', set: { minCount, maxCount } });
const gate = (set: 'open' | 'closed'): Write => ({ target: 'gate', stamp: 'eastus2', set, expiresAt: 0 });
const intended = (write: Write, undo: Write): LedgerEvent => ({ type: 'WriteIntended', write, undo, expiresAt: 0 });
const succeeded = (write: Write): LedgerEvent => ({ type: 'WriteSucceeded', write, alreadyThere: 'applied' });
const refused = (write: Write, reaction: Reaction): LedgerEvent => ({ type: 'WriteRefused', write, why: 'because', reaction });

describe('originalUndo (I5, I12)', () => {
  const lent = (ours: Write, restore: Write) => ({ key: targetKey(restore), stamp: 'westus3', ours: [ours], restore });
  const original = (restore: Write, ...others: readonly ReturnType<typeof lent>[]): Write => originalUndo(lent(pool(99, 99), restore), others).restore;

  it('is what was there before anybody of ours, through any number of runs, whatever their order', () => {
    expect(original(pool(6, 20))).toEqual(pool(6, 20));
    expect(original(pool(9, 24), lent(pool(6, 20), pool(3, 12)), lent(pool(9, 24), pool(6, 20)))).toEqual(pool(3, 12));
    expect(original(pool(6, 20), lent(pool(7, 20), pool(3, 12)))).toEqual(pool(6, 20));
  });

  it('ends where runs lent to each other in a circle', () => {
    expect(original(pool(6, 20), lent(pool(6, 20), pool(3, 12)), lent(pool(3, 12), pool(6, 20)))).toEqual(pool(6, 20));
  });
});

describe('pendingUndo (I4, I11)', () => {
  it('restores the value from before the first of several writes to one target', () => {
    const entries = chain(['a', intended(pool(6, 20), pool(3, 12))], ['b', succeeded(pool(6, 20))], ['c', intended(pool(9, 25), pool(6, 20))]);
    expect(pendingUndo(entries, roomTargets)).toEqual([{ key: 'pool/westus3/user1', stamp: 'westus3', ours: [pool(6, 20), pool(9, 25)], restore: pool(3, 12) }]);
  });

  it('counts an intent without an outcome: the write may have happened', () => {
    expect(pendingUndo(chain(['a', intended(pool(6, 20), pool(3, 12))]), roomTargets)).toHaveLength(1);
  });

  it.each([
    ['refused: nothing happened', 'conflict', 0],
    ['unanswered: it may have happened', 'retryLater', 1],
  ] as const)('%s', (_name, reaction, pending) => {
    expect(pendingUndo(chain(['a', intended(pool(6, 20), pool(3, 12))], ['b', refused(pool(6, 20), reaction)]), roomTargets)).toHaveLength(pending);
  });

  it('has nothing left once the undo has succeeded, so undoing twice is harmless', () => {
    const entries = chain(['a', intended(pool(6, 20), pool(3, 12))], [`run${undoMark}a:outcome`, succeeded(pool(3, 12))]);
    expect(pendingUndo(entries, roomTargets)).toEqual([]);
  });

  it('keeps an undo that was itself refused', () => {
    const entries = chain(['a', intended(pool(6, 20), pool(3, 12))], [`run${undoMark}a:outcome`, refused(pool(3, 12), 'busy')]);
    expect(pendingUndo(entries, roomTargets)).toHaveLength(1);
  });

  it('separates traffic from room and answers newest first', () => {
    const entries = chain(['a', intended(pool(6, 20), pool(3, 12))], ['b', intended(gate('closed'), gate('open'))]);
    expect(pendingUndo(entries, trafficTargets).map(({ key }) => key)).toEqual(['gate/eastus2']);
    expect(pendingUndo(entries, [...roomTargets, ...trafficTargets]).map(({ key }) => key)).toEqual(['gate/eastus2', 'pool/westus3/user1']);
  });
});

const bounds = fc.record({ minCount: fc.nat(50), maxCount: fc.nat(50) });

describe('sameSetting', () => {
  test.prop([bounds])('a write is the same as itself whatever the order of its fields', (set) => {
    const write: Write = { target: 'pool', stamp: 's', pool: 'p', set };
    expect(sameSetting(write, { set: { maxCount: set.maxCount, minCount: set.minCount }, pool: 'p', stamp: 's', target: 'pool' })).toBe(true);
  });

  test.prop([bounds, bounds])('differs exactly when a bound differs', (a, b) => {
    const write = (set: { minCount: number; maxCount: number }): Write => ({ target: 'pool', stamp: 's', pool: 'p', set });
    expect(sameSetting(write(a), write(b))).toBe(a.minCount === b.minCount && a.maxCount === b.maxCount);
  });

  it('a gate is the same whenever it expires', () => {
    expect(sameSetting(gate('closed'), { ...gate('closed'), expiresAt: 99 } as Write)).toBe(true);
    expect(targetKey(gate('closed'))).toBe('gate/eastus2');
  });
});
