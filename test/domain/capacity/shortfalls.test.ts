import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildStampModel, freshStampFacts, sizeStamp, type StampSizing } from '../../../src/domain/capacity/index.ts';
import type { HpaFacts, StampFacts, WorkloadFacts } from '../../../src/domain/facts.ts';
import type { Stamp, Workload } from '../../../src/domain/fleet.ts';
import { known, unknown } from '../../../src/domain/reading.ts';
import { workloadsOf } from '../../../src/domain/workloadsOf.ts';
import { fleet, node, now, pool, stamp, stampFacts, workload, workloadFacts, type SmallFacts } from './smallStamp.ts';

/*
 * 1,600 requests/s at 100 a replica, ceiling 0.8, headroom 1.1: 1600 x 1.1 / 80 = 22 replicas of 1,000 millicores. The one
 * node has 4,000 millicores free: 4 pods. The other 18 need 5 nodes of 4.
 */
const requestsPerSecond = 1600;

interface Setting {
  readonly small?: SmallFacts;
  readonly where?: Stamp;
  readonly workloads?: readonly Workload[];
}

function size({ small = {}, where = stamp(), workloads = [workload('w')] }: Setting): StampSizing {
  const facts: StampFacts = freshStampFacts(stampFacts({ workloads: [workloadFacts('w')], ...small }), now);
  const whole = fleet(workloads, where);
  return sizeStamp(buildStampModel(where, workloadsOf(whole, where), facts), { loads: workloads.map(() => ({ now: null, after: requestsPerSecond })), policy: whole.policy });
}

const brief = (sizing: StampSizing): unknown[] => sizing.shortfalls.map(({ constraint, missing, unit }) => [constraint, missing, unit]);
const quota = (limit: number, used = 0) => ({ used, limit });
const plenty = quota(10_000);

describe('a stamp with room for everything', () => {
  it('needs 22 replicas and 5 nodes more, and is short of nothing', () => {
    const sizing = size({});
    expect(sizing.shortfalls).toEqual([]);
    expect(sizing.workloads[0]).toMatchObject({ replicasNeeded: 22, unplaced: 0 });
    expect(sizing.pools[0]).toMatchObject({ newNodes: 5, nodesNeeded: 6 });
    expect(sizing.reachable().nodesWanted).toEqual([6]);
    expect(sizing.cost).toEqual({ usdPerHour: 1, nodes: 5, pricedNodes: 5 });
    expect(sizing.readyInSeconds).toBe(240 + 15 + 20);
  });
});

const network = (overrides: object) => ({ network: known({ plugin: 'overlay' as const, podCidr: '10.244.0.0/16', subnets: [{ id: '/subnets/nodes', usedAddresses: 0, totalAddresses: 1000 }], outboundPortsPerNode: null, outboundPortsTotal: null, resourceQuotas: [], ...overrides }, now) });
const sku = (overrides: object) => ({ skus: known([{ name: 'Standard_D4s_v5', family: 'standardDSv5Family', vCpus: 4, memoryMiB: 16_384, zones: ['1', '2', '3'], restricted: null, ...overrides }], now) });
const owned = (how: 'keda' | 'flux', ignoresBounds: 'ignored' | 'reverted') => {
  const facts = workloadFacts('w');
  return { workloads: [{ ...facts, readyReplicas: 3, requestedReplicas: 3, scheduledReplicas: 3, hpa: facts.hpa === null ? null : { ...facts.hpa, owner: { kind: 'reconciler' as const, manager: `${how}-controller`, how, ignoresBounds } } }] };
};

const withHpaChange = (change: Partial<HpaFacts>): WorkloadFacts => {
  const facts = workloadFacts('w');
  return { ...facts, hpa: facts.hpa === null ? null : { ...facts.hpa, ...change } };
};

