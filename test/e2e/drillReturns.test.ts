import { stringify } from 'yaml';
import { afterEach, describe, expect, it } from 'vitest';
import { ledgerReader } from '../../sandbox/play/readLedger.ts';
import { fleetDocumentOf, loadScenario, startOf, worldSpecOf, type Scenario } from '../../sandbox/scenarios/index.ts';
import { startSimulation, type Simulation } from '../../sandbox/simulation.ts';
import { inMemoryApp } from '../support/inMemoryApp.ts';

let simulation: Simulation | null = null;
afterEach(async () => {
  await simulation?.stop();
  simulation = null;
});

/** The scenario of the monthly drill under another latency window, until long after its region has its users back. */
async function playDrill(latencyWindowMs: number, seed: number) {
  const drill = loadScenario('drill');
  const scenario: Scenario = { ...drill, fleet: { ...drill.fleet, latencyWindowMs } };
  const startMs = startOf(scenario);
  simulation = await startSimulation({ spec: worldSpecOf(scenario), fleetText: stringify(fleetDocumentOf(scenario)), seed, startMs, pace: 'max', app: await inMemoryApp() });
  const { pacer, world, azure, invariants } = simulation;
  await pacer.drive({ untilMs: startMs + 45 * 60_000 });
  const entries = await ledgerReader(azure)();
  return {
    closed: entries.flatMap(({ event }) => (event.type === 'RunClosed' ? [event.outcome] : [])),
    opened: entries.flatMap(({ event }) => (event.type === 'RunOpened' ? [`${event.request.kind} of ${event.request.stamps.join(', ')}`] : [])),
    failedRequests: world.users.totals().failedRequests,
    violations: invariants.judge(entries),
    entries,
  };
}

describe('a drill gives its region back with the room that its users need', () => {
  it.each([1, 7])('at a latency window of 20 ms, where its pods would have gone meanwhile (seed %d)', async (seed) => {
    const { opened, closed, failedRequests, violations } = await playDrill(20, seed);
    expect(violations).toEqual([]);
    expect(opened).toEqual(['drill of centralus']);
    expect(closed).toEqual(['completed']);
    expect(failedRequests).toBeLessThan(10);
  }, 120_000);
});
