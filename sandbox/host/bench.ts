import * as df from 'durable-functions';
import { BusyTracker, Pacer, VirtualClock, installGlobals, trackOutbound } from '../clock/index.ts';
import type { DurableTransport } from './functions/durableAdapter.ts';
import { createLocalHost, type LocalHost } from './localHost.ts';

/** What one workload cost, in real time; the workload itself runs on the virtual clock as fast as it can. */
export interface HostBenchFigure {
  readonly workload: string;
  readonly episodes: number;
  readonly activities: number;
  readonly realMs: number;
  readonly episodesPerSecond: number;
  readonly activitiesPerSecond: number;
  /** User and system time of this process per episode with its activities: says more than `realMs` on a busy machine. */
  readonly cpuMicrosecondsPerEpisode: number;
  /** Virtual seconds that passed per real second. */
  readonly timesRealTime: number;
}

interface Workload {
  readonly name: string;
  readonly orchestration: string;
  readonly input: unknown;
  readonly instances: number;
}

const workloads: readonly Workload[] = [
  { name: '50 activities in sequence, 1 instance', orchestration: 'benchSequence', input: { count: 50 }, instances: 1 },
  { name: '200 activities in sequence, 1 instance', orchestration: 'benchSequence', input: { count: 200 }, instances: 1 },
  { name: 'fan-out of 50 activities, 10 instances', orchestration: 'benchFanOut', input: { count: 50 }, instances: 10 },
  { name: '20 sub-orchestrations of 5 activities, 5 instances', orchestration: 'benchChildren', input: { children: 20, count: 5 }, instances: 5 },
  { name: '100 timers in sequence, 1 instance', orchestration: 'benchTimers', input: { count: 100 }, instances: 1 },
];

function registerBenchFunctions(): void {
  df.app.activity('benchActivity', { handler: (input: unknown) => input });
  df.app.orchestration('benchSequence', function* (context) {
    const { count } = context.df.getInput<{ count: number }>();
    for (let index = 0; index < count; index += 1) yield context.df.callActivity('benchActivity', { index, payload: 'a plan step, its target and its evidence' });
    return count;
  });
  df.app.orchestration('benchFanOut', function* (context) {
    const { count } = context.df.getInput<{ count: number }>();
    yield context.df.Task.all(Array.from({ length: count }, (_, index) => context.df.callActivity('benchActivity', { index })));
    return count;
  });
  df.app.orchestration('benchChildren', function* (context) {
    const { children, count } = context.df.getInput<{ children: number; count: number }>();
    yield context.df.Task.all(Array.from({ length: children }, () => context.df.callSubOrchestrator('benchSequence', { count })));
    return children;
  });
  df.app.orchestration('benchTimers', function* (context) {
    const { count } = context.df.getInput<{ count: number }>();
    for (let index = 0; index < count; index += 1) yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + 5000));
    return count;
  });
}

/** Measures the local host with the unmodified SDKs in virtual time. Replaces the process's globals while it runs. */
export async function bench(durableTransport: DurableTransport = 'objects'): Promise<readonly HostBenchFigure[]> {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const tracker = new BusyTracker();
  const undo = [trackOutbound(tracker), installGlobals(clock)];
  const host = await createLocalHost({ clock, tracker, register: registerBenchFunctions, durableTransport });
  const pacer = new Pacer({ clock, tracker });
  try {
    await measure(host, pacer, clock, { name: 'warm-up', orchestration: 'benchSequence', input: { count: 50 }, instances: 5 });
    const figures: HostBenchFigure[] = [];
    for (const workload of workloads) figures.push(await measure(host, pacer, clock, workload));
    return figures;
  } finally {
    await host.stop();
    for (const each of undo.toReversed()) each();
  }
}

async function measure(host: LocalHost, pacer: Pacer, clock: VirtualClock, workload: Workload): Promise<HostBenchFigure> {
  const { engine } = host;
  const [episodesBefore, activitiesBefore, virtualBefore] = [engine.episodesRun, engine.activitiesRun, clock.now()];
  const realBefore = performance.now();
  const cpuBefore = process.cpuUsage();
  const ids = Array.from({ length: workload.instances }, (_, index) => `${workload.name}-${index}`);
  for (const instanceId of ids) engine.startInstance({ name: workload.orchestration, instanceId, inputText: JSON.stringify(workload.input), version: null });
  await pacer.drive({ condition: () => ids.every((id) => engine.state.instances.get(id)?.runtimeStatus === 'Completed') });
  const realMs = performance.now() - realBefore;
  const cpu = process.cpuUsage(cpuBefore);
  const episodes = engine.episodesRun - episodesBefore;
  const activities = engine.activitiesRun - activitiesBefore;
  return {
    workload: workload.name,
    episodes,
    activities,
    realMs: Math.round(realMs * 10) / 10,
    episodesPerSecond: Math.round((episodes / realMs) * 1000),
    activitiesPerSecond: Math.round((activities / realMs) * 1000),
    cpuMicrosecondsPerEpisode: Math.round((cpu.user + cpu.system) / episodes),
    timesRealTime: Math.round((clock.now() - virtualBefore) / realMs),
  };
}