describe('every constraint: what is missing, of what, and what would mend it', () => {
  it.each<[string, Setting, unknown[], RegExp]>([
    ['vCPU quota of the family', { small: { facts: { quota: known({ regionalCores: plenty, lowPriorityCores: plenty, families: { standardDSv5Family: quota(16, 4) } }, now) } } }, ['vcpuQuotaFamily', 8, 'vCPU'], /standardDSv5Family in here from 16 to at least 24/],
    ['vCPU quota of the region', { small: { facts: { quota: known({ regionalCores: quota(10), lowPriorityCores: plenty, families: { standarddsv5family: plenty } }, now) } } }, ['vcpuQuotaRegion', 10, 'vCPU'], /from 10 to at least 20/],
    ['low-priority quota for spot nodes', { small: { pools: [pool('a', { spot: 'spot' })], facts: { quota: known({ regionalCores: quota(0), lowPriorityCores: quota(8), families: { standardDSv5Family: quota(0) } }, now) } } }, ['vcpuQuotaRegion', 12, 'vCPU'], /lowPriorityCores/],
    ['surgeMaxCount of the pool', { where: stamp({ cluster: { ...stamp().cluster, pools: [{ name: 'a', surgeMaxCount: 3 }] } }), small: { pools: [pool('a', { maxCount: 2 })] } }, ['poolMax', 3, 'nodes'], /surgeMaxCount of pool a from 3 to 6/],
    ['maxCount of a pool that is not ours', { where: stamp({ cluster: { ...stamp().cluster, pools: [{ name: 'b', surgeMaxCount: 50 }] } }), small: { pools: [pool('a', { maxCount: 4 })] } }, ['poolMax', 2, 'nodes'], /cluster\.pools/],
    ['addresses, overlay: one a node', { small: { facts: network({ subnets: [{ id: '/Subnets/Nodes', usedAddresses: 8, totalAddresses: 10 }] }) } }, ['subnetAddresses', 3, 'addresses'], /free 3 addresses/],
    ['addresses, flat: maxPods + 1 a node', { small: { facts: network({ plugin: 'flat', subnets: [{ id: '/subnets/nodes', usedAddresses: 0, totalAddresses: 100 }] }) } }, ['subnetAddresses', 55, 'addresses'], /larger subnet/],
    ['pod CIDR: a /24 a node', { small: { facts: network({ podCidr: '10.0.0.0/22' }) } }, ['podCidr', 2, 'nodes'], /holds 4 nodes/],
    ['outbound ports', { small: { facts: network({ outboundPortsPerNode: 8000, outboundPortsTotal: 24_000 }) } }, ['outboundPorts', 24_000, 'ports'], /add 1 outbound address/],
    ['a restricted SKU', { small: { facts: sku({ restricted: 'NotAvailableForSubscription', zones: [] }) } }, ['skuRestricted', 5, 'nodes'], /NotAvailableForSubscription/],
    ['a SKU that is not offered', { small: { facts: sku({ name: 'Standard_D8s_v5' }) } }, ['skuRestricted', 5, 'nodes'], /not offered/],
    ['zones that are all closed', { small: { pools: [pool('a', { zones: ['1'] })], nodes: [node('a', '1')], facts: sku({ zones: ['2', '3'] }) } }, ['zoneRestricted', 5, 'nodes'], /zones 1/],
    ['a busy pool', { small: { pools: [pool('a', { provisioningState: 'Upgrading' })] } }, ['poolBusy', 5, 'nodes'], /Upgrading/],
    ['a pool without autoscaler', { small: { pools: [pool('a', { autoscaled: 'fixed' })] } }, ['poolNotScalable', 5, 'nodes'], /cluster autoscaler/],
    ['a pool of single machines', { small: { pools: [pool('a', { kind: 'VirtualMachines' })] } }, ['poolNotScalable', 5, 'nodes'], /VirtualMachineScaleSets/],
    ['node auto-provisioning', { small: { pools: [pool('a', { kind: 'autoProvisioned' })] } }, ['poolNotScalable', 5, 'nodes'], /auto-provisioning/],
    ['a stopped pool', { small: { pools: [pool('a', { powerState: 'Stopped' })] } }, ['poolNotScalable', 5, 'nodes'], /start pool a/],
    ['a capacity reservation', { small: { pools: [pool('a', { capacityReservationGroupId: '/crg', reservedNodesFree: 2 })] } }, ['capacityReservation', 3, 'nodes'], /reserve 3 more Standard_D4s_v5/],
    ['no HPA', { small: { workloads: [{ ...workloadFacts('w'), hpa: null, requestedReplicas: 2 }] } }, ['hpaMax', 20, 'replicas'], /no HPA shop\/w/],
    ['an HPA of something else', { small: { workloads: [withHpaChange({ scales: 'Deployment/old' })] } }, ['hpaMax', 21, 'replicas'], /scales Deployment\/old, not Deployment\/w/],
    ['an HPA that 0 replicas switch off', { small: { workloads: [workloadFacts('w', {}, { requestedReplicas: 0 })] } }, ['hpaDisabled', 22, 'replicas'], /shop\/w is scaled to 0/],
    ['a rollout that is stuck, 2 of 3 pods ready', { small: { workloads: [workloadFacts('w', {}, { requestedReplicas: 3, scheduledReplicas: 3, readyReplicas: 2, rolloutStuck: 'ProgressDeadlineExceeded' })] } }, ['podsNotReady', 20, 'replicas'], /ProgressDeadlineExceeded.*roll it back/],
    ['pods of which as many fail as are ready', { small: { workloads: [workloadFacts('w', {}, { requestedReplicas: 4, scheduledReplicas: 4, readyReplicas: 2, failingReplicas: 2 })] } }, ['podsNotReady', 20, 'replicas'], /2 pods of shop\/w fail/],
    ['pods that ask for a device', { small: { workloads: [workloadFacts('w', {}, { otherRequests: ['nvidia.com/gpu'] })] } }, ['inputUnknown', 1, 'inputs'], /nvidia\.com\/gpu/],
    ['an HPA that KEDA owns', { small: owned('keda', 'reverted') }, ['hpaOwnedByReconciler', 19, 'replicas'], /ScaledObject/],
    ['an HPA that Flux reverts', { small: owned('flux', 'reverted') }, ['hpaOwnedByReconciler', 19, 'replicas'], /spec\.ignore/],
    ['a ResourceQuota on pods', { small: { facts: network({ resourceQuotas: [{ namespace: 'shop', resource: 'pods', used: 4, hard: 10 }] }) } }, ['resourceQuota', 16, 'pods'], /from 10 to at least 26/],
    ['a ResourceQuota on cpu', { small: { facts: network({ resourceQuotas: [{ namespace: 'shop', resource: 'cpu', used: 0, hard: 20_000 }, { namespace: 'other', resource: 'cpu', used: 0, hard: 0 }] }) } }, ['resourceQuota', 2000, 'millicores'], /shop/],
    ['a pod larger than any node', { small: { workloads: [workloadFacts('w', { cpuMillicores: 5000 })] } }, ['podTooLarge', 22, 'pods'], /larger size/],
  ])('%s', (_, setting, expected, fix) => {
    const sizing = size(setting);
    expect(brief(sizing)).toEqual([expected]);
    expect(sizing.shortfalls[0]?.fix).toMatch(fix);
  });

  it('moves the bounds of an HPA whose reconciler is told to ignore them', () => {
    expect(size({ small: owned('flux', 'ignored') }).shortfalls).toEqual([]);
  });
});

