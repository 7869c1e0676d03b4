import { expect, it } from 'vitest';
import { summaryLines } from '../../sandbox/cli/summaryLines.ts';
import { summarise } from '../../sandbox/play/summary.ts';
import { loadScenario } from '../../sandbox/scenarios/index.ts';
import type { ChainedEntry, LedgerEvent } from '../../src/domain/ledgerEvent.ts';

const nobody = { requests: 0, failedRequests: 0, userErrorMinutes: 0 };
const linesFor = (...events: readonly LedgerEvent[]): readonly string[] => {
  const entries = events.map((event, index): ChainedEntry => ({ id: `${index}`, runId: 'r', at: index, controlRegion: 'c', epoch: 1, stamps: [], event, seq: index, previousHash: '', hash: '' }));
  const summary = summarise({ scenario: 'quota-short', seed: 7, region: 'eastus2', faultAtMs: 0, settledAtMs: null, entries, mainRunId: 'r', with: nobody, without: nobody, violations: [], ledgerVerified: true });
  return summaryLines({ ...summary, takenOverSeconds: null, problems: [] }, loadScenario('quota-short'), (_, text) => text).filter((line) => /short of/.test(line));
};
const shortfall = (stamp: string, missing: number) => ({ stamp, constraint: 'poolMax' as const, subject: 'user1', missing, unit: 'nodes', fix: 'raise it' });

it('the summary says what binds first and what would fix it, of the first plan that lacked something', () => {
  const first: LedgerEvent = { type: 'PlanBlocked', reasons: [{ code: 'shortOfRoom', shortfalls: [shortfall('westus3', 4), shortfall('centralus', 2)], message: 'there is not enough room' }] };
  expect(linesFor(first, { type: 'PlanBlocked', reasons: [{ code: 'shortOfRoom', shortfalls: [shortfall('westus3', 9)], message: 'still' }] })).toEqual([
    'binds first westus3: poolMax (user1) is short of 4 nodes; raise it',
    'also short  centralus: poolMax (user1) is short of 2 nodes; raise it',
  ]);
});

it('and says once what a plan has found twice', () => {
  expect(linesFor({ type: 'PlanBlocked', reasons: [{ code: 'shortOfRoom', shortfalls: [shortfall('westus3', 4), shortfall('westus3', 4)], message: 'there is not enough room' }] })).toEqual(['binds first westus3: poolMax (user1) is short of 4 nodes; raise it']);
});

it('and nothing where nothing was short', () => {
  expect(linesFor({ type: 'PlanBlocked', reasons: [{ code: 'observerSuspect', message: 'who knows' }] })).toEqual([]);
});
