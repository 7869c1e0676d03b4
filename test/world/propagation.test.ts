import { describe, expect, it } from 'vitest';
import { sample, shareOf } from './support.ts';

const published: [number, number] = [120, 720];

describe('Front Door propagates slowly', () => {
  it('what was asked is seen at once, what edges have follows one by one within the published time', () => {
    const { world, run } = sample({ propagationSeconds: published });
    run(60);
    const before = shareOf(world, 'eastus2');
    const operation = world.frontDoor.changeOrigin('web', 'web-eastus2', { enabled: 'Disabled' });
    expect(world.frontDoor.asked.originGroups[0]?.origins.find((origin) => origin.name === 'web-eastus2')?.enabled).toBe('Disabled');
    expect(operation.status).toBe('InProgress');
    run(31);
    expect(operation.status).toBe('Succeeded');
    run(85);
    expect(shareOf(world, 'eastus2')).toBeCloseTo(before, 1);
    run(304);
    const halfWay = shareOf(world, 'eastus2');
    expect(halfWay).toBeGreaterThan(0);
    expect(halfWay).toBeLessThan(before);
    run(305);
    expect(shareOf(world, 'eastus2')).toBe(0);
  });

  it('a change made while another travels waits for it: twice the time at most', () => {
    const { world, run } = sample({ propagationSeconds: [600, 600] });
    world.frontDoor.changeOrigin('web', 'web-eastus2', { weight: 1 });
    run(60);
    world.frontDoor.changeOrigin('web', 'web-westus3', { enabled: 'Disabled' });
    world.frontDoor.changeOrigin('web', 'web-centralus', { weight: 900 });
    run(545);
    expect(shareOf(world, 'westus3')).toBeGreaterThan(0.1);
    expect(world.frontDoor.propagated('web', 'web-eastus2')?.weight).toBe(1);
    expect(world.frontDoor.propagated('web', 'web-centralus')?.weight).toBe(500);
    run(605);
    expect(shareOf(world, 'westus3')).toBe(0);
    expect(world.frontDoor.propagated('web', 'web-centralus')?.weight).toBe(900);
  });

  it('several origins in one write travel together', () => {
    const { world, run } = sample({ propagationSeconds: [10, 10] });
    const operation = world.frontDoor.changeOrigins([
      { originGroup: 'web', origin: 'web-eastus2', change: { weight: 100 } },
      { originGroup: 'web', origin: 'web-westus3', change: { weight: 900 } },
    ]);
    expect(world.operations.get(operation.id)?.id).toBe(operation.id);
    run(15);
    expect(world.frontDoor.propagated('web', 'web-eastus2')?.weight).toBe(100);
    expect(world.frontDoor.propagated('web', 'web-westus3')?.weight).toBe(900);
  });

  it('a frozen control plane ends no operation and moves nothing until it thaws', () => {
    const { world, run } = sample({ propagationSeconds: [30, 60] });
    run(60);
    const id = world.faults.inject({ kind: 'frontDoorFrozen' });
    const operation = world.frontDoor.changeOrigin('web', 'web-eastus2', { enabled: 'Disabled' });
    run(3600);
    expect(operation.status).toBe('InProgress');
    expect(shareOf(world, 'eastus2')).toBeGreaterThan(0.3);
    world.faults.heal(id);
    run(120);
    expect(operation.status).toBe('Succeeded');
    expect(shareOf(world, 'eastus2')).toBe(0);
  });

  it('a latency window of 0 ms sends everyone to the nearest, whatever the weights', () => {
    const { world, run } = sample({ latencyWindowMs: 0, propagationSeconds: [5, 5] });
    run(60);
    const before = shareOf(world, 'eastus2');
    world.frontDoor.changeOrigin('web', 'web-eastus2', { weight: 1 });
    run(120);
    expect(Math.abs(shareOf(world, 'eastus2') - before)).toBeLessThan(0.02);
  });

  it('with session affinity only new sessions follow the weights; sessions on a drained origin move at once', () => {
    const { world, run } = sample({ sessionAffinity: 'on', propagationSeconds: [5, 5] });
    run(60);
    const before = shareOf(world, 'eastus2');
    world.frontDoor.changeOrigin('web', 'web-eastus2', { weight: 1 });
    run(300);
    const later = shareOf(world, 'eastus2');
    expect(later).toBeLessThan(before * 0.95);
    expect(later).toBeGreaterThan(before * 0.6);
    world.frontDoor.changeOrigin('web', 'web-eastus2', { enabled: 'Disabled' });
    run(15);
    expect(shareOf(world, 'eastus2')).toBe(0);
  });

  it('observed shares are those of the last minute and add up to 1', () => {
    const { world, run } = sample();
    run(120);
    const shares = world.frontDoor.observedShares('web');
    expect(Object.values(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(shares['eastus2']).toBeCloseTo(shareOf(world, 'eastus2'), 2);
  });
});
