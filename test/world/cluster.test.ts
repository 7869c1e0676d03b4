import { describe, expect, it } from 'vitest';
import { scaleDownUnneededSeconds } from '../../sandbox/world/cluster/autoscaler.ts';
import { quotaOf, skusOf, subnetOf } from '../../sandbox/world/index.ts';
import { at, poolOf, sample, stampOf, type Sample } from './support.ts';

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
    ['quotaShort', { coresLeft: 8, of: 'family' }, 2],
    ['quotaShort', { coresLeft: 8, of: 'region' }, 2],
    ['quotaShort', { coresLeft: 8, of: 'lowPriority' }, 6],
    ['skuRefused', { zones: ['1', '2', '3'] }, 0],
    ['skuRefused', { zones: ['3'] }, 6],
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

  it.each([
    ['a pod CIDR of 8 nodes', { podCidr: '10.244.0.0/21' }, 1],
    ['outbound ports for 9 nodes', { outboundPorts: { perNode: 7000, addresses: 1 } }, 2],
  ] as const)('%s holds no more, those of the system pool counted', (_, options, added) => {
    const it = sample({ clusters: { westus3: options } });
    it.run(60);
    const before = nodes(it, 'westus3');
    expect(before).toBe(4);
    raise(it, 'westus3', before + 6, 20);
    it.run(900);
    expect(nodes(it, 'westus3')).toBe(before + added);
  });

  it('what a capacity reservation holds comes where the region has nothing left, and no more', () => {
    const it = sample({ clusters: { westus3: { reservedNodes: 2 } } });
    it.run(60);
    const before = nodes(it, 'westus3');
    it.world.faults.inject({ kind: 'partialCapacity', nodes: 0 });
    raise(it, 'westus3', before + 6, 20);
    raise(it, 'centralus', nodes(it, 'centralus') + 6, 20);
    it.run(900);
    expect(nodes(it, 'westus3')).toBe(before + 2);
    expect(nodes(it, 'centralus')).toBe(8);
  });

  it('spot machines take the low-priority quota and no other', () => {
    const it = sample({ clusters: { westus3: { spot: true } } });
    it.run(60);
    const before = quotaOf(it.world, 'westus3');
    it.world.faults.inject({ kind: 'quotaShort', stamp: 'westus3', of: 'lowPriority', coresLeft: 8 });
    raise(it, 'westus3', nodes(it, 'westus3') + 6, 20);
    it.run(900);
    const after = quotaOf(it.world, 'westus3');
    expect(after.lowPriority).toEqual({ used: before.lowPriority.used + 8, limit: before.lowPriority.used + 8 });
    expect(after.coresUsed).toBe(before.coresUsed);
  });

  it('a pool without it does not follow bounds', () => {
    const it = sample({ clusters: { westus3: { autoscaler: 'off' } } });
    it.run(60);
    expect(poolOf(it.world, 'westus3').autoscaled).toBe('fixed');
    raise(it, 'westus3', 9, 20);
    it.run(900);
    expect(nodes(it, 'westus3')).toBe(4);
  });

  it('adds no machine in a zone that is closed, and none at all for pods whose spread wants them there', () => {
    const it = sample({ workloads: { web: { zoneSpread: 'DoNotSchedule' } } });
    it.run(60);
    it.world.faults.inject({ kind: 'skuRefused', stamp: 'westus3', zones: ['3'] });
    const { cluster } = stampOf(it.world, 'westus3');
    const zonesOf = (workload: string): readonly number[] => ['1', '2', '3'].map((zone) => cluster.podsOf(workload).filter((pod) => cluster.nodesByName.get(pod.node ?? '')?.zone === zone).length);
    const before = cluster.nodesOf('user1').filter(({ zone }) => zone === '3').length;
    const web = cluster.state.workloads.find(({ name }) => name === 'web');
    if (web === undefined) throw new Error('no web');
    raise(it, 'westus3', 8, 40);
    it.run(300);
    const hpa = stampOf(it.world, 'westus3').kube.get('HorizontalPodAutoscaler', 'shop', 'web');
    if (hpa === null) throw new Error('no HPA');
    stampOf(it.world, 'westus3').kube.put({ ...hpa, spec: { ...Object(hpa['spec']), minReplicas: 60, maxReplicas: 60 } });
    it.run(900);
    expect(cluster.nodesOf('user1').filter(({ zone }) => zone === '3')).toHaveLength(before);
    expect(nodes(it, 'westus3')).toBe(8);
    const [one = 0, two = 0, three = 0] = zonesOf('web');
    expect(Math.max(one, two) - three).toBeLessThanOrEqual(1);
    expect(cluster.podCounts('web').pending).toBeGreaterThan(20);
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

describe('pods whose image cannot be pulled', () => {
  it('are placed and never ready, and say why; those that run go on; healed, they come', () => {
    const it = sample();
    it.run(60);
    const { cluster, kube } = stampOf(it.world, 'westus3');
    const before = cluster.podCounts('web');
    const id = it.world.faults.inject({ kind: 'imageMissing', stamp: 'westus3' });
    const hpa = kube.get('HorizontalPodAutoscaler', 'shop', 'web');
    if (hpa === null) throw new Error('no HPA');
    kube.put({ ...hpa, spec: { ...Object(hpa['spec']), minReplicas: before.all + 3, maxReplicas: before.all + 3 } });
    it.run(300);
    expect(cluster.podCounts('web')).toEqual({ all: before.all + 3, ready: before.ready, pending: 0 });
    const waiting = kube.list('Pod', 'shop').filter((pod) => at(pod, 'status', 'containerStatuses', 0, 'state', 'waiting', 'reason') === 'ImagePullBackOff');
    expect(waiting.map((pod) => at(pod, 'status', 'phase'))).toEqual(['Pending', 'Pending', 'Pending']);
    it.world.faults.heal(id);
    it.run(60);
    expect(cluster.podCounts('web').ready).toBe(before.all + 3);
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
