import { describe, expect, it } from 'vitest';
import type { MetricPoint } from '../../sandbox/world/index.ts';
import { monday, sample, stampOf } from './support.ts';

const total = (points: readonly MetricPoint[]): number => points.reduce((sum, point) => sum + point.total, 0);
const of = (points: readonly MetricPoint[], dimension: string, value: string): readonly MetricPoint[] => points.filter((point) => point.dimensions[dimension] === value);
const eastus2 = 'eastus2.origin.sandbox.test';

describe('minute series', () => {
  it('count what users sent, by country and by origin', () => {
    const { world, run } = sample();
    run(600);
    const clients = world.metrics.query('frontDoor', 'RequestCount', monday, monday + 600_000 + 1);
    expect(new Set(clients.map((point) => point.at)).size).toBe(10);
    expect(Math.abs(total(clients) - world.users.totals().requests)).toBeLessThan(100);
    expect(new Set(clients.map((point) => point.dimensions['ClientCountry']))).toEqual(new Set(['Brazil', 'Canada', 'Japan', 'United Kingdom', 'United States']));
    const origins = world.metrics.query('frontDoor', 'OriginRequestCount', monday, monday + 600_000 + 1);
    expect(new Set(origins.map((point) => point.dimensions['Origin']))).toEqual(new Set([eastus2, 'centralus.origin.sandbox.test', 'westus3.origin.sandbox.test']));
    expect(of(origins, 'HttpStatusGroup', '5XX')).toEqual([]);
  });

  it('answer only minutes whose end lies in the span', () => {
    const { world, run } = sample();
    run(600);
    const points = world.metrics.query('frontDoor', 'OriginLatency', monday + 120_000, monday + 240_000);
    expect([...new Set(points.map((point) => point.at))]).toEqual([monday + 60_000, monday + 120_000]);
  });

  it('a grey region: errors and latency at its origin, hosts out at its gateway, probes that pass', () => {
    const { world, run } = sample();
    run(300);
    world.faults.inject({ kind: 'grey', stamp: 'eastus2' });
    run(300);
    const [from, to] = [monday + 360_000, monday + 600_001];
    const requests = of(world.metrics.query('frontDoor', 'OriginRequestCount', from, to), 'Origin', eastus2);
    expect(total(of(requests, 'HttpStatusGroup', '5XX')) / total(requests)).toBeCloseTo(0.35, 2);
    for (const point of of(world.metrics.query('frontDoor', 'OriginLatency', from + 60_000, to), 'Origin', eastus2)) expect(point.average).toBeGreaterThan(2000);
    for (const point of of(world.metrics.query('frontDoor', 'OriginHealthPercentage', from, to), 'Origin', eastus2)) expect(point.average).toBe(100);
    for (const point of world.metrics.query('gateway:eastus2', 'UnhealthyHostCount', from + 60_000, to)) expect(point.average).toBeGreaterThan(5);
    for (const point of world.metrics.query('gateway:centralus', 'UnhealthyHostCount', from, to)) expect(point.average).toBe(0);
    expect(stampOf(world, 'eastus2').probeOrigin()).toMatchObject({ kind: 'answered', status: 200 });
    expect(total(of(world.metrics.query('frontDoor', 'Percentage5XX', from + 60_000, to), 'ClientCountry', 'Brazil'))).toBeGreaterThan(0);
  });

  it('a dead region emits nothing, and is never zero', () => {
    const { world, run } = sample();
    run(300);
    world.faults.inject({ kind: 'regionDead', stamp: 'eastus2' });
    run(600);
    const [from, to] = [monday + 420_001, monday + 900_001];
    expect(world.metrics.query('gateway:eastus2', 'HealthyHostCount', from, to)).toEqual([]);
    expect(world.metrics.query('gateway:centralus', 'HealthyHostCount', from, to)).toHaveLength(8);
    expect(of(world.metrics.query('frontDoor', 'OriginLatency', from, to), 'Origin', eastus2)).toEqual([]);
    for (const point of of(world.metrics.query('frontDoor', 'OriginHealthPercentage', from, to), 'Origin', eastus2)) expect(point.average).toBe(0);
    expect(stampOf(world, 'eastus2').probeOrigin()).toEqual({ kind: 'timeout' });
    expect(stampOf(world, 'eastus2').probeGateway()).toEqual({ kind: 'timeout' });
    expect(stampOf(world, 'eastus2').apiServerFault()).toBe('timeout');
  });

  it('blind signals answer nothing while they are blind, of one stamp or of all, and are whole afterwards', () => {
    const { world, run } = sample();
    const id = world.faults.inject({ kind: 'signalsBlind', stamp: 'eastus2' });
    run(300);
    expect(world.metrics.query('gateway:eastus2', 'HealthyHostCount', monday, monday + 300_001)).toEqual([]);
    expect(world.metrics.query('gateway:westus3', 'HealthyHostCount', monday, monday + 300_001)).toHaveLength(5);
    world.faults.heal(id);
    expect(world.metrics.query('gateway:eastus2', 'HealthyHostCount', monday, monday + 300_001)).toHaveLength(5);
    world.faults.inject({ kind: 'signalsBlind' });
    expect(world.metrics.query('frontDoor', 'RequestCount', monday, monday + 300_001)).toEqual([]);
  });

  it('a metric that does not exist has no points', () => {
    const { world, run } = sample();
    run(120);
    expect(world.metrics.query('frontDoor', 'WebSocketConnections', monday, monday + 120_001)).toEqual([]);
    expect(world.metrics.query('gateway:eastus2', 'Throughput', monday, monday + 120_001)).toEqual([]);
  });
});

