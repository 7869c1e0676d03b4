import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../src/domain/reading.ts';
import type { FleetFacts, UserGroup } from '../../../src/domain/facts.ts';
import { now } from '../../domain/check/fixture.ts';
import { askAbout, hpa, nodes, pool, setting, stampValues, subnetOf, webWorkload, withReadings, workload, type SettingChange, type StampValues } from './whatIfFleet.ts';

/**
 * What-ifs about facts that contradict each other, leave something unsaid, or are shared by several parts of a fleet. The
 * arithmetic is that of whatIfFleet.ts: losing one of two regions, the other needs 20 replicas for 1,600 requests/s, and 2 new nodes.
 */
const pair = ['eastus2', 'westus3'];
const survivor = 'westus3';
const loseEast = { lose: ['eastus2'] };
const ask = async (change: SettingChange, body: unknown = loseEast, regions: readonly string[] = pair) => (await askAbout(setting(regions, change)).simulate(body)).body;
const there = (change: (plain: StampValues) => Partial<StampValues>, rest: SettingChange = {}): SettingChange => ({ ...rest, values: (region, plain) => (region === survivor ? change(plain) : {}) });
const withDemand = (facts: FleetFacts, change: (groups: readonly UserGroup[]) => readonly UserGroup[]): FleetFacts => (facts.demand.kind === 'unknown' ? facts : { ...facts, demand: known({ ...facts.demand.value, groups: change(facts.demand.value.groups) }, now) });
const users = (change: (groups: readonly UserGroup[]) => readonly UserGroup[]): SettingChange => ({ facts: (facts) => withDemand(facts, change) });
const sku = (change: Partial<StampValues['skus'][number]>): Partial<StampValues> => ({ skus: stampValues(survivor).skus.map((one) => ({ ...one, ...change })) });
const twoPools = { stamps: (stamp: Record<string, unknown>) => ({ ...stamp, cluster: { ...(stamp['cluster'] as object), pools: [{ name: 'user1', surgeMaxCount: 100 }, { name: 'user2', surgeMaxCount: 100 }] } }), workloads: [{ ...webWorkload, pools: ['user1', 'user2'] }] };

