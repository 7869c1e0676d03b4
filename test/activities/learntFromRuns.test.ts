import { describe, expect, it } from 'vitest';
import { readFacts } from '../../src/activities/readFacts.ts';
import { recentFacts } from '../../src/activities/recentFacts.ts';
import { projectRun } from '../../src/activities/runIndex.ts';
import { measureFromRuns } from '../../src/activities/learntFromRuns.ts';
import type { LedgerEvent } from '../../src/domain/ledgerEvent.ts';
import type { FleetFacts } from '../../src/domain/facts.ts';
import { TransientError } from '../../src/ports/outcome.ts';
import type { Ports } from '../../src/ports/ports.ts';
import { request, sampleFleet } from '../domain/planning/threeRegions.ts';
import { fakePorts } from '../support/fakePorts.ts';

const fleet = sampleFleet();

/** A closed run in which user1 of westus3 took 150 s. */
async function afterOneRun(now: () => number) {
  const ports = fakePorts(fleet, now);
  const events: readonly (readonly [number, LedgerEvent])[] = [
    [0, { type: 'WriteSucceeded', write: { target: 'pool', stamp: 'westus3', pool: 'user1', set: { minCount: 9, maxCount: 12 } }, alreadyThere: 'applied' }],
    [30, { type: 'NodesSeen', stamp: 'westus3', pool: 'user1', wanted: 9, ready: 3 }],
    [150, { type: 'NodesSeen', stamp: 'westus3', pool: 'user1', wanted: 9, ready: 9 }],
  ];
  for (const [seconds, event] of events) await ports.ledger.record({ id: `e${seconds}`, runId: 'r1', at: seconds * 1000, controlRegion: 'c', epoch: 1, stamps: ['westus3'], event });
  await projectRun(ports, { request: { ...request(), runId: 'r1' }, outcome: 'completed', closedAt: 200_000, openShifts: 'none' });
  return ports;
}

const startIn = ({ stamps }: FleetFacts, stamp: string) => {
  const pools = stamps[stamp]?.pools;
  return pools?.kind === 'known' ? pools.value.find(({ name }) => name === 'user1')?.nodeStart : undefined;
};

it('what one process measured every process reckons with, each pool by itself', async () => {
  let now = 1_000_000;
  const ports = await afterOneRun(() => now);
  const another: Ports = { ...ports };
  expect(startIn(await recentFacts(another).read(), 'westus3')).toBeNull();
  await measureFromRuns(ports);
  expect(startIn(await readFacts(ports), 'westus3')).toEqual({ seconds: 150, samples: 1 });
  now += 10 * 60_000;
  const learnt = await recentFacts(another).refresh();
  expect([startIn(learnt, 'westus3'), startIn(learnt, 'centralus')]).toEqual([{ seconds: 150, samples: 1 }, null]);
});

it('a ledger is read once, and a store that does not answer leaves what was known', async () => {
  let now = 1_000_000;
  const ports = await afterOneRun(() => now);
  let reads = 0;
  const counted: Ports = { ...ports, ledger: { ...ports.ledger, readRun: (runId) => { reads += 1; return ports.ledger.readRun(runId); } }, state: { ...ports.state, read: (key) => (now > 2_000_000 ? Promise.reject(new TransientError('down', null)) : ports.state.read(key)) } };
  await measureFromRuns(counted);
  await measureFromRuns(counted);
  expect(reads).toBe(1);
  now = 3_000_000;
  expect(startIn(await recentFacts(counted).refresh(), 'westus3')).toEqual({ seconds: 150, samples: 1 });
});

describe('where users went in drills', () => {
  const measured: LedgerEvent = { type: 'DrainMeasured', stamp: 'centralus', groups: [{ name: 'web', latencyWindowMs: 0, origins: [], requestsPerSecond: { centralus: 1, westus3: 1 }, requestsPerSecondDrained: { westus3: 2 } }] };
  const drilled = async (ports: Ports, runId: string, at: number): Promise<void> => {
    await ports.ledger.record({ id: 'm', runId, at, controlRegion: 'c', epoch: 1, stamps: ['centralus'], event: measured });
    await projectRun(ports, { request: { ...request(), runId, kind: 'drill', requestedAt: at }, outcome: 'completed', closedAt: at, openShifts: 'none' });
  };
  const drillsIn = ({ drains }: FleetFacts): readonly string[] => (drains ?? []).map(({ runId }) => runId);

  it('is what every process plans with, and outlives the index of runs', async () => {
    let now = 1_000_000;
    const ports = fakePorts(fleet, () => now);
    await drilled(ports, 'october', now);
    await measureFromRuns(ports);
    expect(drillsIn(await readFacts(ports))).toEqual(['october']);
    now += 30 * 24 * 3_600_000;
    await projectRun(ports, { request: { ...request(), runId: 'other', requestedAt: now }, outcome: 'completed', closedAt: now, openShifts: 'none' });
    const another: Ports = { ...ports };
    await measureFromRuns(another);
    expect(drillsIn(await readFacts(another))).toEqual(['october']);
    await drilled(ports, 'november', now);
    await measureFromRuns(another);
    expect(drillsIn(await readFacts(another))).toEqual(['november']);
  });

  it('is written again a minute later, where the store did not take it', async () => {
    const ports = fakePorts(fleet, () => 1_000_000);
    await drilled(ports, 'october', 1_000_000);
    let down = true;
    const another: Ports = { ...ports, state: { ...ports.state, write: (...given) => (down ? Promise.reject(new TransientError('down', null)) : ports.state.write(...given)) } };
    await expect(measureFromRuns(another)).rejects.toThrow('down');
    down = false;
    await measureFromRuns(another);
    expect(drillsIn(await recentFacts({ ...ports }).read())).toEqual(['october']);
  });
});
