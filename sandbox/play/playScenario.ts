import { stringify } from 'yaml';
import { verifyChain } from '../../src/domain/ledgerView/verifyChain.ts';
import type { ChainedEntry } from '../../src/domain/ledgerEvent.ts';
import type { Plan } from '../../src/domain/plan.ts';
import type { Pace } from '../clock/index.ts';
import type { LogLine } from '../host/index.ts';
import { difference, fleetDocumentOf, judge, playFaults, startOf, usersWithoutSpillway, worldSpecOf, type Scenario, type UsersTotals } from '../scenarios/index.ts';
import { startSimulation, type SimulatedApp, type Simulation } from '../simulation.ts';
import type { WorldSnapshot } from '../world/index.ts';
import { apiOf, type Api } from './api.ts';
import { playControllers } from './playControllers.ts';
import { playOperator } from './playOperator.ts';
import { ledgerReader } from './readLedger.ts';
import { roomLent } from './roomLent.ts';
import { Settling } from './settling.ts';
import { lastPlan, summarise, type Summary } from './summary.ts';

/** One moment of the show. */
export interface Frame {
  readonly at: number;
  readonly secondsSinceFault: number;
  readonly world: WorldSnapshot;
  readonly regions: RegionsAnswer | null;
  readonly ledgerEntries: number;
}

/** The part of GET /api/regions that the show looks at. */
export interface RegionsAnswer {
  readonly regions: readonly {
    readonly name: string;
    readonly state: string;
    readonly health: {
      readonly verdict: string;
      readonly roundVerdict: string;
      readonly signals: readonly { readonly source: string; readonly verdict: string; readonly detail: string }[];
    } | null;
  }[];
}

export interface Audience {
  entry(entry: ChainedEntry): void;
  frame(frame: Frame): void;
  log(line: LogLine): void;
  /** What the scenario itself does to the control plane. */
  note?(at: number, text: string): void;
}

export interface PlayOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly pace: Pace;
  readonly app: SimulatedApp;
  readonly audience: Audience;
}

const sampleSeconds = 5;
const framesEverySamples = 6;
/** After settling, and with every expected run closed, nothing more is to be seen. */
const afterglowSeconds = 60;

/** Plays a scenario from start to end, tells the audience, and judges it against its file and the invariants. */
export async function playScenario(options: PlayOptions): Promise<Summary> {
  const { scenario, seed } = options;
  const startMs = startOf(scenario);
  const simulation = await startSimulation({
    spec: worldSpecOf(scenario),
    fleetText: stringify(fleetDocumentOf(scenario)),
    seed,
    startMs,
    pace: options.pace,
    app: options.app,
    controllers: scenario.controllers.count,
    onLog: (line) => options.audience.log(line),
  });
  try {
    return await new Play(options, simulation, startMs).run();
  } finally {
    await simulation.stop();
  }
}

class Play {
  readonly #options: PlayOptions;
  readonly #simulation: Simulation;
  readonly #startMs: number;
  readonly #faultAtMs: number;
  readonly #api: Api;
  readonly #readLedger: () => Promise<readonly ChainedEntry[]>;
  readonly #settling = new Settling();
  readonly #told = new Set<string>();
  #entries: readonly ChainedEntry[] = [];
  #usersAtFault: UsersTotals | null = null;

  constructor(options: PlayOptions, simulation: Simulation, startMs: number) {
    this.#options = options;
    this.#simulation = simulation;
    this.#startMs = startMs;
    this.#faultAtMs = startMs + options.scenario.faultAt * 1000;
    this.#api = apiOf(() => simulation.host, () => simulation.azure.issueToken({ as: 'operator', audience: 'api' }));
    this.#readLedger = ledgerReader(simulation.azure);
  }

