import { describe, expect, it } from 'vitest';
import { readFacts } from '../../src/activities/readFacts.ts';
import { recentFacts } from '../../src/activities/recentFacts.ts';
import type { RunState } from '../../src/activities/runIndex.ts';
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
  return ports;
}

const closedRun: RunState = { request: { ...request(), runId: 'r1' }, outcome: 'completed', closedAt: 200_000, openShifts: 'none' };

const startIn = ({ stamps }: FleetFacts, stamp: string) => {
  const pools = stamps[stamp]?.pools;
  return pools?.kind === 'known' ? pools.value.find(({ name }) => name === 'user1')?.nodeStart : undefined;
};

it('what one process measured every process reckons with, each pool by itself', async () => {
  let now = 1_000_000;
  const ports = await afterOneRun(() => now);
  const another: Ports = { ...ports };
  expect(startIn(await recentFacts(another).read(), 'westus3')).toBeNull();
  await measureFromRuns(ports, [closedRun]);
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
  await measureFromRuns(counted, [closedRun]);
  await measureFromRuns(counted, [closedRun]);
  expect(reads).toBe(1);
  now = 3_000_000;
  expect(startIn(await recentFacts(counted).refresh(), 'westus3')).toEqual({ seconds: 150, samples: 1 });
});

it('a process that has just started writes nothing over what others know before it has read as much, and an index that was not read takes nothing away', async () => {
  const ports = await afterOneRun(() => 1_000_000);
  const runs = Array.from({ length: 7 }, (_, index): RunState => ({ ...closedRun, request: { ...request(), runId: `r${7 - index}` } }));
  await measureFromRuns(ports, runs);
  await measureFromRuns(ports, runs);
  const another: Ports = { ...ports };
  await measureFromRuns(another, runs);
  await measureFromRuns(another, []);
  expect(startIn(await readFacts({ ...ports }), 'westus3')).toEqual({ seconds: 150, samples: 1 });
});

describe('where users went in drills', () => {
  const measured: LedgerEvent = { type: 'DrainMeasured', stamp: 'centralus', groups: [{ name: 'web', latencyWindowMs: 0, origins: [], requestsPerSecond: { centralus: 1, westus3: 1 }, requestsPerSecondDrained: { westus3: 2 } }] };
  const closed = (runId: string, at: number): RunState => ({ ...closedRun, request: { ...request(), runId, kind: 'drill' }, closedAt: at });
  const drilled = async (ports: Ports, runId: string, at: number): Promise<RunState> => {
    await ports.ledger.record({ id: 'm', runId, at, controlRegion: 'c', epoch: 1, stamps: ['centralus'], event: measured });
    return closed(runId, at);
  };
  const drillsIn = ({ drains }: FleetFacts): readonly string[] => (drains ?? []).map(({ runId }) => runId);

  it('is what every process plans with, and outlives the index of runs', async () => {
    let now = 1_000_000;
    const ports = fakePorts(fleet, () => now);
    await measureFromRuns(ports, [await drilled(ports, 'october', now)]);
    expect(drillsIn(await readFacts(ports))).toEqual(['october']);
    now += 30 * 24 * 3_600_000;
    const another: Ports = { ...ports };
    await measureFromRuns(another, [closed('without a drill', now)]);
    expect(drillsIn(await readFacts(another))).toEqual(['october']);
    await measureFromRuns(another, [await drilled(ports, 'november', now)]);
    now += 60_000;
    expect(drillsIn(await readFacts(another))).toEqual(['november']);
  });

  it('is written again a minute later, where the store did not take it', async () => {
    const ports = fakePorts(fleet, () => 1_000_000);
    const runs = [await drilled(ports, 'october', 1_000_000)];
    let down = true;
    const another: Ports = { ...ports, state: { ...ports.state, write: (...given) => (down ? Promise.reject(new TransientError('down', null)) : ports.state.write(...given)) } };
    await expect(measureFromRuns(another, runs)).rejects.toThrow('down');
    down = false;
    await measureFromRuns(another, runs);
    expect(drillsIn(await recentFacts({ ...ports }).read())).toEqual(['october']);
  });

  it('is what the first plan of a process stands on, whoever asks first; a store that did not answer is asked again in a minute', async () => {
    let now = 1_000_000;
    const ports = fakePorts(fleet, () => now);
    await measureFromRuns(ports, [await drilled(ports, 'october', now)]);
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const started: Ports = { ...ports, state: { ...ports.state, read: (key) => answered.then(() => ports.state.read(key)) } };
    const both = Promise.all([readFacts(started), readFacts(started)]);
    await new Promise(setImmediate);
    answer();
    expect((await both).map(drillsIn)).toEqual([['october'], ['october']]);
    let down = true;
    const cutOff: Ports = { ...ports, state: { ...ports.state, read: (key) => (down ? Promise.reject(new Error('403')) : ports.state.read(key)) } };
    expect(drillsIn(await readFacts(cutOff))).toEqual([]);
    down = false;
    now += 60_000;
    expect(drillsIn(await readFacts(cutOff))).toEqual(['october']);
  });
});
