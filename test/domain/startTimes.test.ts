import { describe, expect, it } from 'vitest';
import { nodeStart } from '../../src/domain/capacity/nodeStart.ts';
import type { LedgerEntry, LedgerEvent } from '../../src/domain/ledgerEvent.ts';
import { measuredStarts, nodeStartSamples } from '../../src/domain/startTimes.ts';
import { node, pool } from './capacity/smallStamp.ts';

const entries = (...events: readonly (readonly [seconds: number, event: LedgerEvent])[]): LedgerEntry[] =>
  events.map(([seconds, event], index) => ({ id: `${index}`, runId: 'r', at: seconds * 1000, controlRegion: 'c', epoch: 1, stamps: [], event }));
const put = (stamp: string, alreadyThere: 'applied' | 'found' = 'applied'): LedgerEvent => ({ type: 'WriteSucceeded', write: { target: 'pool', stamp, pool: 'user1', set: { minCount: 9, maxCount: 12 } }, alreadyThere });
const seen = (stamp: string, ready: number, wanted = 9): LedgerEvent => ({ type: 'NodesSeen', stamp, pool: 'user1', wanted, ready });

describe('how long nodes took, from the ledger', () => {
  it('is counted from the accepted PUT to the look at which all were ready', () => {
    expect(nodeStartSamples(entries([10, put('a')], [12, put('b')], [20, seen('a', 3)], [25, seen('b', 3)], [100, seen('a', 8)], [150, seen('a', 9)], [222, seen('b', 9)]))).toEqual([
      { stamp: 'a', pool: 'user1', seconds: 140 }, { stamp: 'b', pool: 'user1', seconds: 210 },
    ]);
  });

  it.each<[string, LedgerEntry[]]>([
    ['they were all there at the first look', entries([10, put('a')], [20, seen('a', 9)])],
    ['they never came', entries([10, put('a')], [20, seen('a', 3)], [900, seen('a', 8)])],
    ['the bounds were there already', entries([10, put('a', 'found')], [20, seen('a', 3)], [90, seen('a', 9)])],
    ['nobody asked for them', entries([20, seen('a', 3)], [90, seen('a', 9)])],
  ])('says nothing where %s', (_, run) => {
    expect(nodeStartSamples(run)).toEqual([]);
  });

  it('is what nine in ten runs did not exceed, by pool', () => {
    const samples = Array.from({ length: 10 }, (_, index) => ({ stamp: 'a', pool: 'user1', seconds: 100 + index }));
    expect(measuredStarts([...samples, { stamp: 'b', pool: 'user1', seconds: 7 }])).toEqual({ 'a/user1': { seconds: 108, samples: 10 }, 'b/user1': { seconds: 7, samples: 1 } });
    expect(measuredStarts([])).toEqual({});
  });
});

describe('what a pool is reckoned with', () => {
  const registered = (...seconds: number[]) => seconds.map((registrationToReadySeconds) => node('a', '', {}, 0, { registrationToReadySeconds }));

  it('measured where a surge was, else assumed, and longer than assumed where the cluster shows it', () => {
    expect(nodeStart(pool('a', { nodeStart: { seconds: 130, samples: 4 } }), registered(300))).toEqual({ seconds: 130, source: '130 s, the slowest of nine in ten of 4 earlier surges' });
    expect(nodeStart(pool('a'), [])).toEqual({ seconds: 240, source: '240 s assumed: no surge has been measured' });
    expect(nodeStart(pool('a'), registered(20, 60))).toEqual({ seconds: 240, source: '240 s assumed: no surge has been measured' });
    expect(nodeStart(pool('a'), registered(20, 90))).toEqual({ seconds: 270, source: '180 s assumed to registration, 90 s from there to ready measured on 2 nodes' });
  });
});
