import { describe, expect, it } from 'vitest';
import { known } from '../../src/domain/reading.ts';
import { sampleFleet } from '../support/fakeOutside.ts';
import { raiseDecision, runHost } from './runHost.ts';
import { approvalId } from '../../src/activities/guard.ts';

describe('failover, graceful', () => {
  it('makes room, proves it, then moves the traffic, in this order (I2)', async () => {
    const { ports, start, finish, host } = await runHost();
    ports.setVerdicts({ eastus2: 'unhealthy' });
    const { runId } = await start({});
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    const order = ports.outside.writes.map((write) => write.split(' ')[0]);
    expect(order.lastIndexOf('pool')).toBeLessThan(order.indexOf('hpa'));
    expect(order.lastIndexOf('hpa')).toBeLessThan(order.indexOf('gate'));
    expect(order.indexOf('gate')).toBeLessThan(order.indexOf('origin'));
    const proved = ports.entries.findIndex(({ event }) => event.type === 'CapacityProved');
    const moved = ports.entries.findIndex(({ event }) => event.type === 'WriteIntended' && event.write.target === 'gate');
    expect(proved).toBeGreaterThan(-1);
    expect(proved).toBeLessThan(moved);
    expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
    await host.stop();
  });

  it('proves by pods alone where a stamp has no private listener, and by the listener where it has one', async () => {
    const withListener = (privateUrl: string | null) => sampleFleet((given) => ({ ...given, stamps: given.stamps.map((stamp) => ({ ...stamp, gateway: { ...stamp.gateway, privateUrl } })) }));
    for (const [privateUrl, outcome] of [[null, 'completed'], ['https://closed.example.test/', 'blocked']] as const) {
      const { ports, start, finish, host } = await runHost({ fleet: withListener(privateUrl) });
      ports.checks.proveThroughGateway = async ({ name }) => ({ kind: 'unknown', detail: `nothing answers for ${name}` });
      ports.setVerdicts({ eastus2: 'unhealthy' });
      const { runId } = await start({});
      expect(await finish(runId)).toMatchObject({ outcome });
      await host.stop();
    }
  });

  it('puts the intent with its undo on record before each change and the outcome after it (I4, I9)', async () => {
    const { ports, start, finish, host } = await runHost();
    ports.setVerdicts({ eastus2: 'unhealthy' });
    const { runId } = await start({});
    await finish(runId);
    const intents = ports.eventsOf('WriteIntended');
    expect(intents).toHaveLength(ports.outside.writes.length);
    expect(ports.eventsOf('WriteSucceeded')).toHaveLength(intents.length);
    expect(intents.every(({ undo, expiresAt }) => undo !== undefined && expiresAt > 0)).toBe(true);
    await host.stop();
  });

  it('waits for nodes and pods that take their time', async () => {
    const { ports, start, finish, now, host } = await runHost();
    ports.outside.nodeReadyMs = 6 * 60_000;
    const from = now();
    const { runId } = await start({});
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    expect(now() - from).toBeGreaterThan(6 * 60_000);
    await host.stop();
  });

  it('moves nothing when the room never comes, keeps what came, and says why', async () => {
    const { ports, start, finish, host } = await runHost();
    ports.outside.nodesArriving = 0;
    ports.outside.podReadyMs = Number.POSITIVE_INFINITY;
    ports.setVerdicts({ eastus2: 'unhealthy' });
    const { runId } = await start({});
    expect(await finish(runId)).toMatchObject({ outcome: 'blocked' });
    expect(ports.outside.writes.some((write) => /^(gate|origin)/.test(write))).toBe(false);
    expect(ports.outside.serving()).toHaveLength(3);
    await host.stop();
  });

  it('plans anew when a second region fails in the middle, under the same epoch', async () => {
    const fleet = sampleFleet((given) => ({ ...given, policy: { ...given.policy, maxRegionsFailing: 2 } }));
    const { ports, start, finish, runFor, host } = await runHost({ fleet });
    ports.setVerdicts({ eastus2: 'unhealthy' });
    const { runId } = await start({});
    await runFor(1);
    ports.setVerdicts({ eastus2: 'unhealthy', centralus: 'unhealthy' });
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.eventsOf('PlanMade').map(({ plan }) => plan.stamps)).toEqual([['eastus2'], ['eastus2', 'centralus']]);
    expect(new Set(ports.entries.filter(({ id }) => id !== 'opened').map(({ epoch }) => epoch))).toEqual(new Set([1]));
    expect(ports.outside.serving()).toEqual(['westus3']);
    await host.stop();
  });

  it('on suspicion alone makes room and moves nothing until the failure is confirmed', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    ports.setVerdicts({ eastus2: 'degraded' });
    const { runId } = await start({ scope: 'surgeOnly' });
    await runFor(15);
    expect(ports.outside.writes.some((write) => write.startsWith('pool'))).toBe(true);
    expect(ports.outside.serving()).toHaveLength(3);
    ports.setVerdicts({ eastus2: 'unhealthy' });
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
    await host.stop();
  });

  it('gives the room back when the suspicion clears', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const before = ports.outside.settings();
    ports.setVerdicts({ eastus2: 'degraded' });
    const { runId } = await start({ scope: 'surgeOnly' });
    await runFor(10);
    ports.setVerdicts({});
    expect(await finish(runId)).toMatchObject({ outcome: 'undone' });
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });
});

