import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../src/domain/reading.ts';
import type { StampFacts, WorkloadFacts } from '../../../src/domain/facts.ts';
import { now } from '../../domain/check/fixture.ts';
import { askAbout, hpa, nodes, pool, setting, stampValues, subnetOf, webWorkload, withReadings, workload, type Setting, type SettingChange, type StampValues } from './whatIfFleet.ts';

/**
 * What-ifs over HTTP, each with the arithmetic by which its answer can be redone by hand. The fleet they start from is
 * described in whatIfFleet.ts: two regions of 800 requests/s, 10 replicas, 3 nodes of 4 places, 2 of them free. Losing one
 * leaves the other with 1,600 requests/s: 1600 / (100 x 0.8) = 20 replicas, 10 more, 2 of which fit; 8 / 4 = 2 new nodes.
 */
const pair = ['eastus2', 'westus3'];
const survivor = 'westus3';

/** Changes of the survivor alone. */
const there = (change: (plain: StampValues) => Partial<StampValues>, rest: SettingChange = {}): Setting =>
  setting(pair, { ...rest, values: (region, plain) => (region === survivor ? change(plain) : {}) });

const loseEast = { lose: ['eastus2'] };

const quota = (familyLeft: number, regionLeft: number): Partial<StampValues> => ({
  quota: { regionalCores: { used: 100, limit: 100 + regionLeft }, lowPriorityCores: { used: 0, limit: 0 }, families: { standardDSv5Family: { used: 100, limit: 100 + familyLeft } } },
});
const sku = (change: Partial<StampValues['skus'][number]>): Partial<StampValues> => ({ skus: stampValues(survivor).skus.map((one) => ({ ...one, ...change })) });
const network = (change: Partial<StampValues['network']>): Partial<StampValues> => ({ network: { ...stampValues(survivor).network, ...change } });
const subnet = (free: number): StampValues['network']['subnets'] => [{ id: subnetOf(survivor), usedAddresses: 100, totalAddresses: 100 + free }];
const withPool = (change: Parameters<typeof pool>[1]): Partial<StampValues> => ({ pools: [pool('user1', change)] });
const owned = (how: 'keda' | 'flux', ignoresBounds: 'ignored' | 'reverted'): Partial<StampValues> => ({ workloads: [workload('web', { hpa: hpa('web', { owner: { kind: 'reconciler', manager: how === 'keda' ? 'keda-operator' : 'kustomize-controller', how, ignoresBounds } }) })] });
const resourceQuota = (resource: 'cpu' | 'memory' | 'pods', used: number, hard: number): Partial<StampValues> => network({ resourceQuotas: [{ namespace: 'shop', resource, used, hard }] });
const zoned = (zones: readonly string[], spread: 'spread' | 'anywhere'): Partial<StampValues> => ({
  ...sku({ zones }), pools: [pool('user1', { zones: ['1', '2', '3'] })], nodes: nodes([4, 3, 3], 'user1', (index) => `${survivor}-${index + 1}`),
  workloads: [workload('web', { topologySpread: spread === 'spread' ? [{ topologyKey: 'topology.kubernetes.io/zone', maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' }] : [] })],
});

describe('one survivor, and room for it', () => {
  it('answers in the published shape, to the field', async () => {
    const { status, headers, body } = await askAbout(setting(pair)).simulate(loseEast);
    expect([status, headers['Content-Type'] ?? 'application/json']).toEqual([200, 'application/json']);
    expect(body).toMatchObject({
      survives: true, binding: null,
      stamps: [{
        stamp: 'westus3', requestsPerSecond: { now: 800, after: 1600 }, workloads: [{ name: 'web', replicasNow: 10, replicasNeeded: 20, hpaMax: 15 }],
        pools: [{ name: 'user1', nodesNow: 3, nodesNeeded: 5, maxCount: 5 }], shortfalls: [],
      }],
      surgeCostPerHour: { amount: 0.4, currency: 'USD', covers: { nodes: 2, of: 2 } }, // 2 nodes x 0.20
      usersAffected: { requestsPerSecond: 800, share: 0.5, latencyMs: { now: 10, after: 30, covers: 1 } }, // 10 ms to their own region, 20 ms more to the next
      readyInSeconds: 240 + 15 + 25, // a node, the HPA's look, a pod
      unknown: [],
    });
  });

  it.each<[string, Setting, unknown, { after?: number; replicas: number; nodes: number; cost?: number; ready?: number }]>([
    ['demand x 1.5: 2400 / 80 = 30; 20 more, 2 fit; 18 / 4 = 4.5', setting(pair), { ...loseEast, demandFactor: 1.5 }, { after: 2400, replicas: 30, nodes: 3 + 5, cost: 1 }],
    ['demand x 0.5: 800 is what it has: nothing is needed', setting(pair), { ...loseEast, demandFactor: 0.5 }, { after: 800, replicas: 10, nodes: 3, cost: 0, ready: 0 }],
    ['ceiling 0.5: 1600 / 50 = 32; 22 more, 2 fit; 20 / 4 = 5', setting(pair), { ...loseEast, policy: { utilisationCeiling: 0.5 } }, { replicas: 32, nodes: 3 + 5, cost: 1 }],
    ['headroom 1.5: 1600 x 1.5 / 80 = 30', setting(pair), { ...loseEast, policy: { headroomFactor: 1.5 } }, { after: 1600, replicas: 30, nodes: 3 + 5 }],
    ['a forecast of 1,200 in each region: 2400 / 1600 = 1.5 times the demand', setting(pair, { values: (_, { load }) => ({ load: { ...load, forecastRequestsPerSecond: 1200 } }) }), loseEast, { after: 2400, replicas: 30, nodes: 3 + 5 }],
    ['utilisation rule: 10 x (60 / 50) x (1600 / 800) = 24; 14 more, 2 fit; 12 / 4 = 3', there(() => ({ workloads: [workload('web', { hpa: hpa('web', { targetCpuUtilisationPercent: 50, currentCpuUtilisationPercent: 60 }) })] })), loseEast, { replicas: 24, nodes: 3 + 3 }],
    ['a disruption budget of 25: 15 more, 2 fit; 13 / 4 = 3.25', there(() => ({ workloads: [workload('web', { disruptionBudgetMinAvailable: 25 })] })), loseEast, { replicas: 25, nodes: 3 + 4 }],
    ['two nodes are on their way: minCount 5 of 3, and no more is bought', there(() => withPool({ minCount: 5 })), loseEast, { replicas: 20, nodes: 5, cost: 0, ready: 280 }],
    ['one node is cordoned with its free place: 9 / 4 = 2.25', there(() => ({ nodes: nodes([4, 3, 3]).map((node, index) => (index === 2 ? { ...node, schedulable: 'cordoned' as const } : node)) })), loseEast, { replicas: 20, nodes: 3 + 3 }],
    ['the place is there already: 5 empty nodes hold 12 + 20', there(() => ({ pools: [pool('user1', { count: 8 })], nodes: nodes([4, 3, 3, 0, 0, 0, 0, 0]) })), loseEast, { replicas: 20, nodes: 8, cost: 0, ready: 15 + 25 }],
    ['memory binds: a node of 6,000 MiB holds 6 pods by cpu 4, by memory of 2,500 MiB 2; 10 / 2 = 5', there(() => ({ nodes: nodes([4, 4, 4]).map((node) => ({ ...node, allocatable: { ...node.allocatable, memoryMiB: 6000 } })), workloads: [workload('web', { podRequests: { cpuMillicores: 1000, memoryMiB: 2500, ephemeralStorageMiB: 0 } })] })), loseEast, { replicas: 20, nodes: 3 + 5 }],
    ['pod slots bind: 3 a node, all taken; 10 / 3 = 3.3', there(() => ({ nodes: nodes([3, 3, 3]).map((node) => ({ ...node, allocatablePods: 3 })) })), loseEast, { replicas: 20, nodes: 3 + 4 }],
    ['a daemonset of 1,000 millicores on each node leaves 3 places; 10 / 3 = 3.3', there(() => ({ nodes: nodes([4, 4, 4]).map((node) => ({ ...node, daemonsets: { cpuMillicores: 1000, memoryMiB: 0, ephemeralStorageMiB: 0 }, daemonsetPods: 1 })) })), loseEast, { replicas: 20, nodes: 3 + 4 }],
    ['one zone of three is closed, nothing must be spread: the other two take both nodes', there(() => zoned(['1', '2'], 'anywhere')), loseEast, { replicas: 20, nodes: 5 }],
    ['exactly the quota that is needed: 2 x 4 vCPU', there(() => quota(8, 8)), loseEast, { replicas: 20, nodes: 5 }],
    ['Flux is told to leave the bounds alone', there(() => owned('flux', 'ignored')), loseEast, { replicas: 20, nodes: 5 }],
  ])('%s', async (_, given, body, { after, replicas, nodes: wanted, cost, ready }) => {
    const answered = await askAbout(given).simulate(body);
    expect(answered.body).toMatchObject({ survives: true, binding: null, unknown: [], stamps: [{ stamp: survivor, workloads: [{ replicasNeeded: replicas }], pools: [{ nodesNeeded: wanted }], shortfalls: [] }] });
    if (after !== undefined) expect(answered.body.stamps[0].requestsPerSecond.after).toBeCloseTo(after, 3);
    if (cost !== undefined) expect(answered.body.surgeCostPerHour).toMatchObject({ amount: cost, currency: 'USD' });
    if (ready !== undefined) expect(answered.body.readyInSeconds).toBe(ready);
  });
});

describe('one survivor, and something is short', () => {
  it.each<[string, Setting, string, number, string, RegExp]>([
    ['family quota: 2 x 4 = 8 vCPU, 5 left', there(() => quota(5, 100)), 'vcpuQuotaFamily', 3, 'vCPU', /standardDSv5Family in westus3 from 105 to at least 108/],
    ['regional quota: 8 vCPU, 2 left', there(() => quota(100, 2)), 'vcpuQuotaRegion', 6, 'vCPU', /cores in westus3 from 102 to at least 108/],
    ['of two the one that covers less binds: family 5 of 8, region 2 of 8', there(() => quota(5, 2)), 'vcpuQuotaRegion', 6, 'vCPU', /cores/],
    ['more of the quota is taken than allowed: 120 of 100, so 8 + 20', there(() => ({ quota: { regionalCores: { used: 120, limit: 1000 }, lowPriorityCores: { used: 0, limit: 0 }, families: { standardDSv5Family: { used: 120, limit: 100 } } } })), 'vcpuQuotaFamily', 28, 'vCPU', /from 100 to at least 128/],
    ['spot nodes take low-priority quota alone: 8 vCPU, none left', there(() => ({ ...quota(100, 100), ...withPool({ spot: 'spot' }), prices: [{ vmSize: 'Standard_D4s_v5', spot: 'spot', usdPerHour: 0.03 }] })), 'vcpuQuotaRegion', 8, 'vCPU', /lowPriorityCores/],
    ['nodes on their way take quota first: 6 left, 4 of it for a node that was asked for; 1 of 2 nodes is new', there(() => ({ ...quota(6, 100), ...withPool({ minCount: 4 }) })), 'vcpuQuotaFamily', 2, 'vCPU', /standardDSv5Family/],
    ['the size is refused', there(() => sku({ restricted: 'NotAvailableForSubscription', zones: [] })), 'skuRestricted', 2, 'nodes', /NotAvailableForSubscription/],
    ['the size is not offered', there(() => sku({ name: 'Standard_D8s_v5' })), 'skuRestricted', 2, 'nodes', /not offered/],
    ['all zones of the pool are closed', there(() => zoned([], 'anywhere')), 'zoneRestricted', 2, 'nodes', /zones 1, 2, 3/],
    ['zone 3 is closed to a spread workload: it has 1 place for 3 pods, so 1 node', there(() => zoned(['1', '2'], 'spread')), 'zoneRestricted', 1, 'nodes', /zone 3/],
    ['subnet, overlay: 1 address a node, 1 left of 2', there(() => network({ subnets: subnet(1) })), 'subnetAddresses', 1, 'addresses', /free 1 addresses in subnet nodes/],
    ['subnet, flat: 30 pods + 1 a node, 62 in all, 40 left', there(() => network({ plugin: 'flat', podCidr: null, subnets: subnet(40) })), 'subnetAddresses', 22, 'addresses', /free 22 addresses/],
    ['subnet of the pods: 30 pods by blocks of 16 are 32 addresses a node, 64 in all, 40 left', there(() => ({ ...network({ plugin: 'flat', podCidr: null, subnets: [...subnet(100), { id: '/subnets/pods', usedAddresses: 0, totalAddresses: 40 }] }), ...withPool({ podSubnetId: '/subnets/pods' }) })), 'subnetAddresses', 24, 'addresses', /subnet pods/],
    ['pod CIDR: a /22 holds 4 nodes, 5 are needed', there(() => network({ podCidr: '10.244.0.0/22' })), 'podCidr', 1, 'nodes', /holds 4 nodes/],
    ['outbound ports: 16,000 a node of 64,000, so 4 nodes; 2 x 16000 - (64000 - 3 x 16000)', there(() => network({ outboundPortsPerNode: 16_000, outboundPortsTotal: 64_000 })), 'outboundPorts', 16_000, 'ports', /add 1 outbound addresses/],
    ['pool max: the fleet file allows 4 nodes, 5 are needed', setting(pair, { fleet: { stamps: (stamp) => ({ ...stamp, cluster: { ...(stamp['cluster'] as object), pools: [{ name: 'user1', surgeMaxCount: 4 }] } }) }, values: () => withPool({ maxCount: 4 }) }), 'poolMax', 1, 'nodes', /surgeMaxCount of pool user1 from 4 to 5/],
    ['the pool is busy', there(() => withPool({ provisioningState: 'Upgrading' })), 'poolBusy', 2, 'nodes', /Upgrading/],
    ['a pool of type VirtualMachines', there(() => withPool({ kind: 'VirtualMachines' })), 'poolNotScalable', 2, 'nodes', /VirtualMachines/],
    ['a pool of node auto-provisioning', there(() => withPool({ kind: 'autoProvisioned' })), 'poolNotScalable', 2, 'nodes', /auto-provisioning/],
    ['a pool without autoscaler', there(() => withPool({ autoscaled: 'fixed', minCount: 3, maxCount: 3 })), 'poolNotScalable', 2, 'nodes', /autoscaler/],
    ['a stopped pool', there(() => withPool({ powerState: 'Stopped' })), 'poolNotScalable', 2, 'nodes', /start pool/],
    ['a capacity reservation with 1 machine left of 2', there(() => withPool({ capacityReservationGroupId: '/g', reservedNodesFree: 1 })), 'capacityReservation', 1, 'nodes', /reserve 1 more/],
    ['no HPA: 20 replicas, 10 are set', there(() => ({ workloads: [workload('web', { hpa: null })] })), 'hpaMax', 10, 'replicas', /create it, or set 20 replicas/],
    ['the fleet file allows 16 replicas, 20 are needed', setting(pair, { fleet: { workloads: [{ ...webWorkload, surgeMaxReplicas: 16 }] } }), 'hpaMax', 4, 'replicas', /surgeMaxReplicas of workload web from 16 to 20/],
    ['KEDA owns the HPA: 20 replicas, 10 are there', there(() => owned('keda', 'reverted')), 'hpaOwnedByReconciler', 10, 'replicas', /ScaledObject/],
    ['Flux owns the HPA', there(() => owned('flux', 'reverted')), 'hpaOwnedByReconciler', 10, 'replicas', /ssa: IfNotPresent/],
    ['ResourceQuota on cpu: 10 x 1000, 4000 left', there(() => resourceQuota('cpu', 10_000, 14_000)), 'resourceQuota', 6000, 'millicores', /from 14000 to at least 20000/],
    ['ResourceQuota on memory: 10 x 1000 MiB, 8000 left', there(() => resourceQuota('memory', 10_000, 18_000)), 'resourceQuota', 2000, 'MiB', /shop/],
    ['ResourceQuota on pods: 10, 3 left', there(() => resourceQuota('pods', 10, 13)), 'resourceQuota', 7, 'pods', /shop/],
    ['ResourceQuota on limits: 10 x 2000 millicores, 15000 left', there(() => ({ ...network({ resourceQuotas: [{ namespace: 'shop', resource: 'cpuLimits', used: 20_000, hard: 35_000 }] }), workloads: [workload('web', { podLimits: { cpuMillicores: 2000, memoryMiB: 0, ephemeralStorageMiB: 0 } })] })), 'resourceQuota', 5000, 'millicores', /cpuLimits/],
    ['a pod of 5,000 millicores, on nodes of 4,000', there(() => ({ workloads: [workload('web', { podRequests: { cpuMillicores: 5000, memoryMiB: 1000, ephemeralStorageMiB: 0 } })] })), 'podTooLarge', 10, 'pods', /larger size/],
    ['the survivor is unhealthy: it would gain 800', setting(pair, { verdicts: { [survivor]: 'unhealthy' } }), 'survivorUnhealthy', 800, 'requests/s', /back to health/],
  ])('%s', async (_, given, constraint, missing, unit, fix) => {
    const { status, body } = await askAbout(given).simulate(loseEast);
    expect(status).toBe(200);
    expect(body).toMatchObject({ survives: false, readyInSeconds: null, binding: { stamp: survivor, constraint, missing, unit }, unknown: [] });
    expect(body.binding.fix).toMatch(fix);
    if (constraint !== 'survivorUnhealthy') expect(body.stamps[0].shortfalls).toContainEqual({ constraint, missing, unit, fix: body.binding.fix });
  });
});

it('counts what is missing however much it is: 160,000 requests/s are 2,000 replicas, 1,990 more, 2 fit; 1988 / 4 = 497 nodes, of which the pool may have 97', async () => {
  const { body } = await askAbout(setting(pair)).simulate({ ...loseEast, demandFactor: 100 });
  expect(body).toMatchObject({ survives: false, binding: { constraint: 'poolMax', missing: 400, unit: 'nodes' }, stamps: [{ requestsPerSecond: { after: 160_000 }, workloads: [{ replicasNeeded: 2000 }], pools: [{ nodesNeeded: 500 }] }] });
  expect(body.stamps[0].shortfalls.map(({ constraint, missing }: { constraint: string; missing: number }) => [constraint, missing])).toEqual([
    ['poolMax', 400], // 97 of 497 are allowed: 20 %
    ['vcpuQuotaRegion', 1000], // 497 x 4 = 1988, 988 left: 49.7 %
    ['vcpuQuotaFamily', 1000],
    ['subnetAddresses', 249], // 251 - 3 of 497 are free: 49.9 %
    ['podCidr', 244], // a /16 holds 256 nodes, 3 are there: 253 of 497, 50.9 %
  ]);
});

describe('what is missing is never room', () => {
  const gone = unknown('403 Forbidden', now);

  it.each<[keyof StampFacts]>([['pools'], ['nodes'], ['workloads'], ['quota'], ['skus'], ['network'], ['load'], ['gate']])('%s of the survivor', async (input) => {
    const given = setting(pair, { facts: (facts) => withReadings(facts, survivor, () => ({ [input]: gone })) });
    const { body } = await askAbout(given).simulate(loseEast);
    expect(body).toMatchObject({ survives: false, readyInSeconds: null, binding: { stamp: survivor, constraint: 'inputUnknown', unit: expect.stringMatching(/inputs|nodes/) } });
    expect(body.unknown).toContainEqual({ input: `${survivor}.${input}`, why: '403 Forbidden' });
  });

  it.each<[string, Partial<Record<keyof StampFacts, typeof gone>>, unknown]>([
    ['pools', { pools: gone }, { workloads: [{ replicasNow: 10, replicasNeeded: 20 }], pools: [] }],
    ['nodes', { nodes: gone }, { workloads: [{ replicasNow: 10, replicasNeeded: 20 }], pools: [{ nodesNow: 3, nodesNeeded: null, maxCount: 5 }] }],
    ['workloads', { workloads: gone }, { workloads: [{ name: 'web', replicasNow: null, replicasNeeded: 20, hpaMax: null }], pools: [{ nodesNow: 3, nodesNeeded: null }] }],
  ])('without its %s nobody knows how many nodes it takes, nor what they cost', async (_, readings, stamp) => {
    const given = setting(pair, { facts: (facts) => withReadings(facts, survivor, () => readings) });
    expect((await askAbout(given).simulate(loseEast)).body).toMatchObject({ survives: false, stamps: [stamp], surgeCostPerHour: { amount: null, covers: { nodes: 0, of: null } } });
  });

  it.each<keyof StampFacts>(['quota', 'skus', 'network'])('without its %s it is still known how many nodes it takes: 2 x 0.20', async (input) => {
    const given = setting(pair, { facts: (facts) => withReadings(facts, survivor, () => ({ [input]: gone })) });
    expect((await askAbout(given).simulate(loseEast)).body).toMatchObject({ survives: false, stamps: [{ pools: [{ nodesNeeded: 5 }] }], surgeCostPerHour: { amount: 0.4, covers: { nodes: 2, of: 2 } } });
  });

  it('what is known of the nodes of one survivor is told beside what is not known of another', async () => {
    // centralus is lost: 1,200 for each of the others, 1 node each
    const given = setting(['eastus2', 'centralus', 'westus3'], { facts: (facts) => withReadings(facts, 'westus3', () => ({ nodes: gone })) });
    expect((await askAbout(given).simulate({ lose: ['centralus'] })).body).toMatchObject({ survives: false, stamps: [{ pools: [{ nodesNeeded: 4 }] }, { pools: [{ nodesNeeded: null }] }], surgeCostPerHour: { amount: 0.2, covers: { nodes: 1, of: null } } });
  });

  it.each<[string, Partial<WorkloadFacts>]>([
    ['ask for no cpu', { podRequests: { cpuMillicores: 0, memoryMiB: 1000, ephemeralStorageMiB: 0 } }],
    ['ask for GPUs', { otherRequests: ['nvidia.com/gpu'] }],
    ['must be kept apart over racks', { apartOver: ['example.com/rack'] }],
  ])('pods that %s take an unknown number of nodes', async (_, change) => {
    expect((await askAbout(there(() => ({ workloads: [workload('web', change)] }))).simulate(loseEast)).body).toMatchObject({ survives: false, stamps: [{ pools: [{ nodesNeeded: null }] }], surgeCostPerHour: { amount: null, covers: { of: null } } });
  });

  it.each<[keyof StampFacts, number]>([['pools', 60], ['nodes', 60], ['workloads', 60], ['quota', 300], ['network', 300], ['skus', 3600], ['load', 600]])('%s older than %i s, counted to the moment of asking', async (input, seconds) => {
    const aged = (ageSeconds: number): Setting => setting(pair, { facts: (facts) => withReadings(facts, survivor, (stamp) => ({ [input]: { ...stamp[input], observedAt: now + 30_000 - ageSeconds * 1000 } })) });
    expect((await askAbout(aged(seconds), now + 30_000).simulate(loseEast)).body).toMatchObject({ survives: true, unknown: [] });
    expect((await askAbout(aged(seconds + 1), now + 30_000).simulate(loseEast)).body).toMatchObject({ survives: false, unknown: [{ input: `${survivor}.${input}`, why: `last read ${seconds + 1} s ago, limit ${seconds} s` }] });
  });

  it.each<[string, SettingChange, string, RegExp]>([
    ['demand', { facts: (facts) => ({ ...facts, demand: gone }) }, 'demand', /403/],
    ['Front Door\'s settings', { facts: (facts) => ({ ...facts, traffic: gone }) }, 'traffic', /403/],
    ['the load of the lost region, which serves now', { facts: (facts) => withReadings(facts, 'eastus2', () => ({ load: gone })) }, 'eastus2.load', /403/],
    ['the health of the survivor', { verdicts: { [survivor]: 'unknown' } }, 'westus3.health', /made unknown/],
    ['the cpu metric', { values: () => ({ workloads: [workload('web', { hpa: hpa('web', { targetCpuUtilisationPercent: 50 }) })] }) }, 'westus3.web.cpuUtilisation', /taken as 100 %/],
    ['a workload that the answer left out', { values: () => ({ workloads: [] }) }, 'westus3.web', /not in the answer/],
    ['the family in the list of quotas', { values: (_, { quota: all }) => ({ quota: { ...all, families: {} } }) }, 'westus3.standardDSv5Family', /not known/],
    ['the subnet in the list of subnets', { values: (_, { network: all }) => ({ network: { ...all, subnets: [] } }) }, `westus3.${subnetOf(survivor)}`, /not known/],
    ['the pod CIDR', { values: () => network({ podCidr: null }) }, 'westus3.podCidr', /not known/],
    ['the outbound addresses, where ports are allotted', { values: () => network({ outboundPortsPerNode: 1024 }) }, 'westus3.outboundPorts', /not known/],
  ])('%s', async (_, change, input, why) => {
    const { body } = await askAbout(setting(pair, change)).simulate(loseEast);
    expect(body.survives).toBe(false);
    expect(body.binding).not.toBeNull();
    expect(body.unknown.map((one: { input: string }) => one.input)).toContain(input);
    expect(body.unknown.find((one: { input: string }) => one.input === input).why).toMatch(why);
  });

  it('a missing cpu metric counts as 100 %: 10 x (100 / 50) x (1600 / 800) = 40 replicas', async () => {
    const given = there(() => ({ workloads: [workload('web', { hpa: hpa('web', { targetCpuUtilisationPercent: 50 }) })] }));
    expect((await askAbout(given).simulate(loseEast)).body.stamps[0].workloads[0].replicasNeeded).toBe(40);
  });

  it('without demand every survivor may be the nearest: each of two gets its own 800 and all 800 of the lost one', async () => {
    const given = setting(['eastus2', 'centralus', 'westus3'], { facts: (facts) => ({ ...facts, demand: gone }) });
    expect((await askAbout(given).simulate(loseEast)).body).toMatchObject({ survives: false, stamps: [{ requestsPerSecond: { after: 1600 } }, { requestsPerSecond: { after: 1600 } }], unknown: [{ input: 'demand' }] });
  });

  it('a fleet that nobody has assessed is not certified', async () => {
    const { body } = await askAbout({ ...setting(pair), assessments: [] }).simulate(loseEast);
    expect(body).toMatchObject({ survives: false, unknown: [{ input: 'westus3.health', why: 'it has not been assessed' }] });
  });

  it('the readings of the lost region itself are not needed, but for its load', async () => {
    const given = setting(pair, { facts: (facts) => withReadings(facts, 'eastus2', () => ({ pools: gone, nodes: gone, workloads: gone, quota: gone, skus: gone, network: gone })) });
    expect((await askAbout(given).simulate(loseEast)).body).toMatchObject({ survives: true, unknown: [] });
  });

  it('a price that is not known is told, leaves the amount open and forbids nothing', async () => {
    const unpriced = there(() => ({ prices: [] }));
    expect((await askAbout(unpriced).simulate(loseEast)).body).toMatchObject({ survives: true, surgeCostPerHour: { amount: null, covers: { nodes: 0, of: 2 } }, unknown: [{ input: 'westus3.user1.price', why: 'Azure lists no price of Standard_D4s_v5 (regular) in this region' }] });
    // the fleet file's own price goes first: 2 x 0.11
    const priced = setting(pair, { fleet: { stamps: (stamp) => ({ ...stamp, cluster: { ...(stamp['cluster'] as object), pools: [{ name: 'user1', surgeMaxCount: 100, pricePerHourUsd: 0.11 }] } }) } });
    expect((await askAbout(priced).simulate(loseEast)).body).toMatchObject({ survives: true, surgeCostPerHour: { amount: 0.22, covers: { nodes: 2, of: 2 } }, unknown: [] });
  });

  it('the amount says which part of the nodes it covers: 1 of 2 regions lists the size', async () => {
    // centralus is lost: eastus2 and westus3 get 1,200 each and need 1 node each
    const given = setting(['eastus2', 'centralus', 'westus3'], { values: (region) => (region === 'eastus2' ? { prices: [] } : {}) });
    expect((await askAbout(given).simulate({ lose: ['centralus'] })).body).toMatchObject({ survives: true, surgeCostPerHour: { amount: 0.2, covers: { nodes: 1, of: 2 } }, unknown: [{ input: 'eastus2.user1.price' }] });
  });

  it('what is short is told before what is not known', async () => {
    const given = setting(pair, { values: (region) => (region === survivor ? quota(5, 100) : {}), facts: (facts) => withReadings(facts, survivor, () => ({ network: gone })) });
    expect((await askAbout(given).simulate(loseEast)).body).toMatchObject({ survives: false, binding: { constraint: 'vcpuQuotaFamily', missing: 3 }, unknown: [{ input: 'westus3.network' }] });
  });
});

describe('where users go', () => {
  const three = ['eastus2', 'centralus', 'westus3'];
  const afterOf = (body: { stamps: { stamp: string; requestsPerSecond: { after: number } }[] }) => Object.fromEntries(body.stamps.map(({ stamp, requestsPerSecond }) => [stamp, requestsPerSecond.after]));

  it('window 0: the nearest gets all; at equal latency equal weights halve them', async () => {
    const asked = askAbout(setting(three));
    expect(afterOf((await asked.simulate(loseEast)).body)).toEqual({ centralus: 1600, westus3: 800 });
    // 800 users of centralus are 30 ms from both others: 400 each; 1200 / 80 = 15 replicas, 5 more, 2 fit, 1 node each
    const middle = (await asked.simulate({ lose: ['centralus'] })).body;
    expect(afterOf(middle)).toEqual({ eastus2: 1200, westus3: 1200 });
    expect(middle).toMatchObject({ survives: true, surgeCostPerHour: { amount: 0.4 }, stamps: [{ workloads: [{ replicasNeeded: 15 }], pools: [{ nodesNeeded: 4 }] }, { pools: [{ nodesNeeded: 4 }] }] });
  });

  it('two lost: the third gets 2,400: 30 replicas, 20 more, 2 fit, 5 nodes', async () => {
    const { body } = await askAbout(setting(three)).simulate({ lose: ['eastus2', 'CentralUS', 'eastus2'] });
    expect(body).toMatchObject({ survives: true, surgeCostPerHour: { amount: 1 }, stamps: [{ stamp: 'westus3', requestsPerSecond: { after: 2400 }, workloads: [{ replicasNeeded: 30 }], pools: [{ nodesNeeded: 8 }] }] });
  });

  it('all lost: nobody is left, and the whole demand is missing', async () => {
    const { body } = await askAbout(setting(three)).simulate({ lose: three });
    expect(body).toMatchObject({ survives: false, stamps: [], readyInSeconds: null, binding: { constraint: 'noSurvivor', missing: 2400, unit: 'requests/s' } });
  });

  it('window 30 ms, four regions, the second lost: by hand below', async () => {
    const { body } = await askAbout(setting(['eastus2', 'centralus', 'westus3', 'westus2'], { latencyWindowMs: 30 })).simulate({ lose: ['centralus'] });
    // near eastus2 (10, -, 50, 70): within 40 only eastus2: 800
    // near centralus (30, -, 30, 50): within 60 all three: 266.67 each
    // near westus3 (50, -, 10, 30) and near westus2 (70, -, 30, 10): within 40 the last two: 400 each, twice
    const share = 800 / 3;
    const after = afterOf(body);
    expect(after['eastus2']).toBeCloseTo(800 + share, 2);
    expect(after['westus3']).toBeCloseTo(800 + share, 2);
    expect(after['westus2']).toBeCloseTo(800 + share, 2);
    // 1066.67 / 80 = 13.3: 14 replicas, 4 more, 2 fit, 1 node each
    expect(body.stamps.map((one: { pools: { nodesNeeded: number }[] }) => one.pools[0]?.nodesNeeded)).toEqual([4, 4, 4]);
    expect(body.surgeCostPerHour.amount).toBeCloseTo(0.6, 6);
  });

  it('window 30 ms: weights 750 and 250 deal the lost region\'s users 3 to 1', async () => {
    // both others are 30 ms from the users of centralus: 600 and 200 of 800; near eastus2 only eastus2 is within 40 ms, near westus3 only westus3
    const given = setting(three, { latencyWindowMs: 30, fleet: { stamps: (stamp, index) => ({ ...stamp, origins: [{ originGroup: 'web', origin: `web-${index}`, normalWeight: index === 0 ? 750 : 250 }] }) } });
    expect(afterOf((await askAbout(given).simulate({ lose: ['centralus'] })).body)).toEqual({ eastus2: 1400, westus3: 1000 });
  });

  it('weights as they are set, and what other weights would do is told', async () => {
    // 400 more each: 15 replicas, 5 more, 2 fit: 1 node of 4 vCPU; westus3 has 3 left. eastus2 has room for all 800.
    const values: SettingChange['values'] = (region) => (region === 'westus3' ? quota(3, 100) : {});
    const byWeight = (await askAbout(setting(three, { latencyWindowMs: 30, values })).simulate({ lose: ['centralus'] })).body;
    expect(byWeight).toMatchObject({ survives: false, binding: { stamp: 'westus3', constraint: 'vcpuQuotaFamily', missing: 1, fix: expect.stringMatching(/from 103 to at least 104 vCPU; or give westus3 less weight: .* 20 minutes/) } });
    // at window 0 the two tie at 30 ms and weights would count, but no plan relies on a tie
    const atZero = (await askAbout(setting(three, { values })).simulate({ lose: ['centralus'] })).body;
    expect(atZero.binding.fix).not.toMatch(/weight/);
  });

  it('a standby of priority 2 serves nobody now, and everybody then', async () => {
    // westus3 runs 2 replicas; 1600 / 80 = 20, 18 more on 3 nodes with 12 - 2 = 10 places; 8 / 4 = 2 nodes. No metric counts what it does not serve.
    const given = setting(pair, {
      fleet: { stamps: (stamp, index) => ({ ...stamp, origins: [{ originGroup: 'web', origin: `web-${index}`, priority: index + 1 }] }) },
      values: (region) => (region === survivor ? { workloads: [workload('web', { readyReplicas: 2 })], nodes: nodes([1, 1, 0]) } : {}),
      facts: (facts) => withReadings(facts, survivor, () => ({ load: unknown('origin requests: no data in the last 10 minutes', now) })),
    });
    const { body } = await askAbout(given).simulate(loseEast);
    expect(body).toMatchObject({ survives: true, unknown: [], stamps: [{ requestsPerSecond: { now: 0, after: 1600 }, workloads: [{ replicasNow: 2, replicasNeeded: 20 }], pools: [{ nodesNeeded: 5 }] }] });
    // the other way round nothing happens: it serves nobody
    expect((await askAbout(given).simulate({ lose: [survivor] })).body).toMatchObject({ survives: true, stamps: [{ stamp: 'eastus2', requestsPerSecond: { after: 1600 } }] });
  });

  it('a disabled origin is no survivor', async () => {
    const disabled = (facts: Setting['facts']): Setting['facts'] => (facts.traffic.kind === 'unknown' ? facts : { ...facts, traffic: known({ originGroups: facts.traffic.value.originGroups.map((group) => ({ ...group, origins: group.origins.map((one) => (one.stamp === survivor ? { ...one, enabled: 'Disabled' as const } : one)) })) }, now) });
    const { body } = await askAbout(setting(pair, { facts: disabled })).simulate(loseEast);
    expect(body).toMatchObject({ survives: false, binding: { stamp: 'eastus2', constraint: 'noSurvivor', missing: 1600, unit: 'requests/s' }, stamps: [{ stamp: survivor, requestsPerSecond: { after: 0 } }] });
    // with a third region all go there, however near the disabled one is
    expect(afterOf((await askAbout(setting(['eastus2', 'westus3', 'centralus'], { facts: disabled })).simulate(loseEast)).body)).toEqual({ westus3: 0, centralus: 2400 });
  });

  it('a region held drained by its gate is no survivor: Front Door would serve it all the same, unhealthy', async () => {
    const { body } = await askAbout(there(() => ({ gate: 'closed' }))).simulate(loseEast);
    expect(body).toMatchObject({ survives: false, binding: { constraint: 'noSurvivor', missing: 1600 } });
  });

  it('each origin group needs a survivor of its own', async () => {
    // api runs in eastus2 and centralus alone: 800 users of it near each of the three regions, 2,400 in all, at the nearest of the two
    const given = setting(three, {
      fleet: {
        stamps: (stamp, index) => ({ ...stamp, origins: [{ originGroup: 'web', origin: `web-${index}` }, ...(index === 2 ? [] : [{ originGroup: 'api', origin: `api-${index}` }])] }),
        workloads: [webWorkload, { ...webWorkload, name: 'api', deployment: 'api', hpa: 'api', originGroup: 'api', stamps: ['eastus2', 'centralus'] }],
      },
      values: (region) => (region === 'westus3' ? {} : { workloads: [workload(), workload('api')], pools: [pool('user1', { count: 6, maxCount: 30 })], nodes: nodes([4, 4, 4, 4, 4, 0]), load: { requestsPerSecond: 1600, byWorkload: { web: 800, api: region === 'eastus2' ? 800 : 1600 }, forecastRequestsPerSecond: null, errorRate: 0, latencyMs: 40 } }),
    });
    // centralus: web 1600 -> 20 replicas, api 2400 -> 30; 10 + 20 more, 4 fit, 26 / 4 = 6.5 nodes
    expect((await askAbout(given).simulate(loseEast)).body).toMatchObject({ survives: true, stamps: [{ stamp: 'centralus', requestsPerSecond: { after: 4000 }, workloads: [{ name: 'web', replicasNeeded: 20 }, { name: 'api', replicasNeeded: 30 }], pools: [{ nodesNeeded: 6 + 7 }] }, { stamp: 'westus3' }] });
    expect((await askAbout(given).simulate({ lose: ['eastus2', 'centralus'] })).body).toMatchObject({ survives: false, binding: { constraint: 'noSurvivor', missing: 2400 }, stamps: [{ stamp: 'westus3', requestsPerSecond: { after: 2400 } }] });
  });

  it('of two survivors that are short the one that lacks more comes first', async () => {
    // 1,200 each: 15 replicas, 1 node of 4 vCPU each; eastus2 has 3 vCPU left, westus3 has 0 addresses: 3 of 15 pods lack room in both;
    const given = setting(three, { values: (region) => (region === 'eastus2' ? quota(3, 100) : region === 'westus3' ? { ...network({ subnets: subnet(0) }), nodes: nodes([4, 4, 4]) } : {}) });
    // westus3 has no place free: all 5 more pods lack room, against 3 in eastus2
    expect((await askAbout(given).simulate({ lose: ['centralus'] })).body.binding).toMatchObject({ stamp: 'westus3', constraint: 'subnetAddresses', missing: 2 });
  });

  it('eight regions, one lost: its neighbour at 30 ms on either side shares its users', async () => {
    const eight = ['eastus2', 'centralus', 'westus3', 'westus2', 'northeurope', 'westeurope', 'uksouth', 'swedencentral'];
    const { body } = await askAbout(setting(eight)).simulate({ lose: ['westus2'] });
    expect(afterOf(body)).toEqual({ eastus2: 800, centralus: 800, westus3: 1200, northeurope: 1200, westeurope: 800, uksouth: 800, swedencentral: 800 });
    expect(body).toMatchObject({ survives: true, surgeCostPerHour: { amount: 0.4 } });
  });
});

describe('several pools and workloads', () => {
  const two = { stamps: (stamp: Record<string, unknown>) => ({ ...stamp, cluster: { ...(stamp['cluster'] as object), pools: [{ name: 'user1', surgeMaxCount: 100 }, { name: 'user2', surgeMaxCount: 100 }] } }), workloads: [{ ...webWorkload, pools: ['user1', 'user2'] }] };

  it('a busy pool is routed around: 8 pods go to 2 nodes of the other one', async () => {
    const given = there(() => ({ pools: [pool('user1', { provisioningState: 'Upgrading' }), pool('user2', { count: 0, minCount: 0 })] }), { fleet: two });
    expect((await askAbout(given).simulate(loseEast)).body).toMatchObject({ survives: true, stamps: [{ pools: [{ name: 'user1', nodesNeeded: 3 }, { name: 'user2', nodesNow: 0, nodesNeeded: 3 }] }] });
  });

  it('tier 3 is shed where policy lets it, and only where there is no room', async () => {
    // family quota for no node. web needs 10 more places, 2 are free and batch has 5 pods on 3 nodes: shed to 1 replica it gives 4 back, 1 a node: 3 are counted
    const given = there(() => ({ ...quota(0, 100), workloads: [workload(), workload('batch', { readyReplicas: 5 })], nodes: nodes([6, 5, 5]).map((node) => ({ ...node, allocatable: { ...node.allocatable, cpuMillicores: 8000 } })) }), {
      fleet: { workloads: [webWorkload, { ...webWorkload, name: 'batch', deployment: 'batch', hpa: 'batch', trafficShare: 0.1, tier: 3 }] },
    });
    const asked = askAbout(given);
    // 8 places a node, 24, 16 taken, 8 free; web needs 10 more, batch 1600 x 0.1 / 80 = 2 of its 5: 2 pods of web have no place
    expect((await asked.simulate(loseEast)).body).toMatchObject({ survives: false, binding: { constraint: 'vcpuQuotaFamily', missing: 4 } });
    expect((await asked.simulate({ ...loseEast, policy: { shedTier3: 'whenShort' } })).body).toMatchObject({ survives: true, stamps: [{ workloads: [{ name: 'web', replicasNeeded: 20 }, { name: 'batch', replicasNeeded: 1 }] }], surgeCostPerHour: { amount: 0 } });
  });
});

describe('a stricter policy is a question to all that would serve', () => {
  it('westus3 gains nothing and cannot meet a ceiling of 0.4: 800 / 40 = 20 replicas, 2 nodes, 8 vCPU, 5 left', async () => {
    const given = setting(['eastus2', 'centralus', 'westus3'], { values: (region) => (region === 'westus3' ? quota(5, 100) : {}) });
    const asked = askAbout(given);
    expect((await asked.simulate(loseEast)).body).toMatchObject({ survives: true });
    expect((await asked.simulate({ ...loseEast, policy: { utilisationCeiling: 0.4 } })).body).toMatchObject({ survives: false, binding: { stamp: 'westus3', constraint: 'vcpuQuotaFamily', missing: 3 } });
  });
});

describe('GET /api/certificate', () => {
  it('says of every single loss what the what-if says', async () => {
    const asked = askAbout(setting(['eastus2', 'centralus', 'westus3'], { values: (region) => (region === 'centralus' ? quota(5, 100) : {}) }));
    const { body } = await asked.certificate();
    expect(body.standsOn).toEqual([{ input: 'demand', source: 'accessLog: Front Door\'s access log, by edge' }]);
    expect(body.losses.map((loss: { lose: string[]; survives: string }) => [loss.lose, loss.survives])).toEqual([[['eastus2'], 'no'], [['centralus'], 'yes'], [['westus3'], 'no']]);
    for (const loss of body.losses) {
      const what = (await asked.simulate({ lose: loss.lose })).body;
      expect([loss.survives === 'yes', loss.binding?.constraint ?? null, loss.readyInSeconds, loss.unknown]).toEqual([what.survives, what.binding?.constraint ?? null, what.readyInSeconds, what.unknown]);
    }
    expect((await asked.certificate('?losses=pairs')).body.losses).toHaveLength(3 + 3);
  });
});
