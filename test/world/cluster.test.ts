import { describe, expect, it } from 'vitest';
import { scaleDownUnneededSeconds } from '../../sandbox/world/cluster/autoscaler.ts';
import { quotaOf, skusOf, subnetOf } from '../../sandbox/world/index.ts';
import { poolOf, sample, stampOf, type Sample } from './support.ts';

function raise({ world }: Sample, stamp: string, minCount: number, maxCount: number): string {
  const answer = stampOf(world, stamp).pools.put('user1', { minCount, maxCount }, null);
  if (answer.kind !== 'accepted') throw new Error(answer.message);
  return answer.operation.id;
}

const nodes = ({ world }: Sample, stamp: string): number => poolOf(world, stamp).count;
const readyNodes = ({ world }: Sample, stamp: string): number => stampOf(world, stamp).cluster.nodesOf('user1').filter((node) => node.ready === 'ready').length;

describe('a PUT of a pool', () => {
  it('moves both bounds under the etag, runs as an operation and changes the etag', () => {
    const it = sample();
    it.run(60);
    const before = poolOf(it.world, 'westus3');
    const answer = stampOf(it.world, 'westus3').pools.put('user1', { minCount: 8, maxCount: 12 }, before.etag);
    if (answer.kind !== 'accepted') throw new Error(answer.message);
    const during = poolOf(it.world, 'westus3');
    expect(during).toMatchObject({ minCount: 8, maxCount: 12, provisioningState: 'Updating', count: before.count });
    expect(during.etag).not.toBe(before.etag);
    it.run(35);
    expect(answer.operation.status).toBe('Succeeded');
    expect(poolOf(it.world, 'westus3').provisioningState).toBe('Succeeded');
  });

  it('is refused with 412 under an old etag, 409 while another operation runs, 400 outside the bounds', () => {
    const it = sample();
    const { pools } = stampOf(it.world, 'westus3');
    const old = poolOf(it.world, 'westus3').etag;
    raise(it, 'westus3', 5, 12);
    expect(pools.put('user1', { minCount: 6 }, null)).toMatchObject({ kind: 'conflict', status: 409, code: 'OperationNotAllowed' });
    it.run(60);
    expect(pools.put('user1', { minCount: 6 }, old)).toMatchObject({ kind: 'conflict', status: 412, code: 'OriginalEtagNotExpect' });
    for (const change of [{ minCount: 13 }, { maxCount: 1001 }, { minCount: -1 }, { minCount: 1.5 }]) {
      expect(pools.put('user1', change, null), JSON.stringify(change)).toMatchObject({ kind: 'conflict', status: 400, code: 'InvalidParameter' });
    }
    expect(pools.put('system', { minCount: 0 }, null)).toMatchObject({ kind: 'conflict', status: 400 });
  });

  it('a fixed pool is scaled by its count, up and down', () => {
    const it = sample();
    const { pools } = stampOf(it.world, 'westus3');
    pools.put('user1', { autoscaled: 'fixed', count: 7 }, null);
    it.run(40);
    expect(nodes(it, 'westus3')).toBe(7);
    it.run(180);
    pools.put('user1', { count: 6 }, null);
    it.run(40);
    expect(nodes(it, 'westus3')).toBe(6);
  });
});

