import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChainedEntry } from '../../../src/domain/ledgerEvent.ts';
import type { RunPhase } from '../../../src/domain/run.ts';
import { describeEvent } from '../../../src/domain/ledgerView/describeEvent.ts';
import { verifyChain } from '../../../src/domain/ledgerView/verifyChain.ts';
import { ceilingOf } from '../../../sandbox/invariants/ceilingOf.ts';
import { watchInvariants, type Violation } from '../../../sandbox/invariants/watchInvariants.ts';
import { ledgerReader } from '../../../sandbox/play/readLedger.ts';
import { Settling } from '../../../sandbox/play/settling.ts';
import { lastPlan } from '../../../sandbox/play/summary.ts';
import { loadScenario, type Scenario } from '../../../sandbox/scenarios/index.ts';
import { startStandalone } from '../../../sandbox/standalone.ts';
import { startAzurite } from '../../../tools/func/azurite.ts';
import { endTree, startTree } from '../../../tools/func/processTree.ts';
import { trustSandbox } from '../../support/trustSandbox.ts';
import { freePort } from '../apiserverProcess.ts';

export interface FailoverOptions {
  readonly hostDll: string;
  /** The built app. */
  readonly appDir: string;
  readonly scenario: string;
  /** As soon as the run is in this phase, host and worker are killed outright, and started again. */
  readonly killIn: RunPhase | null;
  readonly tell: (line: string) => void;
}

export interface FailoverSeen {
  readonly runs: readonly { readonly kind: string; readonly regions: readonly string[]; readonly outcome: string | null }[];
  /** From the fault to 2 minutes of traffic as planned, observed in the world; null = never. */
  readonly settledSeconds: number | null;
  readonly violations: readonly Violation[];
  readonly chains: 'intact' | 'broken';
  readonly entries: number;
  readonly kills: number;
}

const faultAfterSeconds = 60;
const giveUpSeconds = 1500;
const downSeconds = 5;
/** The world's clock follows the machine's, by which the app dates its entries, in steps: an intent may look younger than its write. */
const clocksApartMs = 1000;

/**
 * The whole product in real time: the sandbox's Azure over TLS, Azurite for the task hub, and the built app on the real Durable
 * extension in processes of its own. Nothing is sped up: leases, queues and timers of the extension are wall-clock.
 */
export async function playFailover({ hostDll, appDir, scenario: name, killIn, tell }: FailoverOptions): Promise<FailoverSeen> {
  const sandbox = await startStandalone({ scenario: sooner(loadScenario(name)), seed: 7, pace: 'real', faults: 'played' });
  const azurite = await startAzurite();
  const port = await freePort();
  const timersFolder = mkdtempSync(path.join(tmpdir(), 'durable-timers-'));
  const { azure, endpoints, world, fleetFile } = sandbox;
  const startMs = world.clock.now();
  trustSandbox(endpoints);
  const invariants = watchInvariants(world, ceilingOf(readFileSync(fleetFile, 'utf8')));
  const readLedger = ledgerReader(azure);
  const environment = { ...process.env, ...azure.environment(), SPILLWAY_FLEET: fleetFile, AzureWebJobsStorage: azurite.connectionString };
  const start = (): Promise<ChildProcess> => startWorker([hostDll, path.resolve(appDir), String(port), timersFolder], environment, tell);
  const running = sandbox.run();
  let worker = await start();
  tell(`the app is up on the extension; the region goes bad in ${faultAfterSeconds} s`);
  const settling = new Settling();
  const told = new Set<string>();
  let entries: readonly ChainedEntry[] = [];
  let kills = 0;
  try {
    for (;;) {
      await sleep(2000);
      entries = await readLedger();
      for (const entry of entries) {
        const key = `${entry.runId}/${entry.id}`;
        if (told.has(key)) continue;
        told.add(key);
        tell(`${seconds(entry.at - startMs)} ${describeEvent(entry.event)}`);
        if (entry.event.type === 'PlanMade') settling.restart();
      }
      if (kills === 0 && killIn !== null && entries.some(({ event }) => event.type === 'PhaseEntered' && event.phase === killIn)) {
        kills += 1;
        tell(`${seconds(world.clock.now() - startMs)} host and worker are killed`);
        await killWorker(worker);
        await sleep(downSeconds * 1000);
        worker = await start();
        tell(`${seconds(world.clock.now() - startMs)} host and worker are up again`);
      }
      const plan = lastPlan(entries);
      const shares = Object.fromEntries(world.snapshot().stamps.map(({ name: stamp, share }) => [stamp, share]));
      settling.saw(world.clock.now(), shares, plan === null || plan.gates.length + plan.shifts.length === 0 ? null : Object.fromEntries(plan.expected.stamps.map(({ stamp, shareAfter }) => [stamp, shareAfter])));
      const opened = entries.filter(({ event }) => event.type === 'RunOpened');
      const closed = entries.filter(({ event }) => event.type === 'RunClosed');
      const isOver = opened.length > 0 && closed.length >= opened.length && settling.settledAt !== null;
      if (isOver || world.clock.now() - startMs > giveUpSeconds * 1000) break;
    }
  } finally {
    await killWorker(worker);
    await sandbox.stop();
    await running;
    await azurite.stop();
    rmSync(timersFolder, { recursive: true, force: true });
  }
  const settledAt = settling.settledAt;
  return {
    runs: entries.flatMap(({ runId, event }) => {
      if (event.type !== 'RunOpened') return [];
      const end = entries.find((entry) => entry.runId === runId && entry.event.type === 'RunClosed')?.event;
      return [{ kind: event.request.kind, regions: event.request.stamps, outcome: end?.type === 'RunClosed' ? end.outcome : null }];
    }),
    settledSeconds: settledAt === null ? null : Math.round((settledAt - startMs) / 1000) - faultAfterSeconds,
    violations: invariants.judge(entries.map((entry) => ({ ...entry, at: entry.at - clocksApartMs }))),
    chains: [...new Set(entries.map(({ runId }) => runId))].every((runId) => verifyChain(entries.filter((entry) => entry.runId === runId)).kind === 'intact') ? 'intact' : 'broken',
    entries: entries.length,
    kills,
  };
}

/** In real time nobody waits for a fault longer than the app needs to look around. */
function sooner(scenario: Scenario): Scenario {
  const by = scenario.faultAt - faultAfterSeconds;
  return { ...scenario, faultAt: faultAfterSeconds, faults: scenario.faults.map((each) => ({ ...each, at: each.at - by, ...(each.heal === undefined ? {} : { heal: each.heal - by }) })) };
}

async function startWorker(args: readonly string[], env: NodeJS.ProcessEnv, tell: (line: string) => void): Promise<ChildProcess> {
  const child = startTree(() => spawn(process.execPath, [new URL('worker.ts', import.meta.url).pathname, ...args], { stdio: ['pipe', 'pipe', 'pipe'], detached: true, env }));
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-8000)));
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      for (const line of chunk.toString().split('\n').filter((each) => each !== '')) {
        if (line.startsWith('up ')) resolve();
        else tell(line.slice(0, 400));
      }
    });
    child.once('exit', () => reject(new Error(`the worker ended:\n${errors}`)));
  });
  return child;
}

/** The whole group, without a word: a process on Azure that is gone. */
async function killWorker(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit');
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  await endTree(child, 'SIGTERM');
}

const seconds = (ms: number): string => `${String(Math.round(ms / 1000)).padStart(4)} s`;
