import { afterEach, describe, expect, it } from 'vitest';
import { reconcile } from '../../src/activities/reconcile.ts';
import type { RunRequest } from '../../src/domain/run.ts';
import { TransientError } from '../../src/ports/outcome.ts';
import { runHost, type RunHost } from './runHost.ts';

let hosts: RunHost[] = [];

afterEach(async () => {
  for (const { host } of hosts) await host.stop();
  hosts = [];
});

interface Frozen extends RunHost {
  readonly request: RunRequest;
  /** Calls of Front Door's control plane for a change. */
  readonly calls: () => number;
  /** A reconciler's round, every minute, for so long. */
  readonly reconcileFor: (minutes: number) => Promise<void>;
  thaw(): void;
}

/** A failover that has been completed by its gate while Front Door answered no change. */
async function frozenFailover(): Promise<Frozen> {
  const started = await runHost();
  hosts.push(started);
  const { ports, start, finish, runFor } = started;
  const applyOrigins = ports.traffic.applyOrigins.bind(ports.traffic);
  let isFrozen = true;
  let calls = 0;
  Object.assign(ports.traffic, {
    applyOrigins: (...given: Parameters<typeof applyOrigins>) => {
      calls += 1;
      return isFrozen ? Promise.reject(new TransientError('503', null)) : applyOrigins(...given);
    },
  });
  ports.setVerdicts({ eastus2: 'unhealthy' });
  const request = await start({});
  expect(await finish(request.runId)).toMatchObject({ outcome: 'completed' });
  return {
    ...started,
    request,
    calls: () => calls,
    reconcileFor: async (minutes) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        await runFor(1);
        await reconcile(ports, { start: () => Promise.reject(new Error('nothing is to be started')) });
      }
    },
    thaw: () => {
      isFrozen = false;
    },
  };
}

const enabledOf = ({ ports }: RunHost): unknown => ports.outside.originFacts('web').find(({ stamp }) => stamp === 'eastus2')?.enabled;

describe('a Front Door change that stayed unanswered', () => {
  it('is asked for again, ever less often, and made once Front Door takes it: once, with intent and outcome on record', async () => {
    const run = await frozenFailover();
    expect(run.calls()).toBe(1);
    await run.reconcileFor(40);
    expect(run.calls()).toBe(4);
    expect(enabledOf(run)).toBe('Enabled');
    run.thaw();
    await run.reconcileFor(60);
    expect(enabledOf(run)).toBe('Disabled');
    expect(run.calls()).toBe(5);
    const made = run.ports.entries.filter(({ event }) => event.type === 'WriteSucceeded' && event.write.target === 'origin');
    expect(made).toHaveLength(1);
    const intent = run.ports.entries.findLast(({ event }) => event.type === 'WriteIntended' && event.write.target === 'origin');
    expect(intent).toMatchObject({ epoch: made[0]?.epoch, runId: run.request.runId });
    expect(await run.ports.fence.readHolder()).toBeNull();
  });

  it('is read first: what was made after all is only put on record', async () => {
    const run = await frozenFailover();
    run.ports.outside.setOrigin('web', 'web-eastus2', { weight: 500, enabled: 'Disabled' });
    await run.reconcileFor(10);
    expect(run.calls()).toBe(1);
    expect(run.ports.eventsOf('WriteSucceeded').filter(({ write }) => write.target === 'origin')).toMatchObject([{ alreadyThere: 'found' }]);
  });

  it('is left alone where another owner has changed the origin meanwhile (I12)', async () => {
    const run = await frozenFailover();
    run.thaw();
    run.ports.outside.setOrigin('web', 'web-eastus2', { weight: 7, enabled: 'Enabled' });
    await run.reconcileFor(30);
    expect(run.calls()).toBe(1);
    expect(run.ports.eventsOf('WriteRefused').at(-1)).toMatchObject({ reaction: 'ownedByOther' });
  });

  it('waits while the change would leave nobody who serves (I1)', async () => {
    const run = await frozenFailover();
    run.thaw();
    run.ports.setVerdicts({ eastus2: 'healthy', centralus: 'unhealthy', westus3: 'unhealthy' });
    await run.reconcileFor(20);
    expect(run.calls()).toBe(1);
    expect(run.ports.eventsOf('WriteRefused').at(-1)?.why).toContain('I1');
    run.ports.setVerdicts({ eastus2: 'unhealthy' });
    await run.reconcileFor(20);
    expect(enabledOf(run)).toBe('Disabled');
  });

  it('is not asked for while the kill switch is on (I8)', async () => {
    const run = await frozenFailover();
    run.thaw();
    run.ports.controlsNow = { ...run.ports.controlsNow, killSwitch: 'on' };
    await run.reconcileFor(30);
    expect(run.calls()).toBe(1);
  });

  it('is not asked for once the drain is over', async () => {
    const run = await frozenFailover();
    run.thaw();
    run.ports.setVerdicts({});
    const back = await run.start({ kind: 'failback', trigger: { by: 'operator', subject: 's', name: 'op' } });
    expect(await run.finish(back.runId)).toMatchObject({ outcome: 'completed' });
    await run.reconcileFor(60);
    expect(enabledOf(run)).toBe('Enabled');
  });

  it('a person is told after an hour, once', async () => {
    const run = await frozenFailover();
    await run.reconcileFor(50);
    const told = () => run.ports.notices.filter(({ kind }) => kind === 'shiftOverdue');
    expect(told()).toEqual([]);
    await run.reconcileFor(100);
    expect(told()).toHaveLength(1);
    expect(told()[0]?.title).toContain('web/web-eastus2');
  });
});