describe('failover, ungraceful', () => {
  it('asks all survivors at once and shifts without waiting for them', async () => {
    const { ports, start, finish, now, host } = await runHost();
    ports.outside.nodeReadyMs = 60 * 60_000;
    ports.setVerdicts({ eastus2: 'unhealthy' });
    const from = now();
    const { runId } = await start({ mode: 'ungraceful' });
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    expect(now() - from).toBeLessThan(2 * 60_000);
    const order = ports.outside.writes.map((write) => write.split(' ')[0]);
    expect(order.lastIndexOf('hpa')).toBeLessThan(order.indexOf('origin'));
    await host.stop();
  });
});

describe('tier 3, where policy lets it be shed', () => {
  const fleet = sampleFleet((given) => ({
    ...given,
    policy: { ...given.policy, shedTier3: 'whenShort' },
    workloads: given.workloads.map((one) => (one.name === 'recommendations' ? { ...one, tier: 3 } : one)),
  }));
  const bounds = (settings: Record<string, unknown>): unknown => ({ pools: settings['pools'], hpas: settings['hpas'] });

  it.each(['graceful', 'ungraceful'] as const)('makes room for a %s failover where there is no quota, and is given back in the end (I5)', async (mode) => {
    const { ports, start, finish, host } = await runHost({ fleet });
    ports.headroom.readQuota = async () => known({ regionalCores: { used: 0, limit: 0 }, lowPriorityCores: { used: 0, limit: 0 }, families: { standardDSv5Family: { used: 0, limit: 0 } } }, ports.clock.now());
    const before = bounds(ports.outside.settings());
    ports.setVerdicts({ eastus2: 'unhealthy' });
    const { runId } = await start({ mode });
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.writes).toContain('hpa centralus/recommendations 1..1');
    expect(ports.outside.writes.findIndex((write) => write.startsWith('hpa') && write.endsWith('1..1'))).toBeLessThan(ports.outside.writes.findIndex((write) => write.startsWith('origin')));
    ports.setVerdicts({});
    const back = await start({ kind: 'failback' });
    expect(await finish(back.runId)).toMatchObject({ outcome: 'completed' });
    expect(bounds(ports.outside.settings())).toEqual(before);
    await host.stop();
  });
});