describe('other faults', () => {
  it('slow nodes and slow pods take three times as long', () => {
    const readyAfter = (slow: boolean): number => {
      const { world, run, clock } = sample();
      if (slow) {
        world.faults.inject({ kind: 'slowNodes', stamp: 'westus3' });
        world.faults.inject({ kind: 'slowPods', stamp: 'westus3' });
      }
      const stamp = stampOf(world, 'westus3');
      stamp.pools.put('user1', { minCount: 5, maxCount: 6 }, null);
      while (stamp.cluster.nodesOf('user1').filter((node) => node.ready === 'ready').length < 5) run(5);
      return clock.now() - monday;
    };
    const [normal, slowed] = [readyAfter(false), readyAfter(true)];
    expect(slowed).toBeGreaterThan(2 * normal);
    expect(slowed).toBeLessThan(3.2 * normal);
  });

  it('a busy pool answers 409 and says that it is updating; the other pools do not', () => {
    const { world } = sample();
    const id = world.faults.inject({ kind: 'poolBusy', stamp: 'westus3', pool: 'user1' });
    const { pools } = stampOf(world, 'westus3');
    expect(pools.get('user1')?.provisioningState).toBe('Updating');
    expect(pools.put('user1', { maxCount: 9 }, null)).toMatchObject({ kind: 'conflict', status: 409 });
    expect(pools.put('system', { maxCount: 6 }, null).kind).toBe('accepted');
    world.faults.heal(id);
    expect(pools.put('user1', { maxCount: 9 }, null).kind).toBe('accepted');
  });

  it('a surge of demand can be of one point of presence', () => {
    const { world, run } = sample();
    run(60);
    const before = world.snapshot().pointsOfPresence;
    world.faults.inject({ kind: 'demandSurge', factor: 2, pointsOfPresence: ['London'] });
    run(5);
    world.snapshot().pointsOfPresence.forEach((point, index) => {
      const ratio = point.requestsPerSecond / (before[index]?.requestsPerSecond ?? Number.NaN);
      expect(ratio, point.name).toBeCloseTo(point.name === 'London' ? 2 : 1, 1);
    });
  });

  it('are listed with their time, and healed one by one', () => {
    const { world, run } = sample();
    const first = world.faults.inject({ kind: 'armDown' });
    run(60);
    world.faults.inject({ kind: 'grey', stamp: 'westus3', severity: 0.1 });
    expect(world.faults.list().map((entry) => [entry.fault.kind, entry.since - monday])).toEqual([['armDown', 0], ['grey', 60_000]]);
    expect(world.faults.active('grey', 'westus3')?.severity).toBe(0.1);
    expect(world.faults.active('grey', 'eastus2')).toBeNull();
    world.faults.heal(first);
    expect(world.faults.active('armDown')).toBeNull();
  });

  it('without a gate a saturated stamp fails part of its own probes', () => {
    const { world, run } = sample();
    run(120);
    const gated = world.metrics.query('frontDoor', 'OriginHealthPercentage', monday, monday + 120_001);
    expect(gated.every((point) => point.average === 100)).toBe(true);
    world.faults.inject({ kind: 'demandSurge', factor: 4 });
    run(60);
    const stamp = stampOf(world, 'westus3');
    expect(stamp.service('web').errorRate).toBeGreaterThan(0.3);
    expect(stamp.passesProbe('web', 1)).toBe(true);
  });
});