describe('pods that do not serve', () => {
  const running = (overrides: Partial<WorkloadFacts>): SmallFacts => ({ workloads: [workloadFacts('w', {}, { requestedReplicas: 22, scheduledReplicas: 22, readyReplicas: 22, ...overrides })] });

  it('are no room while they fail: as many others need a place', () => {
    // 22 are needed; 22 are there, 3 of which fail: 3 more, on the one node of 4 places
    expect(size({ small: running({ readyReplicas: 19, failingReplicas: 3 }) })).toMatchObject({ shortfalls: [], readyInSeconds: 15 + 20 });
    expect(brief(size({ small: { ...running({ readyReplicas: 19, failingReplicas: 3 }), nodes: [node('a', '', { cpuMillicores: 4000 }, 4)], pools: [pool('a', { autoscaled: 'fixed' })] } }))).toEqual([['poolNotScalable', 1, 'nodes']]);
  });

  it('take their time while they start', () => {
    expect(size({ small: running({}) }).readyInSeconds).toBe(0);
    // nodes that somebody else asked for are not waited for
    expect(size({ small: { ...running({}), pools: [pool('a', { count: 1, minCount: 4, maxCount: 6 })] } }).readyInSeconds).toBe(0);
    expect(size({ small: running({ readyReplicas: 19 }) })).toMatchObject({ shortfalls: [], readyInSeconds: 15 + 20 });
  });

  it('a rollout that is stuck is nothing to a load that the ready ones carry', () => {
    expect(size({ small: running({ rolloutStuck: 'ProgressDeadlineExceeded', failingReplicas: 2, scheduledReplicas: 24, requestedReplicas: 24 }) }).shortfalls).toEqual([]);
  });
});

