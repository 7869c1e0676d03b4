import { expect, it } from 'vitest';
import { projectRun, readFleetRuns, readRunIndex } from '../../src/activities/runIndex.ts';
import type { RunRequest } from '../../src/domain/run.ts';
import { request, sampleFleet } from '../domain/planning/threeRegions.ts';
import { fakePorts } from '../support/fakePorts.ts';

const hourMs = 3_600_000;
const minute = 60_000;
const at = Date.UTC(2026, 10, 22, 12, 0, 0);
const run = (runId: string, more: Partial<RunRequest> = {}): RunRequest => ({ ...request(), runId, ...more });

it('two that project at one instant are both kept', async () => {
  const ports = fakePorts(sampleFleet(), () => hourMs);
  await Promise.all(['a', 'b', 'c'].map((runId) => projectRun(ports, { request: run(runId), outcome: null, closedAt: null, openShifts: 'none' })));
  expect((await readRunIndex(ports)).runs.map(({ request: { runId } }) => runId).toSorted()).toEqual(['a', 'b', 'c']);
});

it('a run is there once, as it is now, and its end says where its stamps stand', async () => {
  const ports = fakePorts(sampleFleet(), () => hourMs);
  const opened = run('a', { kind: 'failover', stamps: ['eastus2'], requestedAt: 1 });
  await projectRun(ports, { request: opened, outcome: null, closedAt: null, openShifts: 'none' });
  expect(await readFleetRuns(ports)).toMatchObject({ activeRun: { runId: 'a' }, drained: [], recentRuns: [] });
  await projectRun(ports, { request: opened, outcome: 'completed', closedAt: hourMs, openShifts: 'none' });
  expect(await readFleetRuns(ports)).toMatchObject({ activeRun: null, drained: [{ stamp: 'eastus2', runId: 'a' }], recentRuns: [{ runId: 'a', outcome: 'completed' }] });
  await projectRun(ports, { request: run('b', { kind: 'failback', stamps: ['eastus2'], requestedAt: 2 }), outcome: 'completed', closedAt: hourMs, openShifts: 'none' });
  expect((await readFleetRuns(ports)).drained).toEqual([]);
});

it('keeps the newest thirty and every open one, and forgets what closed two weeks ago', async () => {
  let now = hourMs;
  const ports = fakePorts(sampleFleet(), () => now);
  await projectRun(ports, { request: run('open', { requestedAt: 0 }), outcome: null, closedAt: null, openShifts: 'none' });
  for (let index = 1; index <= 40; index += 1) await projectRun(ports, { request: run(`r${index}`, { requestedAt: index }), outcome: 'blocked', closedAt: now, openShifts: 'none' });
  const kept = (await readRunIndex(ports)).runs.map(({ request: { runId } }) => runId);
  expect(kept).toHaveLength(31);
  expect([kept[0], kept.at(-1)]).toEqual(['r40', 'open']);
  now += 15 * 24 * hourMs;
  await projectRun(ports, { request: run('new', { requestedAt: now }), outcome: null, closedAt: null, openShifts: 'none' });
  expect((await readRunIndex(ports)).runs.map(({ request: { runId } }) => runId)).toEqual(['new', 'open']);
});

it('says where traffic stands after the latest run, whichever is put in last', async () => {
  const ports = fakePorts(sampleFleet(), () => at + 90 * minute);
  const drain = { request: run('drain', { kind: 'drain', stamps: ['eastus2'], requestedAt: at }), outcome: 'completed' as const, closedAt: at + 5 * minute, openShifts: 'some' as const };
  await projectRun(ports, drain);
  expect((await readFleetRuns(ports)).drained.map(({ stamp }) => stamp)).toEqual(['eastus2']);
  await projectRun(ports, { request: run('back', { kind: 'failback', stamps: ['eastus2'], requestedAt: at + 30 * minute }), outcome: 'completed', closedAt: at + 40 * minute, openShifts: 'none' });
  expect((await readFleetRuns(ports)).drained).toEqual([]);
  await projectRun(ports, { ...drain, openShifts: 'none' });
  expect((await readFleetRuns(ports)).drained).toEqual([]);
});

it('says when a closed run last gave a stamp its traffic back', async () => {
  const ports = fakePorts(sampleFleet(), () => at);
  const ended = (runId: string, returned?: Record<string, number>) => projectRun(ports, { request: run(runId, { kind: 'drill' }), outcome: 'aborted', closedAt: at, openShifts: 'none', ...(returned === undefined ? {} : { returned }) });
  await ended('of an earlier version');
  await ended('later', { eastus2: at - minute });
  await ended('earlier', { eastus2: at - 5 * minute, westus3: at - 5 * minute });
  expect((await readFleetRuns(ports)).returned).toEqual({ eastus2: at - minute, westus3: at - 5 * minute });
});
