import { describe, expect, it } from 'vitest';
import { reconcile } from '../../src/activities/reconcile.ts';
import { readFleetRuns } from '../../src/activities/runIndex.ts';
import { known } from '../../src/domain/reading.ts';
import { partMark } from '../../src/domain/undo.ts';
import { stopRunOnRecord } from '../../src/activities/stopRunOnRecord.ts';
import { TransientError } from '../../src/ports/outcome.ts';
import { must, sampleFleet } from '../support/fakeOutside.ts';
import { raiseDecision, runHost } from './runHost.ts';

const operator = { by: 'operator', subject: 'subject', name: 'op' } as const;

describe('drain and failback', () => {
  it('a drain and the failback after it leave every setting as it was', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const before = ports.outside.settings();
    const drain = await start({ kind: 'drain', trigger: operator });
    expect(await finish(drain.runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
    await runFor(1);
    const failback = await start({ kind: 'failback', trigger: operator });
    expect(await finish(failback.runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.serving()).toHaveLength(3);
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });

  it('moves no traffic back into a region that is unhealthy (I10)', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    await finish((await start({ kind: 'drain', trigger: operator })).runId);
    ports.setVerdicts({ eastus2: 'unhealthy' });
    await runFor(1);
    const failback = await start({ kind: 'failback', trigger: operator });
    expect(await finish(failback.runId)).toMatchObject({ outcome: 'blocked' });
    expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
    await host.stop();
  });

  it('hands back only what nobody else has changed meanwhile (I12)', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    await finish((await start({ kind: 'drain', trigger: operator })).runId);
    await runFor(1);
    ports.outside.setHpa('centralus', 'web', { minReplicas: 40, maxReplicas: 60 });
    const failback = await start({ kind: 'failback', trigger: operator });
    expect(await finish(failback.runId)).toMatchObject({ outcome: 'completed', why: expect.stringContaining('another owner') });
    expect(ports.outside.hpas.get('centralus/web')).toMatchObject({ minReplicas: 40, maxReplicas: 60 });
    await host.stop();
  });
});