describe('who may act (I3, I8)', () => {
  it('a run whose fence was taken stops and touches nothing more', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    ports.setVerdicts({ eastus2: 'unhealthy' });
    const { runId } = await start({});
    await runFor(1);
    const before = ports.outside.writes.length;
    ports.stealFence('another-run');
    expect(await finish(runId)).toMatchObject({ outcome: 'superseded' });
    expect(ports.outside.writes).toHaveLength(before);
    await host.stop();
  });

  it('right before a write the fence is confirmed, whatever this process knew a moment ago', async () => {
    const { ports, start, finish, host } = await runHost();
    ports.setVerdicts({ eastus2: 'unhealthy' });
    const { ledger } = ports;
    const record: typeof ledger.record = ledger.record.bind(ledger);
    // Taken between the guard and the first write: `keep` has just said that it is ours.
    ports.ledger.record = async (entry) => {
      const recorded = await record(entry);
      if (entry.event.type === 'WriteIntended') ports.stealFence('another-run');
      return recorded;
    };
    const { runId } = await start({});
    expect(await finish(runId)).toMatchObject({ outcome: 'superseded' });
    expect(ports.eventsOf('WriteIntended').length).toBeGreaterThan(0);
    expect(ports.outside.writes).toEqual([]);
    await host.stop();
  });

  it('the kill switch freezes a run where it is', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const { runId } = await start({});
    await runFor(1);
    const before = ports.outside.writes.length;
    ports.controlsNow = { ...ports.controlsNow, killSwitch: 'on', setBy: 'night shift' };
    expect(await finish(runId)).toMatchObject({ outcome: 'frozen', why: expect.stringContaining('night shift') });
    expect(ports.outside.writes).toHaveLength(before);
    await host.stop();
  });

  it('an abort before the shift gives the room back', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const before = ports.outside.settings();
    const { runId } = await start({});
    await runFor(1);
    await ports.controls.stopRun(runId, { kind: 'abort', by: 'op', reason: 'wrong region' });
    expect(await finish(runId)).toMatchObject({ outcome: 'aborted' });
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });

  it('in mode approve it makes room, asks, and moves traffic only after the approval', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    ports.controlsNow = { ...ports.controlsNow, mode: 'approve' };
    ports.setVerdicts({ eastus2: 'unhealthy' });
    const { runId } = await start({});
    await runFor(6);
    expect(ports.notices.map(({ kind }) => kind)).toContain('approvalAsked');
    expect(ports.outside.serving()).toHaveLength(3);
    await raiseDecision(host, runId, 'approve');
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.eventsOf('ApprovalGiven')).toEqual([{ type: 'ApprovalGiven', by: 'approver' }]);
    await host.stop();
  });

  it('a missed approval moves no traffic and keeps the room', async () => {
    const { ports, start, finish, host } = await runHost();
    ports.controlsNow = { ...ports.controlsNow, mode: 'approve' };
    const { runId } = await start({});
    expect(await finish(runId)).toMatchObject({ outcome: 'surgeHeld' });
    expect(ports.outside.serving()).toHaveLength(3);
    expect(ports.outside.pools.get('centralus/user1')?.minCount).toBeGreaterThan(6);
    await host.stop();
  });

  it('an approval given through the other control-plane region in the last moment counts', async () => {
    const { ports, start, finish, now, host } = await runHost();
    ports.controlsNow = { ...ports.controlsNow, mode: 'approve' };
    const readEntry = ports.ledger.readEntry.bind(ports.ledger);
    Object.assign(ports.ledger, {
      readEntry: async (runId: string, id: string) => {
        const until = ports.eventsOf('ApprovalAsked').at(-1)?.until ?? Number.POSITIVE_INFINITY;
        if (id !== approvalId || now() < until) return readEntry(runId, id);
        return { id, runId, at: until - 1000, controlRegion: 'westeurope', epoch: 0, stamps: [], event: { type: 'ApprovalGiven', by: 'on call' } };
      },
    });
    const { runId } = await start({});
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
    await host.stop();
  });

  it('a run that has waited long still holds the fence against one that asks for it all the time (I3)', async () => {
    const { ports, start, runFor, host } = await runHost();
    ports.outside.podReadyMs = Number.POSITIVE_INFINITY;
    ports.setVerdicts({ eastus2: 'unhealthy' });
    const first = await start({});
    await runFor(11);
    for (let minute = 0; minute < 4; minute += 1) {
      await runFor(1);
      expect(await ports.fence.acquire('another run')).toMatchObject({ kind: 'busy', holder: first.runId });
    }
    const takers = ports.entries.flatMap(({ runId, event }) => (event.type === 'FenceTaken' ? [runId] : []));
    expect(takers).toEqual([first.runId]);
    await host.stop();
  });

  it('a second run is not opened while one has the fleet', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const first = await start({ stamps: ['eastus2'] });
    await runFor(0.5);
    const second = await start({ kind: 'drain', stamps: ['westus3'], trigger: { by: 'operator', subject: 's', name: 'op' } });
    await finish(first.runId);
    expect(ports.entries.filter(({ runId }) => runId === second.runId)).toEqual([]);
    const third = await start({ kind: 'drain', stamps: ['westus3'], trigger: { by: 'operator', subject: 's', name: 'op' } });
    await runFor(0.1);
    expect(ports.entries.some(({ runId, event }) => runId === third.runId && event.type === 'FenceTaken')).toBe(true);
    await host.stop();
  });

  it('a failover is opened beside the drill that gives way to it, and waits for its fence', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const first = await start({ kind: 'drill', drill: 'monthly-centralus', stamps: ['centralus'], trigger: { by: 'drillSchedule', drill: 'monthly-centralus' } });
    await runFor(0.5);
    const second = await start({ stamps: ['eastus2'] });
    await finish(first.runId);
    const firstClosed = ports.entries.findIndex(({ runId, event }) => runId === first.runId && event.type === 'RunClosed');
    await finish(second.runId);
    const secondFenced = ports.entries.findIndex(({ runId, event }) => runId === second.runId && event.type === 'FenceTaken');
    expect(secondFenced).toBeGreaterThan(firstClosed);
    await host.stop();
  });
});
