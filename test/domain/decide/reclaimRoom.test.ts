import { describe, expect, it } from 'vitest';
import { reclaimRoom, roomOverdue, roomRanOut, type EndedRun } from '../../../src/domain/decide/reclaimRoom.ts';
import type { ChainedEntry, LedgerEvent } from '../../../src/domain/ledgerEvent.ts';
import { pendingUndo, roomTargets } from '../../../src/domain/undo.ts';
import { at, request } from '../planning/threeRegions.ts';

const minute = 60_000;
const policy = { surgeExpiryMinutes: 240 };
const run: EndedRun = { request: request(), closedAt: at + 10 * minute };
const expiry = at + 240 * minute;

const write = { target: 'pool', stamp: 'centralus', pool: 'user1', set: { minCount: 9, maxCount: 12 } } as const;
const entry = (when: number, event: LedgerEvent): ChainedEntry => ({ id: `e1:r1:${when}`, runId: 'r1', at: when, controlRegion: 'x', epoch: 1, stamps: [], seq: 0, previousHash: '', hash: '', event });
const lent = entry(at, { type: 'WriteIntended', write, undo: { ...write, set: { minCount: 3, maxCount: 9 } }, expiresAt: expiry });
const tried = (when: number): ChainedEntry => entry(when, { type: 'SurgeHandedBack', stamp: 'centralus', kept: [] });

describe('I5: room that a run left behind', () => {
  it('may be there when its time is over, and not before', () => {
    expect(roomRanOut(run, policy, expiry)).toBe(true);
    expect(roomRanOut(run, policy, expiry - 1)).toBe(false);
  });

  it('is taken back, looked at again every 15 minutes, and left to whoever has it after a day of trying', () => {
    expect(reclaimRoom(run, [lent], policy, expiry)).toBe('take');
    expect(reclaimRoom(run, [lent, tried(expiry)], policy, expiry + 14 * minute)).toBe('wait');
    expect(reclaimRoom(run, [lent, tried(expiry)], policy, expiry + 15 * minute)).toBe('take');
    expect(reclaimRoom(run, [lent, tried(expiry)], policy, expiry + (24 * 60 + 1) * minute)).toBe('settled');
  });

  it('counts the day from the first try: a control plane that was away finds it all the same', () => {
    expect(reclaimRoom(run, [lent, tried(run.closedAt)], policy, expiry + 3000 * minute)).toBe('take');
  });

  it('that is not back an hour after the first try is told of, and once more when it is given up', () => {
    const kept = (when: number, ...left: readonly string[]): ChainedEntry => entry(when, { type: 'SurgeHandedBack', stamp: 'centralus', kept: left });
    const pending = pendingUndo([lent], roomTargets);
    const overdue = (now: number, tries: readonly ChainedEntry[], open = pending) => roomOverdue(run, [lent, ...tries], open, policy, now);
    expect(overdue(expiry + 59 * minute, [kept(expiry, 'busy')])).toBeNull();
    expect(overdue(expiry + 60 * minute, [kept(expiry - 1, 'early'), kept(expiry, 'busy'), kept(expiry + 15 * minute, 'still busy')])).toEqual({ left: ['still busy'], next: 'triedAgain' });
    expect(overdue(expiry + 60 * minute, [kept(expiry, 'busy'), kept(expiry + 15 * minute)])).toBeNull();
    expect(overdue(expiry + 60 * minute, [kept(expiry, 'busy')], [])).toBeNull();
    expect(overdue(expiry + (24 * 60 + 1) * minute, [kept(expiry, 'theirs')])).toEqual({ left: ['theirs'], next: 'givenUp' });
  });

  it('is settled when nothing is left', () => {
    expect(reclaimRoom(run, [], policy, expiry)).toBe('settled');
  });
});