describe('where a workload runs in some stamps alone', () => {
  const fleet = sampleFleet((sample) => ({ ...sample, workloads: sample.workloads.map((one) => (one.name === 'recommendations' ? { ...one, stamps: ['westus3'] } : one)) }));

  it('the others hand back what they were lent (I5)', async () => {
    const { ports, start, finish, runFor, host } = await runHost({ fleet });
    const before = ports.outside.settings();
    expect(await finish((await start({ kind: 'drain', trigger: operator })).runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.settings()['hpas']).not.toEqual(before['hpas']);
    await runFor(1);
    expect(await finish((await start({ kind: 'failback', trigger: operator })).runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });

  it('an abort gives one of the others its traffic back', async () => {
    const { ports, start, finish, runFor, host } = await runHost({ fleet });
    Object.assign(ports.traffic, { readShares: async () => known({ eastus2: 0.3, centralus: 0.35, westus3: 0.35 }, ports.clock.now()) });
    const { runId } = await start({ kind: 'drain', trigger: operator });
    await runFor(10);
    expect(ports.eventsOf('PhaseEntered').at(-1)).toMatchObject({ phase: 'verifying' });
    await stopRunOnRecord(ports, runId, { kind: 'abort', by: 'op', reason: 'wrong region' });
    expect(await finish(runId)).toMatchObject({ outcome: 'aborted' });
    expect(ports.outside.serving()).toHaveLength(3);
    await host.stop();
  });

  it('a drill of one of the others sees its held room taken back', async () => {
    const { ports, start, finish, runFor, host } = await runHost({ fleet });
    ports.outside.setHpa('centralus', 'web', { minReplicas: 6, maxReplicas: 24 });
    const { runId } = await start({ kind: 'drill', stamps: ['centralus'], drill: 'monthly-centralus', trigger: { by: 'drillSchedule', drill: 'monthly-centralus' } });
    await runFor(6);
    ports.outside.setHpa('centralus', 'web', { minReplicas: 6, maxReplicas: 24 });
    expect(await finish(runId)).toMatchObject({ outcome: 'aborted', why: expect.stringContaining('18 are held for its users') });
    await host.stop();
  });
});

describe('a failback that nobody ordered, in mode approve', () => {
  const drainedFleet = async () => {
    const run = await runHost();
    await run.finish((await run.start({ kind: 'drain', trigger: operator })).runId);
    await run.runFor(1);
    run.ports.controlsNow = { ...run.ports.controlsNow, mode: 'approve' };
    return run;
  };

  it('asks a person, and gives the traffic back when one says yes', async () => {
    const { ports, start, finish, runFor, host } = await drainedFleet();
    const { runId } = await start({ kind: 'failback', trigger: { by: 'autoFailback' } });
    await runFor(6);
    expect(ports.notices.at(-1)).toMatchObject({ kind: 'approvalAsked', runId });
    expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
    await raiseDecision(host, runId, 'approve');
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.serving()).toHaveLength(3);
    await host.stop();
  });

  it('leaves the traffic where it is when nobody does', async () => {
    const { ports, start, finish, host } = await drainedFleet();
    const { runId } = await start({ kind: 'failback', trigger: { by: 'autoFailback' } });
    expect(await finish(runId)).toMatchObject({ outcome: 'surgeHeld' });
    expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
    await host.stop();
  });
});

describe('a run that did not complete after it had moved the traffic', () => {
  it('has left its region drained, with an end: a failback gives it back, and its room (I5)', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const before = ports.outside.settings();
    const readShares = ports.traffic.readShares.bind(ports.traffic);
    // The metrics never show it.
    Object.assign(ports.traffic, { readShares: async () => known({ eastus2: 0.3, centralus: 0.35, westus3: 0.35 }, ports.clock.now()) });
    const drain = await start({ kind: 'drain', trigger: operator });
    expect(await finish(drain.runId)).toMatchObject({ outcome: 'frozen' });
    expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
    expect((await readFleetRuns(ports)).drained).toMatchObject([{ stamp: 'eastus2', runId: drain.runId, expiresAt: drain.requestedAt + ports.fleet.policy.drainExpiryMinutes * 60_000 }]);
    Object.assign(ports.traffic, { readShares });
    await runFor(1);
    expect(await finish((await start({ kind: 'failback', trigger: operator })).runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.settings()).toEqual(before);
    expect((await readFleetRuns(ports)).drained).toEqual([]);
    await host.stop();
  });

  it('and so has one that was aborted while Front Door took no change back', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const before = ports.outside.settings();
    const readShares = ports.traffic.readShares.bind(ports.traffic);
    const applyOrigins = ports.traffic.applyOrigins.bind(ports.traffic);
    Object.assign(ports.traffic, { readShares: async () => known({ eastus2: 0.3, centralus: 0.35, westus3: 0.35 }, ports.clock.now()) });
    const { runId } = await start({ kind: 'drain', trigger: operator });
    await runFor(10);
    expect(ports.eventsOf('PhaseEntered').at(-1)).toMatchObject({ phase: 'verifying' });
    // The first change is still under way at the edges.
    Object.assign(ports.traffic, { applyOrigins: async (changes: readonly unknown[]) => changes.map(() => ({ kind: 'refused', reaction: 'busy', why: '409' })) });
    await stopRunOnRecord(ports, runId, { kind: 'abort', by: 'op', reason: 'wrong region' });
    expect(await finish(runId)).toMatchObject({ outcome: 'aborted', why: expect.stringContaining('409') });
    expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
    expect((await readFleetRuns(ports)).drained).toMatchObject([{ stamp: 'eastus2', runId }]);
    // The survivors serve its users still (I2).
    expect(ports.outside.settings()['pools']).not.toEqual(before['pools']);
    Object.assign(ports.traffic, { applyOrigins, readShares });
    await runFor(1);
    expect(await finish((await start({ kind: 'failback', trigger: operator })).runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });

  describe('aborted while its change is not seen yet', () => {
    /** An aborted drain of eastus2, which ran 18 replicas of web when it began. */
    const abortedWith = async (replicasLeft: number) => {
      const run = await runHost();
      const { ports, start, finish, runFor } = run;
      const readShares = ports.traffic.readShares.bind(ports.traffic);
      Object.assign(ports.traffic, { readShares: async () => known({ eastus2: 0.3, centralus: 0.35, westus3: 0.35 }, ports.clock.now()) });
      const { runId } = await start({ kind: 'drain', trigger: operator });
      await runFor(10);
      expect(ports.eventsOf('PhaseEntered').at(-1)).toMatchObject({ phase: 'verifying' });
      ports.outside.setHpa('eastus2', 'web', { minReplicas: replicasLeft, maxReplicas: replicasLeft });
      ports.outside.setHpa('eastus2', 'web', { minReplicas: replicasLeft, maxReplicas: 24 });
      await stopRunOnRecord(ports, runId, { kind: 'abort', by: 'op', reason: 'wrong region' });
      const ending = await finish(runId);
      Object.assign(ports.traffic, { readShares });
      return { ...run, ending };
    };

    it('has its traffic back where its pods are there still', async () => {
      const { ports, ending, host } = await abortedWith(18);
      expect(ending).toMatchObject({ outcome: 'aborted' });
      expect(ports.outside.serving()).toHaveLength(3);
      await host.stop();
    });

    it('stays drained where they are not, with the room that serves its users: a failback makes and proves its own first (I2)', async () => {
      const { ports, ending, start, finish, runFor, host } = await abortedWith(6);
      expect(ending).toMatchObject({ outcome: 'frozen', why: expect.stringContaining('eastus2 has scaled down meanwhile: web has 6 of the 18 replicas that served its users') });
      expect(ports.outside.serving()).toEqual(['centralus', 'westus3']);
      expect(ports.eventsOf('SurgeHandedBack')).toEqual([]);
      await runFor(1);
      expect(await finish((await start({ kind: 'failback', trigger: operator })).runId)).toMatchObject({ outcome: 'completed' });
      expect(ports.eventsOf('CapacityProved').at(-1)?.stamps).toMatchObject([{ stamp: 'eastus2' }]);
      expect(ports.outside.serving()).toHaveLength(3);
      await host.stop();
    });
  });

  it('and one that froze before it has drained nothing', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const { runId } = await start({ kind: 'drain', trigger: operator });
    await runFor(1);
    ports.controlsNow = { ...ports.controlsNow, killSwitch: 'on' };
    expect(await finish(runId)).toMatchObject({ outcome: 'frozen' });
    expect((await readFleetRuns(ports)).drained).toEqual([]);
    await host.stop();
  });
});

describe('drill', () => {
  const drilled = { kind: 'drill', stamps: ['centralus'], drill: 'monthly-centralus', trigger: { by: 'drillSchedule', drill: 'monthly-centralus' } } as const;

  it('drains, holds, and puts everything back', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const before = ports.outside.settings();
    const { runId } = await start(drilled);
    await runFor(6);
    expect(ports.outside.serving()).toEqual(['eastus2', 'westus3']);
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });

  it('holds the room that its users come back to, and hands it back once they have settled (I2, I5)', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    ports.outside.setHpa('centralus', 'web', { minReplicas: 6, maxReplicas: 24 });
    const before = ports.outside.settings();
    const { runId } = await start(drilled);
    await runFor(6);
    expect(ports.outside.serving()).toEqual(['eastus2', 'westus3']);
    expect(ports.outside.hpas.get('centralus/web')).toMatchObject({ minReplicas: 18, maxReplicas: 24 });
    expect(await finish(runId)).toMatchObject({ outcome: 'completed', why: expect.stringMatching(/put back; what stays: hpa\/centralus\/shop\/web: held on purpose for its users, who have only just come back; goes back once they have settled and the surge has run out$/) });
    expect(ports.outside.serving()).toHaveLength(3);
    expect(ports.outside.hpas.get('centralus/web')).toMatchObject({ minReplicas: 18, maxReplicas: 24 });
    await runFor(ports.fleet.policy.surgeExpiryMinutes);
    await reconcile(ports, { start: () => Promise.reject(new Error('nothing is to be started')) });
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });

  it('gives the users back at once when another owner takes that room back, while the pods are there still', async () => {
    const { ports, start, finish, runFor, now, host } = await runHost();
    ports.outside.setHpa('centralus', 'web', { minReplicas: 6, maxReplicas: 24 });
    const { runId } = await start(drilled);
    await runFor(6);
    const takenBackAt = now();
    ports.outside.setHpa('centralus', 'web', { minReplicas: 6, maxReplicas: 24 });
    expect(await finish(runId)).toMatchObject({ outcome: 'aborted', why: expect.stringContaining('18 are held for its users') });
    expect(now() - takenBackAt).toBeLessThan(60_000);
    expect(ports.outside.serving()).toHaveLength(3);
    await host.stop();
  });

  it('puts on record, once, where the users of its region went', async () => {
    const { ports, start, finish, host } = await runHost();
    expect(await finish((await start(drilled)).runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.eventsOf('DrainMeasured')).toMatchObject([{ stamp: 'centralus', groups: [{ name: 'web', latencyWindowMs: 100, requestsPerSecond: { eastus2: 600, centralus: 600, westus3: 600 }, requestsPerSecondDrained: { eastus2: 900, westus3: 900 } }] }]);
    await host.stop();
  });

  it('holds and ends as ever where the record cannot be read meanwhile', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const { runId } = await start(drilled);
    await runFor(6);
    expect(ports.eventsOf('ShiftVerified')).toHaveLength(1);
    const readEntry = ports.ledger.readEntry.bind(ports.ledger);
    Object.assign(ports.ledger, { readEntry: async () => Promise.reject(new TransientError('Cosmos DB is down', null)) });
    await runFor(5);
    Object.assign(ports.ledger, { readEntry });
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    await host.stop();
  });

  it('leaves Front Door alone: its gate carries it, both ways', async () => {
    const { ports, start, finish, host } = await runHost();
    const { runId } = await start(drilled);
    expect(await finish(runId)).toMatchObject({ outcome: 'completed' });
    expect(ports.eventsOf('WriteIntended').map(({ write }) => write.target)).not.toContain('origin');
    await host.stop();
  });

  it('ends at once when a region really fails: traffic back, and the room left for it until it runs out (I5)', async () => {
    const { ports, start, finish, runFor, now, host } = await runHost();
    const before = ports.outside.settings();
    const { runId } = await start(drilled);
    await runFor(6);
    const failedAt = now();
    ports.setVerdicts({ westus3: 'unhealthy' });
    expect(await finish(runId)).toMatchObject({ outcome: 'aborted', why: expect.stringContaining('westus3') });
    expect(now() - failedAt).toBeLessThan(60_000);
    const { returned } = await readFleetRuns(ports);
    expect(Object.keys(returned)).toEqual(['centralus']);
    expect(returned['centralus']).toBeGreaterThanOrEqual(failedAt);
    expect(ports.outside.serving()).toHaveLength(3);
    expect(ports.outside.settings()['pools']).not.toEqual(before['pools']);
    await runFor(ports.fleet.policy.surgeExpiryMinutes);
    await reconcile(ports, { start: () => Promise.reject(new Error('nothing is to be started')) });
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });

  it('room that another owner has changed is left, and that is told now and then, not every minute (I12)', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const { runId } = await start(drilled);
    await runFor(6);
    ports.setVerdicts({ westus3: 'unhealthy' });
    await finish(runId);
    ports.outside.setHpa('eastus2', 'web', { minReplicas: 40, maxReplicas: 60 });
    await runFor(ports.fleet.policy.surgeExpiryMinutes);
    for (let minute = 0; minute < 40; minute += 1) {
      await runFor(1);
      await reconcile(ports, { start: () => Promise.reject(new Error('nothing is to be started')) });
    }
    expect(ports.outside.settings()['hpas']).toMatchObject({ 'eastus2/web': { minReplicas: 40, maxReplicas: 60 } });
    expect(ports.eventsOf('SurgeHandedBack').filter(({ stamp }) => stamp === 'eastus2')).toHaveLength(3);
    await host.stop();
  });

  it('yields while it still makes room, too, and does not drain the failed region as well', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    ports.outside.podReadyMs = Number.POSITIVE_INFINITY;
    const { runId } = await start(drilled);
    await runFor(3);
    ports.setVerdicts({ eastus2: 'unhealthy' });
    expect(await finish(runId, 2)).toMatchObject({ outcome: 'aborted', why: expect.stringContaining('eastus2 failing') });
    expect(ports.eventsOf('WriteIntended').map(({ write }) => write.target)).not.toContain('gate');
    await host.stop();
  });

  it('its room, used by the failover that follows, is given back to what was there before the drill (I12)', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const before = ports.outside.settings();
    const drill = await start(drilled);
    await runFor(6);
    ports.setVerdicts({ eastus2: 'unhealthy' });
    expect(await finish(drill.runId)).toMatchObject({ outcome: 'aborted' });
    const failover = await start({ stamps: ['eastus2'] });
    expect(await finish(failover.runId)).toMatchObject({ outcome: 'completed' });
    // Until after the hour in which the reconciler would have taken the drill's room back, had nobody built on it.
    await runFor(ports.fleet.policy.surgeExpiryMinutes + 90);
    ports.setVerdicts({});
    const back = await start({ kind: 'failback', stamps: ['eastus2'], trigger: { by: 'operator', subject: 's', name: 'op' } });
    expect(await finish(back.runId)).toMatchObject({ outcome: 'completed' });
    const after = ports.outside.settings();
    expect(after['gates']).toEqual(before['gates']);
    expect(Object.entries(after['hpas'] as object).filter(([key]) => key.startsWith('westus3'))).toEqual(Object.entries(before['hpas'] as object).filter(([key]) => key.startsWith('westus3')));
    await host.stop();
  });

  it('yields when it is told to', async () => {
    const fleet = sampleFleet();
    const { ports, start, finish, runFor, host } = await runHost({ fleet });
    const { runId } = await start(drilled);
    await runFor(6);
    await ports.controls.stopRun(runId, { kind: 'yield', by: 'watch', reason: 'eastus2 has failed' });
    expect(await finish(runId)).toMatchObject({ outcome: 'aborted', why: expect.stringContaining('eastus2 has failed') });
    expect(must(ports.outside.gates.get('centralus'))).toBe('open');
    await host.stop();
  });
});