describe('what is not known is never room', () => {
  it.each<[keyof StampFacts, RegExp]>([['pools', /pools are not known/], ['nodes', /nodes/], ['workloads', /state of the workloads/], ['quota', /quota is not known/], ['skus', /SKUs are not known/], ['network', /network/]])('%s', (input, fix) => {
    const sizing = size({ small: { facts: { [input]: unknown('Azure said nothing', now) } } });
    expect(sizing.shortfalls.length).toBeGreaterThan(0);
    expect(sizing.shortfalls.every(({ constraint }) => constraint === 'inputUnknown')).toBe(true);
    expect(sizing.shortfalls.some((one) => fix.test(one.fix))).toBe(true);
  });

  it.each<[keyof StampFacts, number]>([['pools', 60], ['nodes', 60], ['workloads', 60], ['quota', 300], ['network', 300], ['skus', 3600]])('%s may be %i s old, and no older', (input, seconds) => {
    const aged = (ageSeconds: number): StampSizing => {
      const reading = stampFacts({ workloads: [workloadFacts('w')] })[input];
      return size({ small: { facts: { [input]: { ...reading, observedAt: now - ageSeconds * 1000 } } } });
    };
    expect(aged(seconds).shortfalls).toEqual([]);
    expect(aged(seconds + 1).shortfalls[0]?.constraint).toBe('inputUnknown');
  });

  it('needs neither quota nor SKUs while no node is added', () => {
    const nodes = Array.from({ length: 6 }, () => node('a', ''));
    expect(size({ small: { nodes, pools: [pool('a', { count: 6 })], facts: { quota: unknown('gone', now), skus: unknown('gone', now) } } }).shortfalls).toEqual([]);
  });
});