describe('the cluster autoscaler', () => {
  it('enforces a raised minimum within a scan of the end of the operation; nodes are ready minutes later', () => {
    const it = sample({ nodeReadySeconds: [90, 120] });
    it.run(60);
    const before = nodes(it, 'westus3');
    raise(it, 'westus3', before + 4, 20);
    it.run(10);
    expect(nodes(it, 'westus3')).toBe(before);
    it.run(35);
    expect(nodes(it, 'westus3')).toBe(before + 4);
    expect(readyNodes(it, 'westus3')).toBe(before);
    it.run(125);
    expect(readyNodes(it, 'westus3')).toBe(before + 4);
  });

  it('spreads new nodes over the zones', () => {
    const it = sample();
    raise(it, 'westus3', 9, 20);
    it.run(200);
    const zones = stampOf(it.world, 'westus3').cluster.nodesOf('user1').map((node) => node.zone);
    for (const zone of ['1', '2', '3']) expect(zones.filter((candidate) => candidate === zone)).toHaveLength(3);
  });

  it('adds nodes for pods that fit nowhere, and stops at the maximum', () => {
    const it = sample();
    it.run(60);
    const { kube } = stampOf(it.world, 'westus3');
    const hpa = kube.get('HorizontalPodAutoscaler', 'shop', 'web');
    if (hpa === null) throw new Error('no hpa');
    kube.put({ ...hpa, apiVersion: hpa.apiVersion, kind: hpa.kind, spec: { ...Object(hpa['spec']), minReplicas: 200, maxReplicas: 200 } });
    it.run(60);
    expect(nodes(it, 'westus3')).toBe(poolOf(it.world, 'westus3').maxCount);
    it.run(300);
    expect(nodes(it, 'westus3')).toBe(poolOf(it.world, 'westus3').maxCount);
    expect(stampOf(it.world, 'westus3').cluster.state.pods.filter((pod) => pod.phase === 'pending').length).toBeGreaterThan(100);
  });

  it('takes a node that nobody needs after ten minutes, and never below the minimum', () => {
    const it = sample();
    it.run(60);
    const before = nodes(it, 'westus3');
    raise(it, 'westus3', before + 6, 20);
    it.run(200);
    raise(it, 'westus3', 3, 20);
    it.run(scaleDownUnneededSeconds - 240);
    expect(nodes(it, 'westus3')).toBe(before + 6);
    it.run(600);
    expect(nodes(it, 'westus3')).toBeLessThan(before + 6);
    it.run(7200);
    expect(nodes(it, 'westus3')).toBeGreaterThanOrEqual(3);
    expect(stampOf(it.world, 'westus3').cluster.state.pods.every((pod) => pod.phase === 'ready')).toBe(true);
  });

  it.each([
    ['quotaShort', { coresLeft: 8 }, 2],
    ['quotaShort', { coresLeft: 0 }, 0],
    ['skuRefused', {}, 0],
    ['subnetFull', { addressesLeft: 1 }, 1],
    ['partialCapacity', { nodes: 3 }, 3],
  ] as const)('%s %j lets it add %i nodes', (kind, parameters, added) => {
    const it = sample();
    it.run(60);
    const before = nodes(it, 'westus3');
    it.world.faults.inject({ kind, stamp: 'westus3', ...parameters });
    raise(it, 'westus3', before + 6, 20);
    it.run(900);
    expect(nodes(it, 'westus3')).toBe(before + added);
    raise(it, 'eastus2', 12, 20);
    it.run(200);
    expect(nodes(it, 'eastus2')).toBe(12);
  });

  it('asks again after its backoff when the region can deliver', () => {
    const it = sample();
    const id = it.world.faults.inject({ kind: 'partialCapacity', stamp: 'westus3', nodes: 0 });
    raise(it, 'westus3', 9, 20);
    it.run(120);
    expect(poolOf(it.world, 'westus3').provisioningState).toBe('Scaling');
    it.world.faults.heal(id);
    it.run(60);
    expect(nodes(it, 'westus3')).toBeLessThan(9);
    it.run(300);
    expect(nodes(it, 'westus3')).toBe(9);
  });
});

describe('limits of a region, as Azure would list them', () => {
  it('quota follows the nodes that come', () => {
    const it = sample({ freeCores: 100 });
    const before = quotaOf(it.world, 'westus3');
    raise(it, 'westus3', nodes(it, 'westus3') + 3, 20);
    it.run(60);
    const after = quotaOf(it.world, 'westus3');
    expect(after.coresUsed - before.coresUsed).toBe(12);
    expect(after.families['standardDSv5Family']?.used).toBe((before.families['standardDSv5Family']?.used ?? 0) + 12);
    expect(after.coresLimit).toBe(before.coresLimit);
    expect(subnetOf(it.world, 'westus3').used).toBe(nodes(it, 'westus3') + 3);
  });

  it('a refused size is restricted in its region alone', () => {
    const it = sample();
    it.world.faults.inject({ kind: 'skuRefused', stamp: 'westus3' });
    expect(skusOf(it.world, 'westus3').find((sku) => sku.name === 'Standard_D4s_v5')?.restricted).toBe('region');
    expect(skusOf(it.world, 'eastus2').every((sku) => sku.restricted.length === 0)).toBe(true);
  });
});