describe('demand that contradicts what the stamps serve is not believed', () => {
  it.each<[string, SettingChange]>([
    ['nobody is counted at the edges', users(() => [])],
    ['all are counted as nothing', users((groups) => groups.map((group) => ({ ...group, requestsPerSecond: 0 })))],
  ])('%s, while both serve 800: each survivor is prepared for all of the lost one\'s users', async (_, change) => {
    expect(await ask(change)).toMatchObject({ survives: false, binding: { constraint: 'inputUnknown' }, stamps: [{ requestsPerSecond: { after: 1600 }, workloads: [{ replicasNeeded: 20 }] }], unknown: [{ input: 'demand', why: expect.stringMatching(/1600 requests\/s/) }] });
  });

  it('nothing is counted and nothing served: nothing is needed', async () => {
    const idle: SettingChange = { ...users(() => []), values: (_, { load }) => ({ load: { ...load, requestsPerSecond: 0, byWorkload: { web: 0 } } }) };
    expect(await ask(idle)).toMatchObject({ survives: true, unknown: [], readyInSeconds: 0, stamps: [{ requestsPerSecond: { after: 0 } }] });
  });

  describe('the users of eastus2 are counted as westus3\'s already, and eastus2 serves its 800 all the same', () => {
    // near eastus2: 30 ms to it, 10 to westus3, which serves 800 now and will have 1,600: 20 replicas, 2 nodes of 4 vCPU, and no quota
    const nearWest = users((groups) => groups.map((group) => (group.name === 'near eastus2' ? { ...group, latencyMsByStamp: { eastus2: 30, centralus: 50, westus3: 10 } } : group)));
    const full = { regionalCores: { used: 100, limit: 100 }, lowPriorityCores: { used: 0, limit: 0 }, families: { standardDSv5Family: { used: 100, limit: 1000 } } };
    const noQuota = there(() => ({ quota: full }), nearWest);

    it.each([[pair], [['eastus2', 'centralus', 'westus3']]])('of %j westus3 must have room for them', async (regions) => {
      const body = await ask(noQuota, loseEast, regions);
      expect(body.stamps.at(-1)).toMatchObject({ stamp: survivor, requestsPerSecond: { now: 800, after: 1600 } });
      expect(body).toMatchObject({ survives: false, binding: { stamp: survivor, constraint: 'vcpuQuotaRegion', missing: 8 }, surgeCostPerHour: { amount: 0.4 } });
      expect(await ask(nearWest, loseEast, regions)).toMatchObject({ survives: true, readyInSeconds: 280 });
    });

    it('and must be well', async () => {
      expect(await ask({ ...nearWest, verdicts: { [survivor]: 'unhealthy' } })).toMatchObject({ survives: false, binding: { constraint: 'survivorUnhealthy', missing: 800 } });
    });

    it('but a difference of less than 2 points of all requests is noise', async () => {
      // of 2,400 eastus2 serves 835 and westus3 765: 1.5 points more and less than is routed to them; westus3 is no nearer to anybody who moves
      const noisy: SettingChange = { values: (region, { load }) => (region === 'eastus2' ? { load: { ...load, requestsPerSecond: 835, byWorkload: { web: 835 } } } : region === survivor ? { quota: full, load: { ...load, requestsPerSecond: 765, byWorkload: { web: 765 } }, workloads: [workload('web', { readyReplicas: 5 })] } : {}) };
      expect(await ask(noisy, loseEast, ['eastus2', 'centralus', 'westus3'])).toMatchObject({ survives: true });
    });
  });

  it('users by country are not forgotten while the metrics are late: the traffic has just come from a region that is held drained', async () => {
    // eastus2 is drained, and its 1,600 of a minute ago are all that is measured; now the other two share them, and then centralus is lost: 20 replicas and 2 nodes for westus3, without quota
    const moved: SettingChange = {
      facts: (facts) => (facts.demand.kind === 'unknown' ? facts : { ...facts, demand: known({ source: 'countryTable', groups: [{ name: 'United States', originGroup: 'web', requestsPerSecond: 1600, latencyMsByStamp: { eastus2: 26, centralus: 15, westus3: 33 } }] }, now) }),
      values: (region, { load }) => (region === 'eastus2' ? { gate: 'closed', load: { ...load, requestsPerSecond: 1600, byWorkload: { web: 1600 } } } : { load: { ...load, requestsPerSecond: 0, byWorkload: { web: 0 } }, quota: { regionalCores: { used: 100, limit: 100 }, lowPriorityCores: { used: 0, limit: 0 }, families: { standardDSv5Family: { used: 100, limit: 100 } } } }),
    };
    expect(await ask(moved, { lose: ['centralus'] }, ['eastus2', 'centralus', 'westus3'])).toMatchObject({ survives: false, binding: { stamp: survivor, missing: 8, unit: 'vCPU' }, stamps: [{ stamp: 'eastus2' }, { requestsPerSecond: { after: 1600 } }] });
  });

  it('users of an origin group that Front Door does not have are served by nobody', async () => {
    expect(await ask(users((groups) => [...groups, { name: 'near eastus2', originGroup: 'api', requestsPerSecond: 100, latencyMsByStamp: {} }]))).toMatchObject({ survives: false, unknown: [{ input: 'traffic.api', why: expect.stringMatching(/100 requests\/s/) }] });
  });
});

describe('what the survivors do not run', () => {
  // checkout runs in eastus2 alone: of the 800 requests/s that westus3 gains, 30 % are for it
  const checkout = { ...webWorkload, name: 'checkout', deployment: 'checkout', hpa: 'checkout', trafficShare: 0.3 };

  it('is missing for the users who come', async () => {
    const body = await ask({ fleet: { workloads: [webWorkload, { ...checkout, stamps: ['eastus2'] }] } });
    expect(body).toMatchObject({ survives: false, binding: { stamp: survivor, constraint: 'noSurvivor', missing: 240, unit: 'requests/s', fix: expect.stringMatching(/westus3 does not run checkout/) } });
    expect(body.stamps[0].shortfalls).toContainEqual(expect.objectContaining({ constraint: 'noSurvivor', missing: 240 }));
  });

  it('is no matter where the lost region did not run it either', async () => {
    expect(await ask({ fleet: { workloads: [webWorkload, { ...checkout, stamps: [survivor] }] }, ...there(() => ({ workloads: [workload(), workload('checkout')] })) })).toMatchObject({ survives: true });
  });
});

