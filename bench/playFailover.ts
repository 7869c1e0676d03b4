import { stringify } from 'yaml';
import { verifyChain } from '../src/domain/ledgerView/verifyChain.ts';
import type { ChainedEntry } from '../src/domain/ledgerEvent.ts';
import { ledgerReader } from '../sandbox/play/readLedger.ts';
import type { InvariantWatch } from '../sandbox/invariants/watchInvariants.ts';
import { Settling } from '../sandbox/play/settling.ts';
import { eventOf, lastPlan } from '../sandbox/play/summary.ts';
import { defaultScenario, fleetDocumentOf, loadScenario, playFaults, startOf, worldSpecOf, type Scenario } from '../sandbox/scenarios/index.ts';
import { startSimulation, type SimulatedApp } from '../sandbox/simulation.ts';

/** Real time and CPU time of this process, milliseconds. */
export interface Spent {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface Played {
  /** From the start of the simulation to its end. */
  readonly whole: Spent;
  /** From the last look before a run was opened until the traffic had settled and the ledger so far was verified. */
  readonly toSettled: Spent;
  /** From the same look until the run was closed as well, some minutes later: metrics are late, and it waits for them. */
  readonly toClosed: Spent;
}

/** From the start of the app to the fault: one round of the watch. The scenario itself waits longer, for those who look on. */
const quietSeconds = 5;
const sampleSeconds = 15;

const scenario = soon(loadScenario(defaultScenario));
const spec = worldSpecOf(scenario);
const fleetText = stringify(fleetDocumentOf(scenario));
const startMs = startOf(scenario);

/**
 * One simulated failover: the default scenario from shortly before the fault until the traffic has settled and the run is
 * closed, its ledger verified at both. Without what a show adds: frames, the afterglow, the same world once more without Spillway.
 * Throws when it does not complete, does not settle, or breaks an invariant or the chain.
 */
export async function playFailover(app: SimulatedApp, seed: number): Promise<Played> {
  const started = spent();
  let beforeDetection = started;
  let settled: Spent | null = null;
  let closed = started;
  const simulation = await startSimulation({ spec, fleetText, seed, startMs, pace: 'max', app });
  try {
    const { world, clock, pacer, invariants, azure } = simulation;
    playFaults(scenario, world, startMs);
    const readLedger = ledgerReader(azure);
    const settling = new Settling();
    const endMs = startMs + scenario.durationSeconds * 1000;
    let entries: readonly ChainedEntry[] = [];
    while ((settled === null || eventOf(entries, 'RunClosed') === null) && clock.now() < endMs) {
      if (eventOf(entries, 'RunOpened') === null) beforeDetection = spent();
      await pacer.drive({ untilMs: clock.now() + sampleSeconds * 1000 });
      const plans = countPlans(entries);
      entries = await readLedger();
      if (countPlans(entries) > plans) settling.restart();
      settling.saw(clock.now(), Object.fromEntries(world.snapshot().stamps.map(({ name, share }) => [name, share])), plannedShares(entries));
      if (settling.settledAt === null || settled !== null) continue;
      refuse(seed, [...brokenChains(entries), ...brokenInvariants(invariants, entries)]);
      settled = spent();
    }
    refuse(seed, [
      ...(settled === null ? ['it did not settle'] : []),
      ...(eventOf(entries, 'RunClosed')?.outcome === 'completed' ? [] : ['it did not complete']),
      ...brokenChains(entries),
      ...brokenInvariants(invariants, entries),
    ]);
    closed = spent();
  } finally {
    await simulation.stop();
  }
  return { whole: difference(spent(), started), toSettled: difference(settled ?? closed, beforeDetection), toClosed: difference(closed, beforeDetection) };
}

function refuse(seed: number, problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`seed ${seed}: ${problems.join('; ')}`);
}

const brokenInvariants = (invariants: InvariantWatch, entries: readonly ChainedEntry[]): readonly string[] => invariants.judge(entries).map(({ message }) => message);

/** Since the process began. */
function spent(): Spent {
  const { user, system } = process.cpuUsage();
  return { wallMs: Number(process.hrtime.bigint()) / 1e6, cpuMs: (user + system) / 1000 };
}

const difference = (later: Spent, earlier: Spent): Spent => ({ wallMs: later.wallMs - earlier.wallMs, cpuMs: later.cpuMs - earlier.cpuMs });

function soon(scenario: Scenario): Scenario {
  const earlier = (at: number): number => at - scenario.faultAt + quietSeconds;
  return { ...scenario, faultAt: quietSeconds, faults: scenario.faults.map((entry) => ({ ...entry, at: earlier(entry.at) })) };
}

const countPlans = (entries: readonly ChainedEntry[]): number => entries.filter(({ event }) => event.type === 'PlanMade').length;

/** Of the plan that moves traffic; null before it. */
function plannedShares(entries: readonly ChainedEntry[]): Readonly<Record<string, number>> | null {
  const plan = lastPlan(entries);
  if (plan === null || plan.gates.length + plan.shifts.length === 0) return null;
  return Object.fromEntries(plan.expected.stamps.map(({ stamp, shareAfter }) => [stamp, shareAfter]));
}

function brokenChains(entries: readonly ChainedEntry[]): readonly string[] {
  const runIds = [...new Set(entries.map(({ runId }) => runId))];
  return runIds.filter((runId) => verifyChain(entries.filter((entry) => entry.runId === runId).toSorted((a, b) => a.seq - b.seq)).kind !== 'intact').map((runId) => `the ledger of ${runId} is broken`);
}
