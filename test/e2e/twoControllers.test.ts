import { stringify } from 'yaml';
import { afterEach, describe, expect, it } from 'vitest';
import { observeWrites } from '../../sandbox/invariants/observeWrites.ts';
import { playScenario } from '../../sandbox/play/playScenario.ts';
import { ledgerReader } from '../../sandbox/play/readLedger.ts';
import { whoActs } from '../../sandbox/play/whoActs.ts';
import { fleetDocumentOf, loadScenario, playFaults, startOf, worldSpecOf } from '../../sandbox/scenarios/index.ts';
import { startSimulation, type Simulation } from '../../sandbox/simulation.ts';
import { verifyChain } from '../../src/domain/ledgerView/verifyChain.ts';
import { runStanding } from '../../src/domain/ledgerView/runStanding.ts';
import type { ChainedEntry, LedgerEvent } from '../../src/domain/ledgerEvent.ts';
import { inMemoryApp } from '../support/inMemoryApp.ts';

/** The sandbox's controllers: the first in the list is the first to look, and gets the run. */
const first = 'northcentralus';
const second = 'southcentralus';

const isFull = process.env['SPILLWAY_TEST_SCOPE'] === 'full';

interface World extends Simulation {
  readonly ledger: () => Promise<readonly ChainedEntry[]>;
  readonly runFor: (seconds: number) => Promise<void>;
  readonly runUntil: (seconds: number) => Promise<void>;
  /** Until no run is open, and a little longer for what might still come; twenty minutes at most. */
  readonly runToItsEnd: () => Promise<readonly ChainedEntry[]>;
}

let simulation: Simulation | null = null;

async function start(name: string): Promise<World> {
  const scenario = loadScenario(name);
  const startMs = startOf(scenario);
  const started = await startSimulation({ spec: worldSpecOf(scenario), fleetText: stringify(fleetDocumentOf(scenario)), seed: 7, startMs, pace: 'max', app: await inMemoryApp(), controllers: 2 });
  simulation = started;
  playFaults(scenario, started.world, startMs);
  const { pacer, clock } = started;
  const drive = async (untilMs: number): Promise<void> => {
    await pacer.drive({ untilMs });
  };
  const ledger = ledgerReader(started.azure);
  const runToItsEnd = async (): Promise<readonly ChainedEntry[]> => {
    for (const endMs = clock.now() + 20 * 60_000; clock.now() < endMs; ) {
      await drive(clock.now() + 20_000);
      const entries = await ledger();
      const runs = runsOf(entries);
      if (runs.length > 0 && runs.every((runId) => runStanding(entries.filter((entry) => entry.runId === runId)).closed !== null)) break;
    }
    await drive(clock.now() + 65_000);
    return ledger();
  };
  return { ...started, ledger, runToItsEnd, runFor: (seconds) => drive(clock.now() + seconds * 1000), runUntil: (seconds) => drive(startMs + seconds * 1000) };
}

const controllerIn = ({ controllers }: Simulation, wanted: string) => {
  const found = controllers.find(({ region }) => region === wanted);
  if (found === undefined) throw new Error(`no controller in ${wanted}`);
  return found;
};

const runsOf = (entries: readonly ChainedEntry[]): readonly string[] => entries.flatMap(({ runId, event }) => (event.type === 'RunOpened' ? [runId] : []));
const typesOf = (entries: readonly ChainedEntry[]): readonly LedgerEvent['type'][] => entries.map(({ event }) => event.type);

function expectSound({ invariants }: Simulation, entries: readonly ChainedEntry[]): void {
  expect(invariants.judge(entries)).toEqual([]);
  for (const runId of new Set(entries.map((entry) => entry.runId))) {
    expect(verifyChain(entries.filter((entry) => entry.runId === runId).toSorted((a, b) => a.seq - b.seq))).toMatchObject({ kind: 'intact' });
  }
}

afterEach(async () => {
  await simulation?.stop();
  simulation = null;
});

describe('a controller that dies for good (I11)', () => {
  // A graceful failover makes eight changes: two pools, four HPAs, the gate, the origin.
  const deaths = isFull ? [1, 2, 3, 4, 5, 6, 7, 8] : [2, 7];
  it.each(deaths)('right after its change %i has been made, before it could record so: the other one ends the run', async (nth) => {
    const world = await start('two-controllers');
    let changes = 0;
    let diedAt = 0;
    observeWrites(world.world, () => {
      changes += 1;
      if (changes !== nth) return;
      diedAt = world.clock.now();
      void controllerIn(world, first).kill();
    });
    const entries = await world.runToItsEnd();
    const [runId, ...others] = runsOf(entries);
    expect(others).toEqual([]);
    const run = entries.filter((entry) => entry.runId === runId);
    const taken = run.find(({ event }) => event.type === 'FenceTaken' && event.takenOverFrom === first);
    expect(taken).toMatchObject({ controlRegion: second, epoch: 2 });
    // A lease of 60 s and one look at the fleet, every 30 s.
    expect(((taken?.at ?? 0) - diedAt) / 1000).toBeLessThanOrEqual(90);
    expect(runStanding(run)).toMatchObject({ executedBy: second, closed: { outcome: 'completed' } });
    expect(run.filter(({ at, controlRegion }) => controlRegion === first && at > diedAt)).toEqual([]);
    expect(world.world.snapshot().stamps.find(({ name }) => name === 'eastus2')?.share).toBeLessThan(0.02);
    expectSound(world, entries);
  }, 60_000);

  it('before it had the fence: the other one opens nothing new and runs what was opened', async () => {
    const world = await start('two-controllers');
    const acting = controllerIn(world, first);
    await world.runUntil(239);
    await world.pacer.drive({ condition: () => acting.host?.engine.state.instances.size === 1 });
    await acting.kill();
    const entries = await world.runToItsEnd();
    expect(runsOf(entries)).toHaveLength(1);
    expect(entries.filter(({ event }) => event.type === 'FenceTaken')).toMatchObject([{ controlRegion: second }]);
    expect(runStanding(entries.filter(({ runId }) => runId === runsOf(entries)[0]))).toMatchObject({ closed: { outcome: 'completed' } });
    expectSound(world, entries);
  }, 60_000);
});