describe('what an input does not say is unknown, not nothing', () => {
  it.each<[string, SettingChange, string, RegExp]>([
    ['the vCPUs of a size', there(() => sku({ vCpus: 0 })), 'westus3.Standard_D4s_v5', /vCPU/],
    ['the machines left in a reservation', there(() => ({ pools: [pool('user1', { capacityReservationGroupId: '/crg', reservedNodesFree: null })] })), 'westus3.user1.capacityReservation', /could not be read/],
    ['the same hours of former days', there(({ load }) => ({ load: { ...load, forecastUnknown: 'throttled' } })), 'westus3.forecast', /throttled/],
    ['the same of the region that is lost, which serves now', { values: (region, { load }) => (region === survivor ? {} : { load: { ...load, forecastUnknown: 'throttled' } }) }, 'eastus2.forecast', /throttled/],
    ['what its pods take of a node', there(() => ({ workloads: [workload('web', { podRequests: { cpuMillicores: 0, memoryMiB: 1000, ephemeralStorageMiB: 0 } })] })), 'westus3.web.podRequests', /no cpu/],
    ['the network plugin', there(({ network }) => ({ network: { ...network, plugin: 'unknown' } })), 'westus3.networkPlugin', /plugin/],
    ['the memory of a size whose pool has no node', there(() => ({ ...sku({ memoryMiB: 0 }), pools: [pool('user1'), pool('user2', { count: 0, minCount: 0 })], nodes: nodes([4, 4, 4]), workloads: [workload()] }), { fleet: { ...twoPools, workloads: [{ ...webWorkload, pools: ['user2'] }] } }), 'westus3.user2', /user2/],
  ])('%s', async (_, change, input, why) => {
    const body = await ask(change);
    expect(body).toMatchObject({ survives: false, readyInSeconds: null, binding: { stamp: input.split('.')[0], constraint: 'inputUnknown' } });
    expect(body.unknown.find((one: { input: string }) => one.input === input)?.why).toMatch(why);
  });

  it('a stamp that nobody read', async () => {
    const body = await ask({ facts: (facts) => ({ ...facts, stamps: { eastus2: facts.stamps['eastus2'] as FleetFacts['stamps'][string] } }) });
    expect(body).toMatchObject({ survives: false, binding: { stamp: survivor, constraint: 'inputUnknown' } });
    expect(body.unknown.map(({ input }: { input: string }) => input)).toEqual(['pools', 'workloads', 'nodes', 'quota', 'skus', 'network', 'load'].map((part) => `${survivor}.${part}`));
  });

  it('two stamps of three: the one that would gain is doubted, the one that would not is not stood on', async () => {
    const gone = unknown('connection refused', now);
    const lost = (region: string): SettingChange => ({ facts: (facts) => withReadings(facts, region, () => ({ nodes: gone, workloads: gone, network: gone })) });
    // near eastus2 centralus is next: westus3 serves its own 800 still, and what is not known of it may be its end
    expect(await ask(lost('centralus'), loseEast, ['eastus2', 'centralus', 'westus3'])).toMatchObject({ survives: false, binding: { stamp: 'centralus', constraint: 'inputUnknown' } });
    expect(await ask(lost('eastus2'), loseEast, ['eastus2', 'centralus', 'westus3'])).toMatchObject({ survives: true, unknown: [] });
  });
});

