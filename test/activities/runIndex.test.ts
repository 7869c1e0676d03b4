import { describe, expect, it } from 'vitest';
import { projectRun, readFleetRuns, readRunIndex, type RunState } from '../../src/activities/runIndex.ts';
import type { RunRequest } from '../../src/domain/run.ts';
import { requestOf } from '../orchestrations/runHost.ts';
import { sampleFleet } from '../support/fakeOutside.ts';
import { fakePorts } from '../support/fakePorts.ts';

const at = Date.UTC(2026, 10, 22, 12, 0, 0);
const minute = 60_000;

describe('the index of runs', () => {
  it('says where traffic stands after the latest run, whichever is put in last', async () => {
    const ports = fakePorts(sampleFleet(), () => at + 90 * minute);
    const drain = { request: requestOf(at, { kind: 'drain', stamps: ['eastus2'] }), outcome: 'completed' as const, closedAt: at + 5 * minute, openShifts: 'some' as const };
    await projectRun(ports, drain);
    expect((await readFleetRuns(ports)).drained.map(({ stamp }) => stamp)).toEqual(['eastus2']);
    await projectRun(ports, { request: requestOf(at + 30 * minute, { kind: 'failback', stamps: ['eastus2'] }), outcome: 'completed', closedAt: at + 40 * minute, openShifts: 'none' });
    expect((await readFleetRuns(ports)).drained).toEqual([]);
    await projectRun(ports, { ...drain, openShifts: 'none' });
    expect((await readFleetRuns(ports)).drained).toEqual([]);
  });

  const run = (runId: string, requestedAt: number, more: Partial<RunState> = {}, request: Partial<RunRequest> = {}): RunState => ({
    request: { ...requestOf(requestedAt, request), runId }, outcome: null, closedAt: null, openShifts: 'none', ...more,
  });

  it('keeps both of two that are put in at one instant', async () => {
    const ports = fakePorts(sampleFleet(), () => at);
    await Promise.all(['a', 'b', 'c'].map((runId) => projectRun(ports, run(runId, at))));
    expect((await readRunIndex(ports)).runs.map(({ request: { runId } }) => runId).toSorted()).toEqual(['a', 'b', 'c']);
  });

  it('holds a run once, as it is now', async () => {
    const ports = fakePorts(sampleFleet(), () => at + minute);
    await projectRun(ports, run('a', at));
    expect(await readFleetRuns(ports)).toMatchObject({ activeRun: { runId: 'a' }, drained: [], recentRuns: [] });
    await projectRun(ports, run('a', at, { outcome: 'completed', closedAt: at + minute }));
    expect(await readFleetRuns(ports)).toMatchObject({ activeRun: null, drained: [{ stamp: 'eastus2', runId: 'a' }], recentRuns: [{ runId: 'a', outcome: 'completed' }] });
  });

  it('keeps the newest thirty and every open one, and forgets what closed two weeks ago', async () => {
    let now = at;
    const ports = fakePorts(sampleFleet(), () => now);
    await projectRun(ports, run('open', at));
    for (let index = 1; index <= 40; index += 1) await projectRun(ports, run(`r${index}`, at + index, { outcome: 'blocked', closedAt: now }));
    const kept = (await readRunIndex(ports)).runs.map(({ request: { runId } }) => runId);
    expect(kept).toHaveLength(31);
    expect([kept[0], kept.at(-1)]).toEqual(['r40', 'open']);
    now += 15 * 24 * 60 * minute;
    await projectRun(ports, run('new', now));
    expect((await readRunIndex(ports)).runs.map(({ request: { runId } }) => runId)).toEqual(['new', 'open']);
  });
});
