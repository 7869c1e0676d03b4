import { Session, type Profiler } from 'node:inspector/promises';
import { inMemoryApp } from '../test/support/inMemoryApp.ts';
import { sharesByLayer, type Layer } from './layers.ts';
import { playFailover, type Spent } from './playFailover.ts';

/** What a worker process is asked, as its last argument. */
export interface WorkerTask {
  readonly firstSeed: number;
  readonly warmUps: number;
  readonly count: number;
  /** Played after the measured ones, under the profiler; 0 = none. */
  readonly profiled: number;
}

/** What it answers, over the channel to its parent. Sums over its failovers. */
export interface WorkerAnswer {
  readonly whole: Spent;
  readonly toSettled: Spent;
  readonly toClosed: Spent;
  readonly layers: Readonly<Record<Layer, number>> | null;
}

const task = JSON.parse(process.argv.at(-1) ?? '') as WorkerTask; // written by main.ts
const app = await inMemoryApp();
let seed = task.firstSeed;
for (let index = 0; index < task.warmUps; index += 1) await playFailover(app, seed++);
const none: Spent = { wallMs: 0, cpuMs: 0 };
const sums = { whole: none, toSettled: none, toClosed: none };
for (let index = 0; index < task.count; index += 1) {
  const played = await playFailover(app, seed++);
  for (const part of ['whole', 'toSettled', 'toClosed'] as const) sums[part] = sum(sums[part], played[part]);
}
const answer: WorkerAnswer = { ...sums, layers: task.profiled === 0 ? null : sharesByLayer(await profile(task.profiled)) };
process.send?.(answer, () => process.exit(0));

async function profile(count: number): Promise<Profiler.Profile> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 500 });
  await session.post('Profiler.start');
  for (let index = 0; index < count; index += 1) await playFailover(app, seed++);
  return (await session.post('Profiler.stop')).profile;
}

function sum(left: Spent, right: Spent): Spent {
  return { wallMs: left.wallMs + right.wallMs, cpuMs: left.cpuMs + right.cpuMs };
}