describe('what several draw on is counted once', () => {
  const reserved = { capacityReservationGroupId: '/crg', reservedNodesFree: 1 };

  it('two pools on one reservation of 1 machine: 2 nodes are needed, 1 is missing', async () => {
    const body = await ask(there(() => ({ pools: [pool('user1', reserved), pool('user2', { ...reserved, count: 0, minCount: 0 })] }), { fleet: twoPools }));
    expect(body).toMatchObject({ survives: false, binding: { constraint: 'capacityReservation', missing: 1, unit: 'nodes' } });
  });

  it('two stamps of one region in one subnet with 3 addresses: each needs 1 node for 1,200, and with 1.3 times the demand 2', async () => {
    // 1,200 / 80 = 15 replicas, 5 more, 2 fit, 1 node; 1,560 / 80 = 19.5: 20 replicas, 10 more, 2 fit, 2 nodes
    const shared = (regions: Record<string, string>): SettingChange => ({
      fleet: { stamps: (stamp) => ({ ...stamp, region: regions[stamp['name'] as string] ?? stamp['region'], gateway: { ...(stamp['gateway'] as object), nodeSubnetId: subnetOf('shared') } }) },
      values: (region, { network }) => (region === 'centralus' ? {} : { network: { ...network, subnets: [{ id: subnetOf('shared'), usedAddresses: 248, totalAddresses: 251 }] } }),
    });
    const both = shared({ westus3: 'eastus2' });
    const three = ['eastus2', 'centralus', 'westus3'];
    expect(await ask(both, { lose: ['centralus'] }, three)).toMatchObject({ survives: true });
    expect(await ask(both, { lose: ['centralus'], demandFactor: 1.3 }, three)).toMatchObject({ survives: false, binding: { stamp: 'westus3', constraint: 'subnetAddresses', missing: 1, unit: 'addresses' } });
  });

  it.each([['eastus2', 'centralus', survivor], [survivor, 'eastus2', 'centralus']])('nodes on their way in another stamp of the region take their part of the quota, once: %s, %s, %s', async (...three) => {
    // westus3 lies in centralus too and was asked for 2 nodes that Azure does not count yet: 8 vCPU; centralus needs 2 for 1,600, and at a ceiling of 0.79 3 (21 replicas), while westus3 needs none
    const left = (vCpus: number): SettingChange => ({
      fleet: { stamps: (stamp) => ({ ...stamp, region: stamp['name'] === survivor ? 'centralus' : stamp['region'] }) },
      values: (region) => (region === 'eastus2' ? {} : { quota: { regionalCores: { used: 100, limit: 100 + vCpus }, lowPriorityCores: { used: 0, limit: 0 }, families: { standardDSv5Family: { used: 100, limit: 1000 } } }, ...(region === survivor ? { pools: [pool('user1', { minCount: 5 })] } : {}) }),
      facts: (facts) => withDemand(facts, (groups) => groups.map((group) => ({ ...group, latencyMsByStamp: { eastus2: group.name === 'near eastus2' ? 10 : 90, centralus: group.name === 'near centralus' ? 10 : 30, westus3: group.name === 'near westus3' ? 10 : 60 } }))),
    });
    const binding = { stamp: 'centralus', constraint: 'vcpuQuotaRegion', unit: 'vCPU' };
    expect(await ask(left(16), loseEast, three)).toMatchObject({ survives: true });
    expect(await ask(left(15), loseEast, three)).toMatchObject({ survives: false, binding: { ...binding, missing: 1 } });
    const stricter = { ...loseEast, policy: { utilisationCeiling: 0.79 } };
    expect(await ask(left(20), stricter, three)).toMatchObject({ survives: true });
    expect(await ask(left(19), stricter, three)).toMatchObject({ survives: false, binding: { ...binding, missing: 1 } });
  });

  it('a lost region whose pools cannot be read leaves open what another stamp of the same region may still add', async () => {
    const unread: SettingChange = { fleet: { stamps: (stamp) => ({ ...stamp, region: 'eastus2' }) }, facts: (facts) => withReadings(facts, 'eastus2', () => ({ pools: unknown('403 Forbidden', now) })) };
    expect(await ask(unread)).toMatchObject({ survives: false, binding: { constraint: 'inputUnknown' }, unknown: [{ input: 'eastus2.pools', why: expect.stringMatching(/^403 Forbidden; .* westus3 may still add in eastus2$/) }] });
    expect(await ask(unread, { ...loseEast, demandFactor: 0.5 })).toMatchObject({ survives: true, unknown: [] });
  });

  it('nodes on their way in a pool that no workload uses take quota and addresses too', async () => {
    // the system pool was asked to grow by 2: 8 of the 12 vCPU left, and 2 nodes of 4 are needed
    const quota = { regionalCores: { used: 100, limit: 112 }, lowPriorityCores: { used: 0, limit: 0 }, families: { standardDSv5Family: { used: 100, limit: 112 } } };
    const growing = (minCount: number) => there(() => ({ quota, pools: [pool(), pool('system', { mode: 'System', count: 1, minCount })], nodes: [...nodes([4, 3, 3]), ...nodes([0], 'system')] }));
    expect(await ask(growing(1))).toMatchObject({ survives: true });
    expect(await ask(growing(3))).toMatchObject({ survives: false, binding: { missing: 4, unit: 'vCPU' } });
  });
});

