import { describe, expect, it } from 'vitest';
import { foldRun } from '../../../src/domain/ledgerView/foldRun.ts';
import { runStanding } from '../../../src/domain/ledgerView/runStanding.ts';
import type { ChainedEntry, LedgerEvent } from '../../../src/domain/ledgerEvent.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import type { RunRequest } from '../../../src/domain/run.ts';

const request: RunRequest = {
  runId: 'north-1', kind: 'failover', mode: 'graceful', stamps: ['a'], trigger: { by: 'watch' }, reason: 'r', requestedAt: 0, expiresAt: null, controlRegion: 'north', drill: null, scope: 'surgeOnly',
};

const plan = (change: Partial<Plan>): LedgerEvent => ({
  type: 'PlanMade', findings: [], rendering: '',
  plan: { kind: 'failover', mode: 'graceful', revision: 1, at: 0, stamps: ['a'], reach: 'full', surges: [], sheds: [], gates: [], shifts: [], expected: { readyInSeconds: 0, surgeCostPerHourUsd: null, stamps: [] }, notes: [], ...change },
});
const taken = (takenOverFrom: string | null = null): LedgerEvent => ({ type: 'FenceTaken', previousRunId: null, takenOverFrom });
const closed: LedgerEvent = { type: 'RunClosed', outcome: 'frozen', why: 'stopped where it was' };

function run(...events: readonly (readonly [region: string, epoch: number, event: LedgerEvent])[]): readonly ChainedEntry[] {
  return events.map(([controlRegion, epoch, event], seq) => ({ id: `${seq}`, runId: 'north-1', at: seq * 1000, controlRegion, epoch, stamps: ['a'], event, seq, previousHash: '', hash: '' }));
}

const opened = ['north', 0, { type: 'RunOpened', request }] as const;

describe('where a run stands on record', () => {
  it('is executed by whoever took the fence last', () => {
    expect(runStanding(run(opened))).toMatchObject({ executedBy: null, epoch: 0, lastRevision: 0, lastRecordAt: 0 });
    expect(runStanding(run(opened, ['north', 3, taken()], ['south', 5, taken('north')]))).toMatchObject({ executedBy: 'south', epoch: 5, lastRecordAt: 2000 });
  });

  it('goes on for what the run has come to be about', () => {
    const joined = run(opened, ['north', 3, plan({})], ['north', 3, plan({ revision: 2, stamps: ['a', 'b'], mode: 'ungraceful', gates: [{ stamp: 'a', before: 'open', after: 'closed' }] })], ['north', 3, plan({ revision: 3, stamps: ['a', 'b'], mode: 'ungraceful' })]);
    expect(runStanding(joined)).toMatchObject({ lastRevision: 3, request: { stamps: ['a', 'b'], mode: 'ungraceful', scope: 'full' } });
    expect(runStanding(run(opened, ['north', 3, plan({})]))).toMatchObject({ request: { stamps: ['a'], scope: 'surgeOnly' } });
  });

  it('is not closed by a former holder', () => {
    const overtaken = run(opened, ['north', 3, taken()], ['south', 5, taken('north')], ['north', 3, closed]);
    expect(runStanding(overtaken).closed).toBeNull();
    expect(foldRun(overtaken)).toMatchObject({ outcome: null, closedAt: null, executedBy: 'south' });
    expect(runStanding([...overtaken, ...run(['south', 5, { ...closed, outcome: 'completed' }])])).toMatchObject({ closed: { outcome: 'completed' } });
  });

  it('is closed without a fence where it never had one', () => {
    expect(runStanding(run(opened, ['north', 0, closed]))).toMatchObject({ closed: { outcome: 'frozen', at: 1000 } });
  });

  it('knows a person\'s word, and asks for none twice', () => {
    expect(runStanding(run(opened, ['north', 3, { type: 'ApprovalAsked', until: 9 }], ['south', 5, { type: 'ApprovalAsked', until: 12 }])).approval).toEqual({ state: 'asked', until: 9 });
    expect(runStanding(run(opened, ['north', 3, { type: 'ApprovalAsked', until: 9 }], ['south', 0, { type: 'ApprovalGiven', by: 'p' }])).approval).toEqual({ state: 'given' });
  });
});
