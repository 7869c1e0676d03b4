import { stringify } from 'yaml';
import { afterEach, describe, expect, it } from 'vitest';
import type { SimulateAnswer, CertificateAnswer } from '../../src/functions/http/capacitySchemas.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { apiOf } from '../../sandbox/play/api.ts';
import { ledgerReader } from '../../sandbox/play/readLedger.ts';
import { fleetDocumentOf, loadScenario, startOf, worldSpecOf, type Scenario } from '../../sandbox/scenarios/index.ts';
import { startSimulation, type Simulation } from '../../sandbox/simulation.ts';
import { inMemoryApp } from '../support/inMemoryApp.ts';

let simulation: Simulation | null = null;
afterEach(async () => {
  await simulation?.stop();
  simulation = null;
});

const minuteMs = 60_000;
const drilled = 'centralus';

/** The scenario of the monthly drill, under another latency window. */
async function start(latencyWindowMs: number) {
  const scenario: Scenario = { ...loadScenario('drill'), fleet: { ...loadScenario('drill').fleet, latencyWindowMs } };
  const startMs = startOf(scenario);
  const started = await startSimulation({ spec: worldSpecOf(scenario), fleetText: stringify(fleetDocumentOf(scenario)), seed: 7, startMs, pace: 'max', app: await inMemoryApp() });
  simulation = started;
  const { pacer, clock, world, azure } = started;
  const api = apiOf(() => started.host, () => azure.issueToken({ as: 'operator', audience: 'api' }));
  const readLedger = ledgerReader(azure);
  /** Time goes on while the app works on the answer. */
  const answered = async <T>(call: Promise<T>): Promise<T> => {
    let state: 'open' | 'settled' = 'open';
    const settle = (): void => {
      state = 'settled';
    };
    call.then(settle, settle);
    await pacer.drive({ condition: () => state === 'settled' });
    return call;
  };
  const runFor = async (minutes: number): Promise<void> => {
    await pacer.drive({ untilMs: clock.now() + minutes * minuteMs });
  };
  return {
    runFor,
    /** What the product says of the loss: the room that it asks for, what it stands on, and the shares that it expects. */
    predicted: async () => {
      const simulated = (await answered(api.post('/simulate', { lose: [drilled] }))).body as SimulateAnswer; // as its own schema has it
      const { plan } = (await answered(api.post(`/regions/${drilled}/drain`, { reason: 'what if', dryRun: true }))).body as { readonly plan: Plan };
      return {
        planned: Object.fromEntries(simulated.stamps.map(({ stamp, requestsPerSecond }) => [stamp, requestsPerSecond.after])),
        shares: Object.fromEntries(plan.expected.stamps.map(({ stamp, shareAfter }) => [stamp, shareAfter])),
        standsOn: simulated.standsOn.filter(({ input }) => input === `${drilled}.users`),
      };
    },
    certificate: () => answered(api.get<CertificateAnswer>('/certificate')),
    untilDrillIsOver: async () => {
      for (let minute = 0; minute < 60; minute += 1) {
        await runFor(1);
        const closed = (await readLedger()).find(({ event }) => event.type === 'RunClosed');
        if (closed === undefined) continue;
        await runFor(5);
        expect((await readLedger()).flatMap(({ event }) => (event.type === 'RunClosed' ? [event.outcome] : []))).toEqual(['completed']);
        return closed.runId;
      }
      throw new Error('the drill did not end');
    },
    lose: async () => {
      world.faults.inject({ kind: 'regionDead', stamp: drilled });
      await runFor(3);
      return Object.fromEntries(world.snapshot().stamps.map(({ name, share, requestsPerSecond }) => [name, { share, requestsPerSecond }]));
    },
  };
}

/** Points of the fleet's requests by which the survivors' shares are off, the worst of them. */
const off = (expected: Readonly<Record<string, number>>, seen: Readonly<Record<string, { readonly share: number }>>): number =>
  Math.max(...Object.entries(seen).map(([stamp, { share }]) => Math.abs(share - (expected[stamp] ?? 0)) * 100));

describe('what a drill has shown is what the next loss is reckoned with', () => {
  it.each([[10, 3.5], [0, 6]])('at a latency window of %d ms, where countries and their table are off by more than %f points, it is off by less than 2', async (window, offWithout) => {
    const fleet = await start(window);
    await fleet.runFor(1.5);
    const before = await fleet.predicted();
    expect(before.standsOn).toEqual([]);
    const runId = await fleet.untilDrillIsOver();
    const after = await fleet.predicted();
    const standsOn = [{ input: `${drilled}.users`, source: expect.stringMatching(new RegExp(`^what run ${runId} showed on 2026-10-01, or`)) }];
    expect(after.standsOn).toEqual(standsOn);
    expect((await fleet.certificate())?.standsOn).toEqual([{ input: 'demand', source: expect.stringMatching(/^countryTable: /) }, ...standsOn]);
    const seen = await fleet.lose();
    expect(off(before.shares, seen)).toBeGreaterThan(offWithout);
    expect(off(after.shares, seen)).toBeLessThan(2);
    for (const [stamp, planned] of Object.entries(after.planned)) expect(planned).toBeGreaterThan((seen[stamp]?.requestsPerSecond ?? 0) * 0.97);
  }, 120_000);
});
