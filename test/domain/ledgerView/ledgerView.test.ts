import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/domain/ledgerView/canonicalJson.ts';
import { foldRun } from '../../../src/domain/ledgerView/foldRun.ts';
import { chainEntry, chainStart } from '../../../src/domain/ledgerView/hashEntry.ts';
import { verifyChain } from '../../../src/domain/ledgerView/verifyChain.ts';
import type { ChainedEntry, LedgerEntry, LedgerEvent, Write } from '../../../src/domain/ledgerEvent.ts';
import { now, samplePlan } from '../check/fixture.ts';

function entryOf(event: LedgerEvent, index: number): LedgerEntry {
  return { id: `r1:step:${index}`, runId: 'r1', at: now + index * 1000, controlRegion: 'westeurope', epoch: 7, stamps: ['eastus2'], event };
}
const chain = (events: readonly LedgerEvent[]): ChainedEntry[] =>
  events.reduce<ChainedEntry[]>((entries, event, index) => [...entries, chainEntry(entryOf(event, index), entries.at(-1) ?? null)], []);

const poolWrite = (minCount: number, maxCount: number): Write => ({ target: 'pool', stamp: 'westus3', pool: 'user1', set: { minCount, maxCount } });
const originWrite = (enabled: 'Enabled' | 'Disabled'): Write => ({ target: 'origin', stamp: 'eastus2', originGroup: 'web', origin: 'web-eastus2', set: { weight: 500, enabled } });
const expiresAt = now + 3_600_000;

const story: readonly LedgerEvent[] = [
  { type: 'RunOpened', request: { runId: 'r1', kind: 'failover', mode: 'graceful', stamps: ['eastus2'], trigger: { by: 'watch' }, reason: 'errors', requestedAt: now, expiresAt: null, controlRegion: 'westeurope', drill: null, scope: 'full' } },
  { type: 'FenceTaken', previousRunId: null, takenOverFrom: null },
  { type: 'PhaseEntered', phase: 'planning' },
  { type: 'PlanMade', plan: samplePlan(), findings: [], rendering: 'text' },
  { type: 'ApprovalAsked', until: now + 900_000 },
  { type: 'ApprovalGiven', by: 'ada' },
  { type: 'PhaseEntered', phase: 'surging' },
  { type: 'WriteIntended', write: poolWrite(9, 20), undo: poolWrite(3, 12), expiresAt },
  { type: 'WriteSucceeded', write: poolWrite(9, 20), alreadyThere: 'applied' },
  { type: 'NodesSeen', stamp: 'westus3', pool: 'user1', wanted: 9, ready: 4 },
  { type: 'NodesSeen', stamp: 'westus3', pool: 'user1', wanted: 9, ready: 9 },
  { type: 'WriteIntended', write: originWrite('Disabled'), undo: originWrite('Enabled'), expiresAt },
];