describe('clusters of odd shape', () => {
  it.each<[string, SettingChange, { constraint: string; missing: number; unit: string }]>([
    ['an HPA that 0 replicas switch off', there(() => ({ workloads: [workload('web', { readyReplicas: 0 })], nodes: nodes([0, 0, 0]) })), { constraint: 'hpaDisabled', missing: 20, unit: 'replicas' }],
    ['a rollout that is stuck with 10 of 12 ready: 10 of 20 are missing', there(() => ({ workloads: [workload('web', { requestedReplicas: 12, scheduledReplicas: 12, rolloutStuck: 'ProgressDeadlineExceeded' })], nodes: nodes([4, 4, 4]) })), { constraint: 'podsNotReady', missing: 10, unit: 'replicas' }],
    ['kubenet holds 400 nodes, whatever its pod CIDR: 398 others and 3 here', there(({ network }) => ({ network: { ...network, plugin: 'kubenet', podCidr: '10.0.0.0/8', subnets: [{ id: subnetOf(survivor), usedAddresses: 400, totalAddresses: 4000 }] }, pools: [pool(), pool('batch', { count: 396, minCount: 396, maxCount: 400 })] })), { constraint: 'podCidr', missing: 1, unit: 'nodes' }],
    ['ephemeral storage binds: a pod of 40,000 MiB, 2 a node, all taken; 10 / 2 = 5 nodes, busy', there(() => ({ workloads: [workload('web', { podRequests: { cpuMillicores: 500, memoryMiB: 500, ephemeralStorageMiB: 40_000 } })], nodes: nodes([4, 3, 3]).map((node) => ({ ...node, requested: { ...node.requested, ephemeralStorageMiB: 80_000 } })), pools: [pool('user1', { provisioningState: 'Upgrading' })] })), { constraint: 'poolBusy', missing: 5, unit: 'nodes' }],
    ['a GPU family is a family: 2 machines of 4 vCPU, 6 left', there(() => ({ pools: [pool('user1', { vmSize: 'Standard_NC4as_T4_v3' })], skus: [{ name: 'Standard_NC4as_T4_v3', family: 'Standard NCASv3_T4 Family', vCpus: 4, memoryMiB: 28_672, zones: ['1'], restricted: null }], quota: { regionalCores: { used: 12, limit: 1000 }, lowPriorityCores: { used: 0, limit: 0 }, families: { 'Standard NCASv3_T4 Family': { used: 12, limit: 18 } } } })), { constraint: 'vcpuQuotaFamily', missing: 2, unit: 'vCPU' }],
    ['pods that ask for a GPU', there(() => ({ workloads: [workload('web', { otherRequests: ['nvidia.com/gpu'] })] })), { constraint: 'inputUnknown', missing: 1, unit: 'inputs' }],
  ])('%s', async (_, change, binding) => {
    const body = await ask(change);
    expect(body).toMatchObject({ survives: false, readyInSeconds: null, binding: { stamp: survivor, ...binding } });
    expect(body.binding.fix.length).toBeGreaterThan(20);
  });

  it('two constraints at once: the HPA may have 16 of 20, the quota 1 of 2 nodes', async () => {
    // 8 of 10 new pods have no place free; 1 node of 2 has quota: covers half. 16 of 20 replicas covers 80 %
    const body = await ask({ fleet: { workloads: [{ ...webWorkload, surgeMaxReplicas: 16 }] }, ...there(() => ({ quota: { regionalCores: { used: 100, limit: 104 }, lowPriorityCores: { used: 0, limit: 0 }, families: { standardDSv5Family: { used: 100, limit: 200 } } } })) });
    expect(body.stamps[0].shortfalls.map(({ constraint, missing }: { constraint: string; missing: number }) => [constraint, missing])).toEqual([['vcpuQuotaRegion', 4], ['hpaMax', 4]]);
    expect(body.binding).toMatchObject({ constraint: 'vcpuQuotaRegion', missing: 4 });
  });

  it('three times the demand: 2400 and 2400 of two regions; 4800 / 80 = 60 replicas, 50 more, 2 fit, 12 nodes', async () => {
    expect(await ask({}, { ...loseEast, demandFactor: 3 })).toMatchObject({ survives: true, stamps: [{ requestsPerSecond: { now: 800, after: 4800 }, workloads: [{ replicasNeeded: 60, hpaMax: 15 }], pools: [{ nodesNow: 3, nodesNeeded: 15, maxCount: 5 }] }], surgeCostPerHour: { amount: 2.4, covers: { nodes: 12, of: 12 } }, readyInSeconds: 280 });
  });

  it('an HPA with no cpu target and one with a cpu of 0 count by requests', async () => {
    for (const cpu of [null, 0]) {
      expect(await ask(there(() => ({ workloads: [workload('web', { hpa: hpa('web', { targetCpuUtilisationPercent: cpu === null ? null : 50, currentCpuUtilisationPercent: cpu }) })] })))).toMatchObject({ survives: true, stamps: [{ workloads: [{ replicasNeeded: 20 }] }] });
    }
  });
});

