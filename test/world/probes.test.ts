import { describe, expect, it } from 'vitest';
import { addSample, freshEdge } from '../../sandbox/world/frontDoor/edges.ts';
import type { OriginGroupSpec } from '../../sandbox/world/types.ts';
import { monday, sample, shareOf, stampOf } from './support.ts';

function group(sampleSize: number, successfulSamplesRequired: number, probeIntervalSeconds: number): OriginGroupSpec {
  const origin = { name: 'o', stamp: 's', hostName: 'o.test', weight: 500, priority: 1, enabled: 'Enabled' } as const;
  return { name: 'web', latencyWindowMs: 0, sampleSize, successfulSamplesRequired, probeIntervalSeconds, probePath: '/', sessionAffinity: 'off', origins: [origin] };
}

/** How many probes in a row it takes until an edge thinks otherwise. */
function samplesUntil(of: OriginGroupSpec, passed: boolean): number {
  const edge = freshEdge(of, 0, 0, 1, monday);
  if (passed) for (let count = 0; count < of.sampleSize; count++) addSample(edge, of, 'o', false);
  for (let count = 1; count <= of.sampleSize; count++) if (addSample(edge, of, 'o', passed)) return count;
  return Number.NaN;
}

describe('probe arithmetic', () => {
  it.each([
    // n, x, T, failed samples until down (n-x+1), successful ones until up (x)
    [4, 3, 30, 2, 3],
    [4, 2, 30, 3, 2],
    [4, 4, 30, 1, 4],
    [16, 8, 5, 9, 8],
  ])('%i samples of which %i must pass, every %i s: down after %i failures, up after %i passes', (n, x, interval, down, up) => {
    expect(samplesUntil(group(n, x, interval), false)).toBe(down);
    expect(samplesUntil(group(n, x, interval), true)).toBe(up);
  });

  it('4/3 at 30 s: every edge drains a dead region after 30 to 60 s', () => {
    const { world, run } = sample({ probeIntervalSeconds: 30 });
    run(60);
    world.faults.inject({ kind: 'regionDead', stamp: 'eastus2' });
    run(30);
    expect(shareOf(world, 'eastus2')).toBeGreaterThan(0.1);
    run(30);
    expect(shareOf(world, 'eastus2')).toBe(0);
  });

  it('4/2 at 30 s: 60 to 90 s', () => {
    const { world, run } = sample({ probeIntervalSeconds: 30, successfulSamplesRequired: 2 });
    run(60);
    world.faults.inject({ kind: 'regionDead', stamp: 'eastus2' });
    run(55);
    expect(shareOf(world, 'eastus2')).toBeGreaterThan(0.1);
    run(35);
    expect(shareOf(world, 'eastus2')).toBe(0);
  });

  it('recovery at 4/3 and 30 s takes 60 to 90 s', () => {
    const { world, run } = sample({ probeIntervalSeconds: 30 });
    const id = world.faults.inject({ kind: 'regionDead', stamp: 'eastus2' });
    run(180);
    world.faults.heal(id);
    run(55);
    expect(shareOf(world, 'eastus2')).toBe(0);
    run(35);
    expect(shareOf(world, 'eastus2')).toBeGreaterThan(0.3);
  });

  it('edges of one point of presence decide for themselves, each at its own phase', () => {
    const { world, run } = sample({ probeIntervalSeconds: 30 });
    world.faults.inject({ kind: 'regionDead', stamp: 'eastus2' });
    const seen = new Set<number>();
    for (let step = 0; step < 13; step++) {
      run(5);
      seen.add(shareOf(world, 'eastus2'));
    }
    expect(seen.size).toBeGreaterThan(5);
  });

  it('a closed gate answers 503, which is not 200: the probes drain the stamp and live requests go on', () => {
    const { world, run } = sample({ probeIntervalSeconds: 30 });
    run(60);
    const stamp = stampOf(world, 'eastus2');
    world.gateBlobs.written(stamp.spec.gateBlobUrl ?? '', JSON.stringify({ state: 'closed', expiresAt: new Date(monday + 3_600_000).toISOString() }));
    run(5);
    expect(stamp.gate?.state).toBe('closed');
    expect(stamp.probeOrigin()).toMatchObject({ kind: 'answered', status: 503 });
    expect(stamp.probeGateway()).toMatchObject({ kind: 'answered', status: 200 });
    expect(shareOf(world, 'eastus2')).toBeGreaterThan(0.3);
    expect(world.users.totals().failedRequests).toBe(0);
    run(65);
    expect(shareOf(world, 'eastus2')).toBe(0);
  });

  it('a gate opens by itself at its expiry, also when the store is out of reach', () => {
    const { world, run } = sample({ probeIntervalSeconds: 30 });
    const stamp = stampOf(world, 'eastus2');
    world.gateBlobs.written(stamp.spec.gateBlobUrl ?? '', JSON.stringify({ state: 'closed', expiresAt: monday + 120_000 }));
    run(60);
    world.faults.inject({ kind: 'blobDown' });
    run(55);
    expect(stamp.gate?.state).toBe('closed');
    run(10);
    expect(stamp.gate).toEqual({ state: 'open', expiresAt: null });
  });

  it('a gate that was asked while its store is down notices when the store is back', () => {
    const { world, run } = sample({ probeIntervalSeconds: 30 });
    const stamp = stampOf(world, 'eastus2');
    const id = world.faults.inject({ kind: 'blobDown' });
    world.gateBlobs.written(stamp.spec.gateBlobUrl ?? '', JSON.stringify({ state: 'closed', expiresAt: null }));
    run(60);
    expect(stamp.gate?.state).toBe('open');
    world.faults.heal(id);
    run(5);
    expect(stamp.gate?.state).toBe('closed');
  });
});
