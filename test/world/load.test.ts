import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dailySwing, PointDemand } from '../../sandbox/world/demand.ts';
import { azureRegions, distanceKm, pointsOfPresence, roundTripMs } from '../../sandbox/world/geography.ts';
import { queue, queueSeconds, serviceMs } from '../../sandbox/world/queueing.ts';
import { specFromFleet, type FleetForWorld } from '../../sandbox/world/index.ts';
import { monday, sample } from './support.ts';

const rate = fc.double({ min: 0.1, max: 5000, noNaN: true });
const pods = fc.integer({ min: 1, max: 200 });
const perPod = fc.double({ min: 1, max: 200, noNaN: true });

describe('saturation', () => {
  it('one pod behaves as M/M/1: waiting is rho / (1 - rho) services', () => {
    for (const rho of [0.2, 0.5, 0.8, 0.95]) expect(queue(50 * rho, 1, 50).latencyMs).toBeCloseTo(serviceMs * (1 + rho / (1 - rho)), 6);
  });

  it('below capacity nothing fails, above it what cannot be served does', () => {
    fc.assert(
      fc.property(rate, pods, perPod, (requests, count, each) => {
        const { errorRate, utilisation } = queue(requests, count, each);
        const served = requests * (1 - errorRate);
        expect(served).toBeLessThanOrEqual(count * each * (1 + 1e-9));
        if (utilisation < 1) expect(errorRate).toBe(0);
        else expect(served).toBeCloseTo(count * each, 6);
      }),
    );
  });

  it('more load is never faster, one more pod is never slower, nobody waits longer than the queue', () => {
    fc.assert(
      fc.property(rate, rate, pods, perPod, (one, other, count, each) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(queue(more, count, each).latencyMs).toBeGreaterThanOrEqual(queue(less, count, each).latencyMs - 1e-9);
        expect(queue(more, count + 1, each).latencyMs).toBeLessThanOrEqual(queue(more, count, each).latencyMs + 1e-9);
        expect(queue(more, count, each).latencyMs).toBeLessThanOrEqual(serviceMs + queueSeconds * 1000);
      }),
    );
  });

  it('without pods everything fails, without load nothing does', () => {
    expect(queue(10, 0, 50).errorRate).toBe(1);
    expect(queue(0, 0, 50).errorRate).toBe(0);
  });
});

describe('demand', () => {
  const spec = { name: 'p', country: 'c', latencyMsByStamp: {}, requestsPerSecond: { web: 100 }, utcOffsetHours: -5 };

  it('peaks in the local afternoon, is lowest at night and averages to its mean', () => {
    const demand = new PointDemand(spec, 1);
    const day = Date.parse('2026-11-16T00:00:00Z');
    const hours = Array.from({ length: 24 * 60 }, (_, minute) => demand.requestsPerSecondAt('web', day + minute * 60_000));
    expect(hours.reduce((sum, value) => sum + value, 0) / hours.length).toBeCloseTo(100, 0);
    expect(demand.requestsPerSecondAt('web', day + 20 * 3_600_000)).toBeGreaterThan(100 * (1 + dailySwing) * 0.96);
    expect(demand.requestsPerSecondAt('web', day + 8 * 3_600_000)).toBeLessThan(100 * (1 - dailySwing) * 1.04);
  });

  it('is a function of the seed and the instant, and moves smoothly', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(10_000), (seed, minutes) => {
        const at = monday + minutes * 60_000;
        expect(new PointDemand(spec, seed).factorAt(at)).toBe(new PointDemand(spec, seed).factorAt(at));
        expect(Math.abs(new PointDemand(spec, seed).factorAt(at) - new PointDemand(spec, seed).factorAt(at + 5000))).toBeLessThan(0.01);
      }),
    );
  });

  it('of an origin group that a point does not know is nothing', () => {
    expect(new PointDemand(spec, 1).requestsPerSecondAt('api', monday)).toBe(0);
  });
});

describe('geography', () => {
  it('knows the distance from New York to London and its round trip', () => {
    const [newYork, london] = ['New York', 'London'].map((name) => pointsOfPresence.find((point) => point.name === name));
    if (newYork === undefined || london === undefined) throw new Error('not there');
    expect(distanceKm(newYork, london)).toBeGreaterThan(5500);
    expect(distanceKm(newYork, london)).toBeLessThan(5620);
    expect(roundTripMs(newYork, london)).toBeGreaterThan(70);
    expect(roundTripMs(newYork, london)).toBeLessThan(95);
  });

  it('users add up to all of them', () => {
    expect(pointsOfPresence.reduce((sum, point) => sum + point.shareOfUsers, 0)).toBeCloseTo(1, 12);
  });

  it('a region that nobody knows is told with those that are known', () => {
    const fleet: FleetForWorld = {
      name: 'f',
      frontDoor: { kind: 'standardPremium', resourceId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Cdn/profiles/p' },
      stamps: [{ name: 'a', region: 'atlantis', origins: [{ originGroup: 'web', origin: 'o', normalWeight: 500, priority: 1 }], cluster: { resourceId: '/a', pools: [{ name: 'u', surgeMaxCount: 3 }] }, gateway: { resourceId: '/g/providers/x' }, probe: { url: 'https://a.test/' } }],
      workloads: [{ name: 'w', namespace: 'n', deployment: 'w', hpa: 'w', originGroup: 'web', trafficShare: 1, requestsPerSecondPerReplica: 10, pools: ['u'] }],
    };
    expect(() => specFromFleet(fleet)).toThrow(/"atlantis".*eastus2/);
    expect(Object.keys(azureRegions).length).toBeGreaterThan(20);
  });
});

describe('a spec made of a fleet', () => {
  it('has three origins behind the group, quota for its nodes and pods that fit their pools', () => {
    const { spec } = sample().world;
    expect(spec.frontDoor.originGroups.map((group) => group.origins.map((origin) => origin.name))).toEqual([['web-eastus2', 'web-centralus', 'web-westus3']]);
    for (const stamp of spec.stamps) {
      const quota = spec.quotas[stamp.region];
      expect(quota?.coresLimit).toBeGreaterThan(quota?.coresUsed ?? Number.NaN);
      for (const workload of stamp.workloads) {
        expect(workload.minReplicas).toBeLessThan(workload.replicas);
        expect(workload.replicas).toBeLessThan(workload.maxReplicas);
      }
      for (const pool of stamp.pools) expect(pool.count).toBeLessThanOrEqual(pool.maxCount);
    }
  });
});
