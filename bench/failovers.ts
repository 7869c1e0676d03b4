import { fork } from 'node:child_process';
import { layers, type Layer } from './layers.ts';
import type { WorkerAnswer, WorkerTask } from './failoverWorker.ts';
import type { Spent } from './playFailover.ts';

export interface Rate {
  readonly perMinute: number;
  readonly cpuSecondsEach: number;
}

export interface Failovers extends Rate {
  readonly count: number;
  /** Until the run is closed as well: it waits for metrics that come minutes late. */
  readonly toClosed: Rate;
  /** With the start of the app and the wait for the failure to be detected, which are no part of a failover. */
  readonly whole: Rate;
  /** Milliseconds of CPU that each layer takes of one whole simulation: the profiler's shares of it. */
  readonly layersCpuMs: Readonly<Record<Layer, number>>;
}

/** The engine has compiled what a failover runs after about so many. */
const warmUps = 20;
const profiled = 6;

/**
 * Worker processes that play the default scenario in memory, with the production app and SDKs, one after another with seeds of
 * their own. `perMinute` counts from detection to settled with the ledger verified, all workers together.
 */
export async function benchFailovers(workers: number, each: number): Promise<Failovers> {
  const tasks = Array.from({ length: workers }, (_, index): WorkerTask => ({ firstSeed: 1000 * (index + 1), warmUps, count: each, profiled: index === 0 ? profiled : 0 }));
  const answers = await Promise.all(tasks.map(runWorker));
  const rate = (of: (answer: WorkerAnswer) => Spent): Rate => ({
    perMinute: round(answers.reduce((total, answer) => total + (60_000 * each) / of(answer).wallMs, 0)),
    cpuSecondsEach: round(answers.reduce((total, answer) => total + of(answer).cpuMs, 0) / 1000 / (workers * each)),
  });
  const whole = rate((answer) => answer.whole);
  const shares = answers[0]?.layers ?? null;
  const layersCpuMs = Object.fromEntries(layers.map((layer) => [layer, round((shares?.[layer] ?? 0) * whole.cpuSecondsEach * 1000)])) as Record<Layer, number>; // one entry for each layer
  return { count: workers * each, ...rate((answer) => answer.toSettled), toClosed: rate((answer) => answer.toClosed), whole, layersCpuMs };
}

function runWorker(task: WorkerTask): Promise<WorkerAnswer> {
  return new Promise((resolve, reject) => {
    // A young generation that holds what a look at the fleet leaves behind spares most of the collector's copying.
    const child = fork(new URL('./failoverWorker.ts', import.meta.url), [JSON.stringify(task)], { execArgv: ['--max-semi-space-size=64', '--no-warnings'] });
    let answer: WorkerAnswer | null = null;
    child.once('message', (message) => {
      answer = message as WorkerAnswer; // sent by failoverWorker.ts
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (answer === null) reject(new Error(`a worker ended with code ${code} and no answer`));
      else resolve(answer);
    });
  });
}

const round = (value: number): number => Math.round(value * 1000) / 1000;