it('pods without room are never without a reason', () => {
  const state = fc.record({
    zones: fc.constantFrom<string[]>([], ['1'], ['1', '2'], ['1', '2', '3']), count: fc.nat(3), maxCount: fc.integer({ min: 1, max: 4 }), kind: fc.constantFrom('VirtualMachineScaleSets' as const, 'VirtualMachines' as const),
    provisioningState: fc.constantFrom('Succeeded', 'Upgrading'), vmSize: fc.constantFrom('Standard_D4s_v5', 'Standard_E4s_v5'), spot: fc.constantFrom('regular' as const, 'spot' as const),
  });
  const skus = fc.record({ vCpus: fc.constantFrom(0, 4), memoryMiB: fc.constantFrom(0, 16_384), zones: fc.constantFrom<string[]>([], ['1'], ['2', '3'], ['1', '2', '3']), restricted: fc.constantFrom(null, 'NotAvailableForSubscription') });
  const request = fc.record({ cpuMillicores: fc.constantFrom(0, 500, 3000, 9000), memoryMiB: fc.constantFrom(0, 1000, 9000), ephemeralStorageMiB: fc.constantFrom(0, 40_000) });
  const spread = fc.constantFrom('none', 'topology.kubernetes.io/zone', 'kubernetes.io/hostname');
  let short = 0;
  fc.assert(
    fc.property(state, state, skus, request, spread, fc.constantFrom(['a'], ['b'], ['a', 'b'], ['c']), (a, b, size4, asked, topologyKey, names) => {
      const pools = [pool('a', { ...a, minCount: 0 }), pool('b', { ...b, minCount: 0 })];
      const nodes = pools.flatMap((one) => Array.from({ length: one.count }, (_, at) => node(one.name, one.zones[at % Math.max(1, one.zones.length)] ?? '')));
      const facts = workloadFacts('w', asked, { topologySpread: topologyKey === 'none' ? [] : [{ topologyKey, maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] });
      const where = stamp({ cluster: { ...stamp().cluster, pools: [{ name: 'a', surgeMaxCount: 3 }, { name: 'b', surgeMaxCount: 3 }] } });
      const sizing = size({ where, workloads: [workload('w', { pools: names })], small: { pools, nodes, workloads: [facts], facts: sku(size4) } });
      const without = sizing.workloads.some(({ unplaced }) => unplaced > 0);
      if (without) short += 1;
      expect(without && sizing.shortfalls.length === 0).toBe(false);
    }),
    { numRuns: 500 },
  );
  expect(short).toBeGreaterThan(50);
});

describe('the chain: this pool, its other zones, another pool', () => {
  it('goes on to the next pool where the first one is full', () => {
    const where = stamp({ cluster: { ...stamp().cluster, pools: [{ name: 'a', surgeMaxCount: 3 }, { name: 'b', surgeMaxCount: 10 }] } });
    const sizing = size({ where, workloads: [workload('w', { pools: ['a', 'b'] })], small: { pools: [pool('b', { count: 1 }), pool('a', { maxCount: 3 })], nodes: [node('a', ''), node('b', '', { cpuMillicores: 4000 }, 4)] } });
    expect(sizing.shortfalls).toEqual([]);
    expect(sizing.pools.map(({ newNodes }) => newNodes)).toEqual([2, 3]);
  });

  it('uses the zones that are open, unless pods must be spread over the closed one', () => {
    const zoned = { pools: [pool('a', { zones: ['1', '2'], count: 2 })], nodes: [node('a', '1'), node('a', '2')], facts: sku({ zones: ['1'] }) };
    expect(size({ small: zoned }).shortfalls).toEqual([]);
    const spread = workloadFacts('w', {}, { topologySpread: [{ topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] });
    const short = size({ small: { ...zoned, workloads: [spread] } });
    expect(brief(short)).toEqual([['zoneRestricted', 2, 'nodes']]);
    // 4 fit in each zone as it is: the open one gets no fifth, and so no node.
    expect(short.reachable()).toEqual({ replicas: [8], nodesWanted: [2] });
  });

  it.each([
    // 7 in each: two zones may be one ahead of the full one.
    [21, [], [22]],
    // 7, 7 and 6, and nobody knows that the full one is not the one with 6: the others are one ahead already.
    [20, [['zoneRestricted', 1, 'nodes']], [20]],
  ])('lets no zone run ahead of a closed and full one by more than the skew: %i pods are there', (bound, shortfalls, replicas) => {
    const zones = ['1', '2', '3'];
    const room = zones.slice(0, 2).flatMap((zone) => [node('a', zone), node('a', zone)]);
    const spread = workloadFacts('w', {}, { scheduledReplicas: bound, readyReplicas: bound, requestedReplicas: bound, topologySpread: [{ topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] });
    const sizing = size({ small: { pools: [pool('a', { zones, count: 5 })], nodes: [...room, node('a', '3', { cpuMillicores: 4000 }, 4)], workloads: [spread], facts: sku({ zones: ['1', '2'] }) } });
    expect(brief(sizing)).toEqual(shortfalls);
    expect(sizing.reachable().replicas).toEqual(replicas);
  });

  it('tries a pool with reserved capacity first and one that failed last', () => {
    const where = stamp({ cluster: { ...stamp().cluster, pools: ['a', 'b', 'c'].map((name) => ({ name, surgeMaxCount: 100 })) } });
    const full = (name: string) => node(name, '', { cpuMillicores: 4000 }, 4);
    const sizing = size({ where, workloads: [workload('w', { pools: ['a', 'b', 'c'] })], small: { pools: [pool('a', { provisioningState: 'Failed' }), pool('b'), pool('c', { capacityReservationGroupId: '/crg', reservedNodesFree: 4 })], nodes: [full('a'), full('b'), full('c')] } });
    expect(sizing.shortfalls).toEqual([]);
    expect(sizing.pools.map(({ newNodes }) => newNodes)).toEqual([4, 2, 0]);
  });

  it('leaves the lower tiers without room where it is short', () => {
    const workloads = [workload('later', { tier: 3 }), workload('first', { tier: 1 })];
    const where = stamp({ cluster: { ...stamp().cluster, pools: [{ name: 'a', surgeMaxCount: 6 }] } });
    const sizing = size({ where, workloads, small: { workloads: [workloadFacts('later', { cpuMillicores: 2000 }), workloadFacts('first')] } });
    expect(sizing.workloads.map(({ unplaced }) => unplaced)).toEqual([21, 0]);
    expect(brief(sizing)).toEqual([['poolMax', 11, 'nodes']]);
  });
});

describe('replicas that may not be', () => {
  const podsLeft = (left: number) => network({ resourceQuotas: [{ namespace: 'shop', resource: 'pods', used: 4, hard: 4 + left }] });

  it('get no nodes: 10 pods of 22 are let be, of which 4 find room', () => {
    const sizing = size({ small: { facts: podsLeft(10) } });
    expect(sizing.workloads[0]).toMatchObject({ replicasNeeded: 22 });
    expect(sizing.pools[0]).toMatchObject({ nodesNeeded: 6 });
    expect(sizing.reachable()).toEqual({ replicas: [10], nodesWanted: [3] });
    expect(brief(sizing)).toEqual([['resourceQuota', 12, 'pods']]);
  });

  it('are of the lower tiers first', () => {
    const sizing = size({ workloads: [workload('later', { tier: 3 }), workload('first', { tier: 1 })], small: { workloads: [workloadFacts('later'), workloadFacts('first')], facts: podsLeft(25) } });
    expect(sizing.reachable().replicas).toEqual([3, 22]);
  });

  it('a quota of another namespace lets all be', () => {
    const other = network({ resourceQuotas: [{ namespace: 'other', resource: 'pods', used: 1, hard: 1 }] });
    expect(size({ small: { facts: other } }).reachable().replicas).toEqual([22]);
  });
});

describe('a spread over nodes', () => {
  const spread = (bound: number) => workloadFacts('w', {}, { scheduledReplicas: bound, readyReplicas: bound, requestedReplicas: bound, topologySpread: [{ topologyKey: 'kubernetes.io/hostname', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] });

  it('keeps pods even where every node has room for its part', () => {
    const nodes = Array.from({ length: 11 }, () => node('a', ''));
    expect(size({ small: { nodes, pools: [pool('a', { count: 11 })], workloads: [spread(0)] } }).pools[0]?.newNodes).toBe(0);
  });

  it('lets nodes run ahead of a full one by the skew alone, and fills new ones up to that', () => {
    // 18 pods more on 4 nodes with one pod each, of which one is full: 3 take one more, and 15 go to new nodes of 2.
    const nodes = [node('a', '', { cpuMillicores: 4000 }, 4), ...Array.from({ length: 3 }, () => node('a', '', { cpuMillicores: 1000 }, 1))];
    expect(size({ small: { nodes, pools: [pool('a', { count: 4 })], workloads: [spread(4)] } }).pools[0]?.newNodes).toBe(8);
  });
});

describe('pods that share no node with their own kind', () => {
  const apart = (bound: number) => workloadFacts('w', {}, { scheduledReplicas: bound, readyReplicas: bound, requestedReplicas: Math.max(1, bound), apartOver: ['kubernetes.io/hostname'] });
  const nodes = (count: number) => ({ nodes: Array.from({ length: count }, () => node('a', '')), pools: [pool('a', { count })] });

  it('take one on each node that has none, and a new node each', () => {
    // 22 are needed and 3 run: 5 nodes, 2 of them without one; 17 more
    expect(size({ small: { ...nodes(5), workloads: [apart(3)] } })).toMatchObject({ shortfalls: [], pools: [{ newNodes: 17 }] });
    expect(size({ small: { ...nodes(22), workloads: [apart(0)] } }).pools[0]?.newNodes).toBe(0);
    expect(size({ small: { ...nodes(3), workloads: [apart(3)] } }).pools[0]?.newNodes).toBe(19);
  });

  it('leave what is left of a node to others', () => {
    const workloads = [workload('w'), workload('v')];
    // 22 of w on 22 nodes beside 3 of v each
    expect(size({ workloads, small: { ...nodes(1), workloads: [apart(0), workloadFacts('v')] } }).pools[0]?.newNodes).toBe(21);
  });

  it('over anything else but nodes are not reckoned with', () => {
    const zoned = workloadFacts('w', {}, { apartOver: ['topology.kubernetes.io/zone'] });
    const racked = workloadFacts('w', {}, { topologySpread: [{ topologyKey: 'example.com/rack', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] });
    for (const facts of [zoned, racked]) expect(brief(size({ small: { workloads: [facts] } }))).toEqual([['inputUnknown', 1, 'inputs']]);
  });
});

describe('nodes that do not count', () => {
  it('takes no pods on nodes that are cordoned or not ready, and asks for as many more', () => {
    const nodes = [node('a', ''), node('a', '', {}, 0, { ready: 'notReady' }), node('a', '', {}, 0, { schedulable: 'cordoned' })];
    const sizing = size({ small: { nodes, pools: [pool('a', { count: 3 })] } });
    expect(sizing.pools[0]).toMatchObject({ newNodes: 5, nodesNeeded: 8 });
    expect(sizing.reachable().nodesWanted).toEqual([6]);
  });

  it('counts nodes that were asked for already, once', () => {
    const sizing = size({ small: { pools: [pool('a', { count: 1, minCount: 4, maxCount: 6 })] } });
    expect(sizing.pools[0]).toMatchObject({ newNodes: 2, nodesNeeded: 6 });
    expect(sizing.reachable().nodesWanted).toEqual([6]);
  });

  it('counts on none of a failed pool that are not there, whatever its count says', () => {
    const missingThree = (provisioningState: string) => size({ small: { pools: [pool('a', { count: 4, maxCount: 6, provisioningState })] } });
    expect(missingThree('Succeeded').pools[0]).toMatchObject({ newNodes: 2 });
    expect(missingThree('Failed').pools[0]).toMatchObject({ newNodes: 5 });
  });

  it('keeps the quota that these will take', () => {
    const sizing = size({ small: { pools: [pool('a', { count: 1, minCount: 4, maxCount: 6 })], facts: { quota: known({ regionalCores: plenty, lowPriorityCores: plenty, families: { standardDSv5Family: quota(16, 4) } }, now) } } });
    expect(brief(sizing)).toEqual([['vcpuQuotaFamily', 8, 'vCPU']]);
  });

  it('takes the template of an empty pool from its SKU, less what AKS reserves', () => {
    const sizing = size({ workloads: [workload('w', { pools: ['b'] })], small: { pools: [pool('a'), pool('b', { count: 0, minCount: 0 })] } });
    // 4 cores less 140 millicores leave 3 pods a node: 22 pods need 8.
    expect(sizing.pools[0]).toMatchObject({ newNodes: 8, nodesNow: 0 });
    // of a size with 4 vCPU of which 2 can be used, less 100 millicores: 1 pod a node
    expect(size({ workloads: [workload('w', { pools: ['b'] })], small: { pools: [pool('a'), pool('b', { count: 0, minCount: 0 })], facts: sku({ usableVCpus: 2 }) } }).pools[0]).toMatchObject({ newNodes: 22 });
  });
});