describe('a controller that comes back (I3)', () => {
  it.each([
    ['while the other one has its run', 110],
    ['after the other one has ended its run', 720],
  ])('%s: it says so and touches nothing', async (_, secondsAway) => {
    const world = await start('two-controllers');
    await world.runUntil(246);
    const acting = controllerIn(world, first);
    expect(whoActs(await world.ledger())).toMatchObject({ region: first, phase: 'surging' });
    await acting.kill();
    await world.runFor(secondsAway);
    const writesBefore = world.invariants.writes.length;
    const backAt = world.clock.now();
    const actsNow = whoActs(await world.ledger())?.region ?? null;
    expect(actsNow).toBe(secondsAway > 300 ? null : second);
    await acting.start();
    const entries = await world.runToItsEnd();
    const [runId] = runsOf(entries);
    const said = entries.filter((entry) => entry.runId === runId && entry.controlRegion === first && entry.at >= backAt);
    expect(typesOf(said)).toEqual(['RunHandedOver']);
    expect(runsOf(entries)).toHaveLength(1);
    if (actsNow === null) expect(world.invariants.writes).toHaveLength(writesBefore);
    expect(runStanding(entries.filter((entry) => entry.runId === runId))).toMatchObject({ executedBy: second, closed: { outcome: 'completed' } });
    // Its own instance has ended, too: nothing of it wakes later.
    expect(acting.host?.engine.state.instances.get(runId ?? '')?.runtimeStatus).toBe('Completed');
    expectSound(world, entries);
  }, 60_000);

  it('within its lease: nobody has taken anything, and it goes on under its epoch', async () => {
    const world = await start('two-controllers');
    await world.runUntil(246);
    const acting = controllerIn(world, first);
    await acting.kill();
    await world.runFor(25);
    await acting.start();
    const entries = await world.runToItsEnd();
    expect(entries.filter(({ event }) => event.type === 'FenceTaken')).toMatchObject([{ controlRegion: first, epoch: 1 }]);
    expect(runStanding(entries.filter(({ runId }) => runId === runsOf(entries)[0]))).toMatchObject({ executedBy: first, closed: { outcome: 'completed' } });
    expectSound(world, entries);
  }, 60_000);
});

describe('two controllers that live', () => {
  it('see the same failure in the same second: one run is opened, and people are told once', async () => {
    const world = await start('two-controllers');
    await world.runUntil(235);
    const entries = await world.runToItsEnd();
    expect(runsOf(entries)).toHaveLength(1);
    const saw = entries.filter(({ event }) => event.type === 'Decided' && event.decision === 'surgeOnly');
    expect(saw.map(({ controlRegion }) => controlRegion).toSorted()).toEqual([first, second]);
    expect(new Set(saw.map(({ at }) => Math.round(at / 1000))).size).toBe(1);
    expect(world.azure.notices.filter(({ body }) => JSON.stringify(body).includes('runOpened'))).toHaveLength(1);
    expect(entries.filter(({ event }) => event.type === 'FenceTaken')).toHaveLength(1);
    expectSound(world, entries);
  }, 60_000);
});

/** Scenario, phase in which the acting controller dies for good, and how the run of that kind ends then. */
const deathsByPhase = [
  ['drill', 'holding', { kind: 'drill', region: 'centralus', outcome: 'aborted' }],
  ['drill', 'surging', { kind: 'drill', region: 'centralus', outcome: 'aborted' }],
  ['drain', 'verifying', { kind: 'drain', region: 'eastus2', outcome: 'completed' }],
  ['region-dead', 'verifying', { kind: 'failover', region: 'eastus2', outcome: 'completed' }],
  ['no-gates', 'verifying', { kind: 'failover', region: 'eastus2', outcome: 'completed' }],
  ['approve-mode', 'awaitingApproval', { kind: 'failover', region: 'eastus2', outcome: 'completed' }],
  ['second-region-fails', 'verifying', { kind: 'failover', region: 'eastus2', outcome: 'completed' }],
] as const;

describe('a controller that dies for good in another kind of run (I5, I11)', () => {
  it.each(isFull ? deathsByPhase : deathsByPhase.slice(0, 1))('%s, %s: the other one brings it to its end', async (name, phase, run) => {
    const scenario = loadScenario(name);
    const summary = await playScenario({
      scenario: { ...scenario, controllers: { count: 2, deaths: [{ at: 0, who: 'acting', phase }] }, expect: { runs: [{ ...run }], tolerate: [], disabledAtFrontDoor: [], takenOverWithinSeconds: 90 } },
      seed: 7, pace: 'max', app: await inMemoryApp(), audience: { entry: ignore, frame: ignore, log: ignore },
    });
    expect(summary.problems).toEqual([]);
    expect(summary.violations).toEqual([]);
    expect(summary.ledgerVerified).toBe(true);
  }, 60_000);
});

const ignore = (): void => undefined;
