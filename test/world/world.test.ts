import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock/virtualClock.ts';
import { restoreWorld, type FaultKind, type SimulatedWorld } from '../../sandbox/world/index.ts';
import { monday, sample, stampOf } from './support.ts';

function outage(world: SimulatedWorld): void {
  world.faults.inject({ kind: 'regionDead', stamp: 'eastus2' });
  world.frontDoor.changeOrigin('web', 'web-eastus2', { enabled: 'Disabled' });
  stampOf(world, 'westus3').pools.put('user1', { minCount: 9, maxCount: 12 }, null);
}

const digest = (saved: unknown): string => createHash('sha256').update(JSON.stringify(saved)).digest('hex');

describe('determinism', () => {
  it('the same seed and the same calls give the same bytes', () => {
    const bytes = (): string => {
      const { world, run } = sample({}, 11);
      run(307);
      outage(world);
      run(900);
      return digest(world.save());
    };
    expect(bytes()).toBe(bytes());
  });

  it('another seed gives another world', () => {
    const users = [1, 2].map((seed) => {
      const { world, run } = sample({}, seed);
      run(600);
      return world.users.totals().requests;
    });
    expect(users[0]).not.toBe(users[1]);
  });

  it('how often somebody looks changes nothing', () => {
    const snapshots = [1, 7, 60, 1200].map((interval) => {
      const { world, run, clock } = sample({}, 5);
      let injected = false;
      while (clock.now() < monday + 1_200_000) {
        run(Math.min(interval, (monday + (injected ? 1_200_000 : 303_000) - clock.now()) / 1000));
        for (const stamp of world.stamps.values()) stamp.kube.list('Pod', null);
        if (!injected && clock.now() >= monday + 303_000) {
          injected = true;
          outage(world);
        }
      }
      return JSON.stringify([world.snapshot(), world.metrics.query('frontDoor', 'OriginRequestCount', monday, clock.now())]);
    });
    expect(new Set(snapshots).size).toBe(1);
  });

  it('a world that was saved, written as JSON and restored goes on as if nothing had been', () => {
    const { world, run, clock } = sample({}, 3);
    run(301);
    outage(world);
    run(61);
    const restored = restoreWorld(JSON.parse(JSON.stringify(world.save())), clock);
    run(1500);
    expect(JSON.stringify(restored.snapshot())).toBe(JSON.stringify(world.snapshot()));
    expect(digest(restored.save())).toBe(digest(world.save()));
  });

  it('refuses to restore what is not a saved world', () => {
    expect(() => restoreWorld({ version: 1 }, new VirtualClock(monday))).toThrow(/not a saved world/);
  });
});

describe('users', () => {
  it('every request of every point of presence goes somewhere, whatever is broken', () => {
    const kinds: readonly FaultKind[] = ['regionDead', 'grey', 'clusterApiGone', 'demandSurge', 'frontDoorFrozen', 'blobDown'];
    fc.assert(
      fc.property(fc.nat(1000), fc.array(fc.record({ kind: fc.constantFrom(...kinds), stamp: fc.constantFrom('eastus2', 'centralus', 'westus3') }), { maxLength: 4 }), (seed, faults) => {
        const { world, run } = sample({}, seed);
        run(60);
        for (const fault of faults) world.faults.inject(fault);
        run(300);
        for (const point of world.snapshot().pointsOfPresence) expect(Object.values(point.sharesByStamp).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 2);
        const { requests, failedRequests } = world.users.totals();
        expect(failedRequests).toBeGreaterThanOrEqual(0);
        expect(failedRequests).toBeLessThanOrEqual(requests);
        const minutes = world.metrics.query('frontDoor', 'RequestCount', monday, monday + 400_000);
        const origins = world.metrics.query('frontDoor', 'OriginRequestCount', monday, monday + 400_000);
        const total = (points: typeof minutes): number => points.reduce((sum, point) => sum + point.total, 0);
        expect(Math.abs(total(minutes) - total(origins))).toBeLessThan(total(minutes) * 0.001 + 100);
      }),
      { numRuns: 25 },
    );
  });

  it('user-error-minutes are users times the fraction that failed times minutes', () => {
    const { world, run } = sample();
    for (const stamp of world.stamps.keys()) world.faults.inject({ kind: 'regionDead', stamp });
    run(240);
    const { requests, failedRequests, userErrorMinutes } = world.users.totals();
    expect(failedRequests).toBe(requests);
    expect(userErrorMinutes).toBeCloseTo(requests / 60 / 0.2, 0);
  });

  it('nobody suffers in a healthy fleet for a whole day', () => {
    const { world, run } = sample();
    run(86_400);
    expect(world.users.totals().failedRequests).toBe(0);
  });

  it('with every origin disabled Front Door serves nobody', () => {
    const { world, run } = sample({ propagationSeconds: [5, 5] });
    for (const stamp of world.stamps.keys()) world.frontDoor.changeOrigin('web', `web-${stamp}`, { enabled: 'Disabled' });
    run(30);
    const before = world.users.totals();
    run(60);
    const after = world.users.totals();
    expect(after.failedRequests - before.failedRequests).toBe(after.requests - before.requests);
  });
});

describe('the default fleet is sized so that losing eastus2 needs room to be made', () => {
  it('without new nodes and replicas the survivors saturate for good', () => {
    const { world, run } = sample();
    run(300);
    world.faults.inject({ kind: 'regionDead', stamp: 'eastus2' });
    run(1800);
    expect(Math.max(...world.snapshot().stamps.filter((stamp) => stamp.name !== 'eastus2').map((stamp) => stamp.errorRate))).toBeGreaterThan(0.2);
  });

  it('with the bounds raised they carry it, on nodes that were not there before', () => {
    const { world, run } = sample();
    run(300);
    const before = world.snapshot();
    for (const name of ['centralus', 'westus3']) {
      const stamp = stampOf(world, name);
      stamp.pools.put('user1', { minCount: 12, maxCount: 14 }, null);
      for (const [hpa, minReplicas] of [['web', 48], ['recommendations', 26]] as const) {
        const object = stamp.kube.get('HorizontalPodAutoscaler', 'shop', hpa);
        if (object === null) throw new Error('no hpa');
        stamp.kube.put({ ...object, apiVersion: object.apiVersion, kind: object.kind, spec: { ...Object(object['spec']), minReplicas, maxReplicas: 60 } });
      }
    }
    run(300);
    world.faults.inject({ kind: 'regionDead', stamp: 'eastus2' });
    run(600);
    for (const stamp of world.snapshot().stamps.filter((candidate) => candidate.name !== 'eastus2')) {
      expect(stamp.errorRate, stamp.name).toBe(0);
      expect(stamp.pools[1]?.nodes, stamp.name).toBeGreaterThan(before.stamps.find((candidate) => candidate.name === stamp.name)?.pools[1]?.nodes ?? Number.NaN);
    }
  });
});

describe('speed', () => {
  it('a simulated minute of the default fleet costs well under 3 ms', () => {
    const { world, run } = sample();
    for (let minute = 0; minute < 60; minute++) run(60);
    outage(world);
    const cpu = process.cpuUsage();
    for (let minute = 0; minute < 240; minute++) run(60);
    const { user, system } = process.cpuUsage(cpu);
    expect((user + system) / 1000 / 240).toBeLessThan(3);
  });
});
