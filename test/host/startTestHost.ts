import { BusyTracker, Pacer, VirtualClock } from '../../sandbox/clock/index.ts';
import { createLocalHost, type LocalHost, type LocalHostOptions } from '../../sandbox/host/index.ts';

export const testStartMs = Date.UTC(2026, 0, 1);

export interface TestHost {
  readonly clock: VirtualClock;
  readonly tracker: BusyTracker;
  readonly pacer: Pacer;
  readonly host: LocalHost;
  /** Status code and body of a request to the host, without a socket. */
  readonly ask: (method: string, path: string, body?: unknown) => Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }>;
  /** Starts an instance and lets time run until it has ended; its output. */
  readonly run: (orchestration: string, input?: unknown) => Promise<unknown>;
  readonly runFor: (seconds: number) => Promise<void>;
}

const hosts: TestHost[] = [];

/** As `startTestHost`; `stopTestHosts` stops it. */
export async function startForTest(...args: Parameters<typeof startTestHost>): Promise<TestHost> {
  const started = await startTestHost(...args);
  hosts.push(started);
  return started;
}

/** For `afterEach`. */
export async function stopTestHosts(): Promise<void> {
  for (const each of hosts.splice(0)) await each.host.stop();
}

/** A host on a virtual clock of its own, or on that of another test host. */
export async function startTestHost(options: Omit<LocalHostOptions, 'clock' | 'tracker'>, on?: TestHost): Promise<TestHost> {
  const clock = on?.clock ?? new VirtualClock(testStartMs);
  const tracker = on?.tracker ?? new BusyTracker();
  const pacer = on?.pacer ?? new Pacer({ clock, tracker });
  const host = await createLocalHost({ ...options, clock, tracker });
  let started = 0;
  return {
    clock,
    tracker,
    pacer,
    host,
    ask: async (method, path, body) => {
      const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
      const response = await host.invokeHttp(new Request(`${host.origin}${path}`, { method, ...init }));
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
    run: async (orchestration, input = {}) => {
      const instanceId = `${orchestration}-${started++}`;
      host.engine.startInstance({ name: orchestration, instanceId, inputText: JSON.stringify(input), version: null });
      await pacer.drive({ condition: () => ['Completed', 'Failed', 'Terminated'].includes(host.engine.state.instances.get(instanceId)?.runtimeStatus ?? '') });
      return JSON.parse(host.engine.state.instances.get(instanceId)?.outputText ?? 'null') as unknown;
    },
    runFor: async (seconds) => {
      await pacer.drive({ untilMs: clock.now() + seconds * 1000 });
    },
  };
}
