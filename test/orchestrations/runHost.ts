import { BusyTracker, Pacer, VirtualClock } from '../../sandbox/clock/index.ts';
import { createLocalHost, type LocalHost } from '../../sandbox/host/index.ts';
import { createActivities } from '../../src/activities/index.ts';
import type { ActivityName } from '../../src/activities/contracts.ts';
import { runIdOf } from '../../src/activities/runRequest.ts';
import type { Fleet } from '../../src/domain/fleet.ts';
import type { RunRequest } from '../../src/domain/run.ts';
import { controlRegion, fakePorts, type FakePorts } from '../support/fakePorts.ts';
import { sampleFleet } from '../support/fakeOutside.ts';

export const startMs = Date.UTC(2026, 10, 22, 10, 0, 0);

/** What a test puts in the way of an activity: called before (`early`) and after (`late`) each call. */
export type Disturb = (name: ActivityName, call: number, when: 'early' | 'late') => void;

export interface RunHost {
  readonly ports: FakePorts;
  readonly host: LocalHost;
  readonly now: () => number;
  readonly start: (request: Partial<RunRequest>) => Promise<RunRequest>;
  /** Until the instance has ended, or virtual time has run out; answers its output. */
  readonly finish: (runId: string, maxMinutes?: number) => Promise<unknown>;
  readonly runFor: (minutes: number) => Promise<void>;
  activityCalls: Map<ActivityName, number>;
}

/** The production orchestrations and activities on the local Durable engine in virtual time, over ports in memory. */
export async function runHost(options: { readonly fleet?: Fleet; readonly disturb?: Disturb; readonly hostJson?: unknown } = {}): Promise<RunHost> {
  const clock = new VirtualClock(startMs);
  const tracker = new BusyTracker();
  const pacer = new Pacer({ clock, tracker, pace: 'max' });
  const fleet = options.fleet ?? sampleFleet();
  const ports = fakePorts(fleet, () => clock.now());
  const activityCalls = new Map<ActivityName, number>();
  const activities = disturbed(createActivities(ports), activityCalls, options.disturb ?? (() => undefined));
  const host = await createLocalHost({
    clock,
    tracker,
    register: async () => {
      const { registerDurable } = await import('../../src/functions/durable/registerDurable.ts');
      registerDurable(activities, fleet);
    },
    hostJson: options.hostJson ?? { version: '2.0', extensions: { durableTask: { hubName: 'Test', storageProvider: { workItemQueueVisibilityTimeout: '00:01:00' } } } },
  });
  const { orchestrationStarter } = await import('../../src/functions/durable/orchestrationStarter.ts');
  const { startRun } = await import('../../src/activities/startRun.ts');
  return {
    ports,
    host,
    now: () => clock.now(),
    activityCalls,
    start: async (patch) => {
      const request = requestOf(clock.now(), patch);
      const client = { startNew: (name: string, start: { instanceId: string; input: unknown }) => startOverHttp(host, name, start) };
      await startRun(ports, orchestrationStarter(client as never, fleet), request);
      return request;
    },
    finish: async (runId, maxMinutes = 240) => {
      const isOver = (): boolean => ['Completed', 'Failed', 'Terminated'].includes(host.engine.state.instances.get(runId)?.runtimeStatus ?? '');
      await pacer.drive({ untilMs: clock.now() + maxMinutes * 60_000, condition: isOver });
      return statusOf(host, runId);
    },
    runFor: async (minutes) => {
      await pacer.drive({ untilMs: clock.now() + minutes * 60_000 });
    },
  };
}

/** A person's word, as the API passes it to the run. */
export async function raiseDecision(host: LocalHost, runId: string, decision: 'approve' | 'abort'): Promise<void> {
  const raised = await host.invokeHttp(
    new Request(`${host.origin}/runtime/webhooks/durabletask/instances/${runId}/raiseEvent/decision`, {
      method: 'POST', body: JSON.stringify({ decision, by: 'approver', reason: 'a test says so' }), headers: { 'content-type': 'application/json' },
    }),
  );
  if (raised.status !== 202) throw new Error(`HTTP ${raised.status}: ${await raised.text()}`);
}

export function requestOf(now: number, patch: Partial<RunRequest>): RunRequest {
  const kind = patch.kind ?? 'failover';
  const stamps = patch.stamps ?? ['eastus2'];
  return {
    runId: runIdOf(controlRegion, kind, stamps, now), kind, mode: 'graceful', stamps, trigger: { by: 'watch' }, reason: 'a test says so', requestedAt: now,
    expiresAt: null, controlRegion, drill: null, scope: 'full', ...patch,
  };
}

async function startOverHttp(host: LocalHost, name: string, { instanceId, input }: { instanceId: string; input: unknown }): Promise<string> {
  const answer = await host.invokeHttp(
    new Request(`${host.origin}/runtime/webhooks/durabletask/orchestrators/${name}/${instanceId}`, { method: 'POST', body: JSON.stringify(input), headers: { 'content-type': 'application/json' } }),
  );
  if (answer.status !== 202) throw new Error(`HTTP ${answer.status}: ${await answer.text()}`);
  return instanceId;
}

async function statusOf(host: LocalHost, runId: string): Promise<unknown> {
  const answer = await host.invokeHttp(new Request(`${host.origin}/runtime/webhooks/durabletask/instances/${runId}`));
  const { runtimeStatus, output } = (await answer.json()) as { runtimeStatus: string; output: unknown };
  return runtimeStatus === 'Completed' ? output : { runtimeStatus, output };
}

function disturbed(activities: ReturnType<typeof createActivities>, calls: Map<ActivityName, number>, disturb: Disturb): ReturnType<typeof createActivities> {
  const entries = Object.entries(activities) as [ActivityName, (input: never, starter: never) => Promise<unknown>][];
  return Object.fromEntries(
    entries.map(([name, run]) => [
      name,
      async (input: never, starter: never) => {
        const call = (calls.get(name) ?? 0) + 1;
        calls.set(name, call);
        disturb(name, call, 'early');
        const output = await run(input, starter);
        disturb(name, call, 'late');
        return output;
      },
    ]),
  ) as ReturnType<typeof createActivities>;
}