  async run(): Promise<Summary> {
    const { scenario, seed } = this.#options;
    const { world, pacer, clock } = this.#simulation;
    playFaults(scenario, world, this.#startMs);
    const operator = playOperator(scenario, this.#startMs, this.#simulation);
    const controllers = playControllers(scenario, this.#startMs, this.#simulation, (text) => this.#options.audience.note?.(clock.now(), text));
    const endMs = this.#startMs + scenario.durationSeconds * 1000;
    for (let sample = 1; clock.now() < endMs; sample += 1) {
      await pacer.drive({ untilMs: Math.min(endMs, this.#startMs + sample * sampleSeconds * 1000) });
      this.#usersAtFault ??= clock.now() >= this.#faultAtMs ? world.users.totals() : null;
      await operator.actIfDue(this.#entries);
      await this.#look(sample);
      await controllers.actIfDue(this.#entries);
      if (this.#isOver(controllers.overAtMs())) break;
    }
    const elapsedSeconds = (clock.now() - this.#startMs) / 1000;
    const suffered = difference(world.users.totals(), this.#usersAtFault ?? world.users.totals());
    const without = usersWithoutSpillway(scenario, seed, elapsedSeconds);
    return this.#summary(suffered, without, controllers.takenOverSeconds(this.#entries), [...(await operator.problems()), ...controllers.problems()]);
  }

  async #look(sample: number): Promise<void> {
    const { world, clock } = this.#simulation;
    this.#entries = await this.#readLedger();
    for (const entry of this.#entries) {
      const key = `${entry.runId}/${entry.id}`;
      if (this.#told.has(key)) continue;
      this.#told.add(key);
      if (entry.event.type === 'PlanMade' && movesTraffic(entry.event.plan) && entry.runId === this.#mainRunId()) this.#settling.restart();
      this.#options.audience.entry(entry);
    }
    const snapshot = world.snapshot();
    const at = clock.now();
    this.#settling.saw(at, Object.fromEntries(snapshot.stamps.map(({ name, share }) => [name, share])), this.#plannedShares());
    if (sample % framesEverySamples === 0) {
      const regions = await this.#readRegions();
      this.#options.audience.frame({ at, secondsSinceFault: (at - this.#faultAtMs) / 1000, world: snapshot, regions, ledgerEntries: this.#entries.length });
    }
  }

  /** Nothing while Cosmos DB is down: the API would say so after some retries. */
  async #readRegions(): Promise<RegionsAnswer | null> {
    if (this.#simulation.world.faults.active('cosmosDown') !== null) return null;
    return this.#inTime(this.#api.get<RegionsAnswer>('/regions'));
  }

  /** A call that may have to wait for a store that is down: time goes on meanwhile, and does not move where it need not. */
  async #inTime<T>(call: Promise<T>): Promise<T> {
    let state: 'open' | 'settled' = 'open';
    const settle = (): void => {
      state = 'settled';
    };
    call.then(settle, settle);
    await this.#simulation.pacer.drive({ condition: () => state === 'settled' });
    return call;
  }

  #mainRunId(): string | null {
    const opened = this.#entries.filter(({ event }) => event.type === 'RunOpened');
    const expected = this.#options.scenario.expect.runs[0];
    const main = opened.find(({ event }) => event.type === 'RunOpened' && event.request.kind === expected?.kind && event.request.stamps.includes(expected.region)) ?? opened[0];
    return main?.runId ?? null;
  }

  #plannedShares(): Readonly<Record<string, number>> | null {
    const mainRunId = this.#mainRunId();
    const plan = this.#entries.flatMap(({ runId, event }) => (runId === mainRunId && event.type === 'PlanMade' && movesTraffic(event.plan) ? [event.plan] : [])).at(-1);
    if (plan === undefined) return null;
    return Object.fromEntries(plan.expected.stamps.map(({ stamp, shareAfter }) => [stamp, shareAfter]));
  }

  /** What a scenario expects has come; one that expects nothing is watched to its end. */
  #isOver(controllersOverAtMs: number | null): boolean {
    const { expect, operator, faults } = this.#options.scenario;
    if (expect.nothing === true || expect.runs.length === 0) return false;
    const now = this.#simulation.clock.now();
    const scheduled = [...operator.map(({ at }) => at), ...faults.map(({ at, heal }) => heal ?? at)];
    if (scheduled.some((at) => this.#startMs + at * 1000 > now) || controllersOverAtMs === null || controllersOverAtMs > now) return false;
    const opened = this.#entries.filter(({ event }) => event.type === 'RunOpened').length;
    const closed = this.#entries.filter(({ event }) => event.type === 'RunClosed');
    const disabled = this.#disabledAtFrontDoor();
    if (expect.disabledAtFrontDoor.some((stamp) => !disabled.includes(stamp))) return false;
    const isSettled = expect.settledWithinSeconds === undefined || this.#settling.settledAt !== null;
    const last = Math.max(...closed.map(({ at }) => at), this.#settling.settledAt ?? 0);
    return isSettled && closed.length >= opened && opened >= expect.runs.length && now - last >= afterglowSeconds * 1000;
  }

  #summary(suffered: UsersTotals, without: UsersTotals, takenOverSeconds: number | null, playProblems: readonly string[]): Summary {
    const { scenario, seed } = this.#options;
    const input = {
      scenario: scenario.name,
      seed,
      region: scenario.region,
      faultAtMs: this.#faultAtMs,
      settledAtMs: this.#settling.settledAt,
      entries: this.#entries,
      mainRunId: this.#mainRunId(),
      with: suffered,
      without,
      violations: this.#simulation.invariants.judge(this.#entries),
      ledgerVerified: this.#ledgerVerified(),
    };
    const summary = summarise(input);
    const runs = this.#entries.flatMap(({ runId, event }) => {
      if (event.type !== 'RunOpened') return [];
      const run = this.#entries.filter((entry) => entry.runId === runId);
      const closed = run.find((entry) => entry.event.type === 'RunClosed')?.event;
      const { kind, mode, stamps } = event.request;
      return [{ kind, mode: lastPlan(run)?.mode ?? mode, regions: lastPlan(run)?.stamps ?? stamps, outcome: closed?.type === 'RunClosed' ? closed.outcome : null }];
    });
    const problems = judge(scenario.expect, {
      runs,
      writes: this.#simulation.invariants.writes.length,
      trafficWrites: this.#simulation.invariants.writes.filter(({ target }) => target === 'gate' || target === 'origin').length,
      settledSeconds: summary.seconds.settle,
      takenOverSeconds,
      disabledAtFrontDoor: this.#disabledAtFrontDoor(),
      roomLent: roomLent(this.#simulation.world),
      shortOf: summary.shortOf,
      certificates: this.#entries.flatMap(({ event }) => (event.type === 'CertificateChanged' && event.binding !== null ? [event.binding] : [])),
      failedRequests: { with: suffered.failedRequests, without: without.failedRequests },
    });
    return { ...summary, takenOverSeconds, problems: [...problems, ...playProblems] };
  }

  #disabledAtFrontDoor(): readonly string[] {
    const origins = this.#simulation.world.frontDoor.asked.originGroups.flatMap((group) => group.origins);
    return this.#simulation.world.spec.stamps.map(({ name }) => name).filter((name) => origins.every(({ stamp, enabled }) => stamp !== name || enabled === 'Disabled'));
  }

  #ledgerVerified(): boolean {
    const runIds = new Set(this.#entries.map(({ runId }) => runId));
    return [...runIds].every((runId) => verifyChain(this.#entries.filter((entry) => entry.runId === runId).toSorted((a, b) => a.seq - b.seq)).kind === 'intact');
  }
}

/** A plan that goes on after the traffic has moved, such as a taker's, asks for nothing more. */
const movesTraffic = ({ gates, shifts }: Plan): boolean => gates.length + shifts.length > 0;