describe('canonicalJson', () => {
  it('sorts keys at every depth and leaves out what is undefined', () => {
    expect(canonicalJson({ b: [{ z: 1, a: null }], a: 'x', u: undefined })).toBe('{"a":"x","b":[{"a":null,"z":1}]}');
  });

  it('property: says the same for a value and for what a store gives back of it, whatever the order of its keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const stored: unknown = JSON.parse(JSON.stringify(value));
        expect(canonicalJson(reversed(stored))).toBe(canonicalJson(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(stored);
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).toReversed().map(([key, one]) => [key, reversed(one)]));
  return value;
}

describe('the chain', () => {
  it('hashes previous hash, canonical entry and number, as the record says', () => {
    const [first] = chain(story);
    if (first === undefined) throw new Error('the story has entries');
    const { seq, previousHash, hash, ...bare } = first;
    expect([seq, previousHash]).toEqual([0, chainStart]);
    expect(hash).toBe(createHash('sha256').update(`${'0'.repeat(64)}\n${canonicalJson(bare)}\n0`).digest('hex'));
  });

  it('is intact as written, in any order, with whatever a store adds, and with entries still in the outbox', () => {
    const entries = chain(story);
    const stored = entries.toReversed().map((entry) => ({ ...entry, _etag: '"1"', _ts: 5 }));
    const waiting: ChainedEntry = { ...entryOf({ type: 'ApprovalMissed' }, 99), seq: -1, previousHash: '', hash: '' };
    expect(verifyChain([waiting, ...stored])).toEqual({ kind: 'intact', entries: entries.length, unchained: 1, lastHash: entries.at(-1)?.hash });
    expect(verifyChain([])).toEqual({ kind: 'intact', entries: 0, unchained: 0, lastHash: chainStart });
  });

  it('property: any change of any entry, any loss before the last, any swap of numbers breaks it', () => {
    const entries = chain(story);
    const at = fc.integer({ min: 0, max: entries.length - 1 });
    const tamper = fc.constantFrom('at', 'epoch', 'id', 'event', 'drop', 'duplicate', 'renumber', 'runId');
    fc.assert(
      fc.property(at, tamper, (index, how) => {
        const target = entries[index];
        if (target === undefined || (how === 'drop' && index === entries.length - 1)) return;
        const replaced = (entry: ChainedEntry) => entries.map((one, position) => (position === index ? entry : one));
        const changed = {
          at: () => replaced({ ...target, at: target.at + 1 }), epoch: () => replaced({ ...target, epoch: target.epoch + 1 }), id: () => replaced({ ...target, id: 'other' }),
          event: () => replaced({ ...target, event: { type: 'ApprovalMissed' } }), drop: () => entries.filter((_, position) => position !== index),
          duplicate: () => [...entries, target], renumber: () => replaced({ ...target, seq: target.seq + 1000 }), runId: () => replaced({ ...target, runId: 'r2' }),
        }[how as 'at'](); // every name of `tamper` is a key
        expect(verifyChain(changed).kind).toBe('broken');
      }),
    );
  });

  it('an entry of another run is told, also when it is chained well', () => {
    const entries = chain(story);
    const stranger = chainEntry({ ...entryOf({ type: 'ApprovalMissed' }, 12), runId: 'r2' }, entries.at(-1) ?? null);
    expect(verifyChain([...entries, stranger])).toEqual({ kind: 'broken', breaks: [{ seq: 12, id: 'r1:step:12', what: 'otherRun', message: 'belongs to run r2' }] });
  });

  it('says where and how it is broken', () => {
    const entries = chain(story);
    expect(verifyChain(entries.filter((entry) => entry.seq !== 3))).toEqual({ kind: 'broken', breaks: [{ seq: 4, id: 'r1:step:4', what: 'gap', message: 'numbers 3 to 3 are missing' }] });
    const forged = chainEntry({ ...entryOf({ type: 'ApprovalMissed' }, 5) }, entries[4] ?? null);
    expect(verifyChain(entries.map((entry) => (entry.seq === 5 ? forged : entry)))).toEqual({ kind: 'broken', breaks: [{ seq: 6, id: 'r1:step:6', what: 'wrongPrevious', message: 'does not follow the entry before it' }] });
  });
});

describe('foldRun', () => {
  it('tells what a run is doing, from its entries alone', () => {
    const view = foldRun(chain(story));
    expect(view).toMatchObject({
      runId: 'r1', phase: 'surging', outcome: null, epoch: 7, openedAt: now, closedAt: null, request: { kind: 'failover' },
      approval: { state: 'given', by: 'ada', until: now + 900_000 }, plan: { rendering: 'text' },
      surges: [{ stamp: 'westus3', kind: 'nodes', subject: 'user1', wanted: 9, ready: 9 }],
      writes: [{ state: 'succeeded', write: { target: 'pool' } }, { state: 'intended', write: { target: 'origin' } }],
    });
    expect(view.undo.map((one) => one.restore)).toEqual([originWrite('Enabled'), poolWrite(3, 12)]);
    expect(view.timeline.map((one) => one.text).slice(-5)).toEqual([
      'about to set pool/westus3/user1 to 9..20 nodes; undo: 3..12 nodes', 'pool/westus3/user1 set to 9..20 nodes',
      'westus3: pool user1 has 4 of 9 nodes ready', 'westus3: pool user1 has 9 of 9 nodes ready',
      'about to set origin/web/web-eastus2 to disabled; undo: enabled at weight 500',
    ]);
  });

  it('closes with outcome and reason; a refused write is told with the reaction', () => {
    const view = foldRun(chain([
      ...story,
      { type: 'WriteRefused', write: originWrite('Disabled'), why: 'not allowed', reaction: 'forbidden' },
      { type: 'AbortAsked', by: 'ada', reason: 'wrong region' },
      { type: 'RunClosed', outcome: 'aborted', why: 'asked to' },
    ]));
    expect(view).toMatchObject({ phase: 'closed', outcome: 'aborted', closedBecause: 'asked to', abort: { by: 'ada' } });
    expect(view.writes.at(-1)).toMatchObject({ state: 'refused', why: 'not allowed', reaction: 'forbidden' });
    expect(view.undo.map((one) => one.restore)).toEqual([poolWrite(3, 12)]);
  });

  it('property: every prefix folds, and entries not chained yet count as newest', () => {
    const entries = chain(story);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: entries.length }), fc.shuffledSubarray(entries, { minLength: entries.length }), (length, shuffled) => {
        expect(foldRun(entries.slice(0, length)).timeline).toHaveLength(length);
        expect(foldRun(shuffled)).toEqual(foldRun(entries));
      }),
    );
    const waiting: ChainedEntry = { ...entryOf({ type: 'RunClosed', outcome: 'completed', why: 'done' }, 50), seq: -1, previousHash: '', hash: '' };
    expect(foldRun([waiting, ...entries])).toMatchObject({ phase: 'closed', outcome: 'completed' });
  });
});