describe('what is asked', () => {
  it.each<[unknown, number]>([
    [{ lose: ['mars'] }, 404], [{ lose: [] }, 400], [{}, 400], [{ lose: ['eastus2'], demandFactor: 0 }, 400], [{ lose: ['eastus2'], demandFactor: -1 }, 400], [{ lose: ['eastus2'], policy: { utilisationCeiling: 0 } }, 400],
    [{ lose: ['eastus2'], policy: { utilisationCeiling: 1.2 } }, 400], [{ lose: ['eastus2'], policy: { headroomFactor: 0.5 } }, 400], [{ lose: ['eastus2'], surprise: 1 }, 400],
  ])('%j is refused with %i', async (body, status) => {
    expect((await askAbout(setting(pair)).simulate(body)).status).toBe(status);
  });

  it.each<[unknown, number, string, RegExp]>([
    [undefined, 400, 'lose', /^lose: missing: expected array$/],
    ['eastus2', 400, 'body', /^body: .*expected object, received string$/],
    [[], 400, 'body', /expected object, received array/],
    [{ lost: ['eastus2'] }, 400, 'lose', /^lose: missing: expected array; lost: unknown field$/],
    [{ lose: 'eastus2' }, 400, 'lose', /expected array, received string/],
    [{ lose: ['eastus2', null] }, 400, 'lose[1]', /expected string, received null/],
    [{ lose: ['eastus2', 'mars'] }, 404, 'lose[1]', /no region "mars"; it has eastus2, westus3$/],
    [{ ...loseEast, demandFactor: '1.3' }, 400, 'demandFactor', /expected number, received string/],
    [{ ...loseEast, demandFactor: null }, 400, 'demandFactor', /expected number, received null/],
    [{ ...loseEast, demandFactor: 1e9 }, 400, 'demandFactor', /<=100/],
    [{ ...loseEast, policy: { utilisationCeiling: 80 } }, 400, 'policy.utilisationCeiling', /<=1/],
    [{ ...loseEast, policy: { utilizationCeiling: 0.8 } }, 400, 'policy.utilizationCeiling', /unknown field/],
    [{ ...loseEast, policy: { shedTier3: true } }, 400, 'policy.shedTier3', /"never"\|"whenShort"/],
  ])('%j is refused with %i, and told to change %s', async (body, status, field, detail) => {
    const refused = await askAbout(setting(pair)).simulate(body);
    expect(refused).toMatchObject({ status, body: { field, detail: expect.stringMatching(detail) } });
  });

  it('the smallest demand that may be asked about needs no more than there is', async () => {
    expect(await ask({}, { ...loseEast, demandFactor: 0.001 })).toMatchObject({ survives: true, stamps: [{ requestsPerSecond: { after: 1.6 }, workloads: [{ replicasNeeded: 1 }], pools: [{ nodesNeeded: 3 }], shortfalls: [] }], surgeCostPerHour: { amount: 0 }, readyInSeconds: 0 });
  });
});