describe('room that could not be handed back', () => {
  it('because its pool was busy is taken back when it runs out, whatever the run ended as (I5)', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const before = ports.outside.settings();
    const applyPoolBounds = ports.compute.applyPoolBounds.bind(ports.compute);
    ports.setVerdicts({ eastus2: 'degraded' });
    const { runId } = await start({ scope: 'surgeOnly' });
    await runFor(6);
    expect(ports.outside.settings()['pools']).not.toEqual(before['pools']);
    // What AKS says while a pool still scales.
    Object.assign(ports.compute, { applyPoolBounds: async () => ({ kind: 'refused', reaction: 'busy', why: 'Updating' }) });
    ports.setVerdicts({});
    expect(await finish(runId)).toMatchObject({ outcome: 'undone', why: expect.stringContaining('Updating') });
    Object.assign(ports.compute, { applyPoolBounds });
    await runFor(ports.fleet.policy.surgeExpiryMinutes);
    await reconcile(ports, { start: () => Promise.reject(new Error('nothing is to be started')) });
    expect(ports.outside.settings()['pools']).toEqual(before['pools']);
    await host.stop();
  });

  it('because users need it still goes back the rest of the way later, also where a failback took back a part (I5)', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const before = ports.outside.settings();
    await finish((await start({ kind: 'drain', trigger: operator })).runId);
    await runFor(1);
    for (const { name } of ports.fleet.stamps) ports.outside.requestsPerSecond.set(name, 950);
    expect(await finish((await start({ kind: 'failback', trigger: operator })).runId)).toMatchObject({ outcome: 'completed' });
    const between = ports.outside.settings();
    expect(ports.entries.some(({ id }) => id.includes(partMark))).toBe(true);
    expect(between['hpas']).not.toEqual(before['hpas']);
    for (const { name } of ports.fleet.stamps) ports.outside.requestsPerSecond.set(name, 600);
    await runFor(ports.fleet.policy.surgeExpiryMinutes);
    await reconcile(ports, { start: () => Promise.reject(new Error('nothing is to be started')) });
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });

  it('is not looked for where the owner has the very values since that a former run had lent (I12)', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const drainAndBack = async (whileDrained: () => void): Promise<void> => {
      await finish((await start({ kind: 'drain', trigger: operator })).runId);
      whileDrained();
      await runFor(1);
      expect(await finish((await start({ kind: 'failback', trigger: operator })).runId)).toMatchObject({ outcome: 'completed' });
      await runFor(1);
    };
    let lent = { minReplicas: 0, maxReplicas: 0 };
    await drainAndBack(() => (lent = must(ports.outside.hpas.get('centralus/web'))));
    ports.outside.setHpa('centralus', 'web', { minReplicas: lent.minReplicas, maxReplicas: lent.maxReplicas });
    for (const { name } of ports.fleet.stamps) ports.outside.requestsPerSecond.set(name, 700);
    await drainAndBack(() => expect(ports.outside.hpas.get('centralus/web')?.minReplicas).toBeGreaterThan(lent.minReplicas));
    expect(ports.outside.hpas.get('centralus/web')).toMatchObject({ minReplicas: lent.minReplicas, maxReplicas: lent.maxReplicas });
    await host.stop();
  });

  it('because users need it for hours goes back when they no longer do (I5)', async () => {
    const { ports, start, finish, runFor, host } = await runHost();
    const before = ports.outside.settings();
    const reconcileFor = async (minutes: number): Promise<void> => {
      for (let minute = 0; minute < minutes; minute += 10) {
        await runFor(10);
        await reconcile(ports, { start: () => Promise.reject(new Error('nothing is to be started')) });
      }
    };
    await finish((await start({ kind: 'drain', trigger: operator })).runId);
    await runFor(1);
    for (const { name } of ports.fleet.stamps) ports.outside.requestsPerSecond.set(name, 950);
    await finish((await start({ kind: 'failback', trigger: operator })).runId);
    await runFor(ports.fleet.policy.surgeExpiryMinutes);
    await reconcileFor(180);
    expect(ports.outside.settings()['hpas']).not.toEqual(before['hpas']);
    for (const { name } of ports.fleet.stamps) ports.outside.requestsPerSecond.set(name, 600);
    await reconcileFor(120);
    expect(ports.outside.settings()).toEqual(before);
    await host.stop();
  });
});
