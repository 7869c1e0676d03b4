import { describe, expect, test } from 'vitest';
import { managedClusters } from '../../../src/adapters/aks/managedClusters.ts';
import { aksClients } from '../../../src/adapters/aks/pools.ts';
import { agedCache } from '../../../src/adapters/headroom/agedCache.ts';
import { azureHeadroom } from '../../../src/adapters/headroom/headroom.ts';
import { networkShape, resourceQuotaFacts, subnetIdsOf } from '../../../src/adapters/headroom/network.ts';
import { known, unknown, type Reading } from '../../../src/domain/reading.ts';
import { fakeContext, sleeplessClock } from '../support/fakeContext.ts';
import { fakeHttp, type Answer, type Asked } from '../support/fakeHttp.ts';
import { sampleFleet, stampOf } from '../support/fleet.ts';

const fleet = sampleFleet();
const eastus2 = stampOf(fleet, 'eastus2');
const noClusters = { open: () => Promise.reject(new Error('no test here asks a cluster')) };

function headroom(answer: (asked: Asked) => Answer) {
  const http = fakeHttp(answer);
  const context = fakeContext(http.client);
  return { headroom: azureHeadroom(context, fleet, { readCluster: managedClusters(aksClients(context)), clusters: noClusters }), asked: http.asked, clock: context.clock };
}

const usage = (name: string, currentValue: number, limit: number) => ({ name: { value: name, localizedValue: name }, unit: 'Count', currentValue, limit });

describe('quota', () => {
  const answer = (values: readonly object[]) => headroom(() => ({ status: 200, body: { value: values } }));

  test('of the region, of spot and of the families, and nothing else', async () => {
    const { headroom: h } = answer([usage('cores', 90, 100), usage('lowPriorityCores', 3, 10), usage('standardDSv5Family', 80, 100), usage('availabilitySets', 1, 2500)]);
    expect(await h.readQuota(eastus2)).toMatchObject({
      kind: 'known',
      value: { regionalCores: { used: 90, limit: 100 }, lowPriorityCores: { used: 3, limit: 10 }, families: { standardDSv5Family: { used: 80, limit: 100 } } },
    });
  });

  test('without the regional cores is unknown: no limit is not read as none', async () => {
    expect(await answer([usage('standardDSv5Family', 80, 100)]).headroom.readQuota(eastus2)).toMatchObject({ kind: 'unknown' });
  });

  test('is read once for stamps that share region and subscription, and again after two and a half minutes', async () => {
    const { headroom: h, asked, clock } = answer([usage('cores', 1, 2)]);
    await Promise.all([h.readQuota(eastus2), h.readQuota({ ...eastus2, name: 'eastus2-b' })]);
    expect(asked).toHaveLength(1);
    clock.advance(151_000);
    await h.readQuota(eastus2);
    expect(asked).toHaveLength(2);
  });

  test('is read again sooner for who wants it younger', async () => {
    const { headroom: h, asked, clock } = answer([usage('cores', 1, 2)]);
    await h.readQuota(eastus2);
    clock.advance(20_000);
    await h.readQuota(eastus2, 30_000);
    expect(asked).toHaveLength(1);
    await h.readQuota(eastus2, 15_000);
    expect(asked).toHaveLength(2);
  });
});

describe('sizes', () => {
  const sku = (more: object) => ({ resourceType: 'virtualMachines', name: 'Standard_D4s_v5', family: 'standardDSv5Family', locationInfo: [{ location: 'eastus2', zones: ['3', '1', '2'] }], capabilities: [{ name: 'vCPUs', value: '4' }, { name: 'MemoryGB', value: '16' }], restrictions: [], ...more });
  const read = async (skus: readonly object[]) => {
    const { headroom: h, asked } = headroom(({ url }) => ({
      status: 200,
      body: url.pathname.endsWith('/skus') ? { value: skus } : { name: 'aks', location: 'eastus2', properties: { agentPoolProfiles: [{ name: 'user1', vmSize: 'standard_d4s_v5' }] } },
    }));
    const reading = await h.readSkus(eastus2);
    if (reading.kind === 'unknown') throw new Error(reading.why);
    return { skus: reading.value, asked };
  };

  test('are those of the cluster\'s pools, of the thousand that the region has', async () => {
    const { skus, asked } = await read([sku({}), sku({ name: 'Standard_M416' }), sku({ resourceType: 'disks' })]);
    expect(skus).toEqual([{ name: 'Standard_D4s_v5', family: 'standardDSv5Family', vCpus: 4, memoryMiB: 16_384, zones: ['1', '2', '3'], restricted: null }]);
    expect(asked.find(({ url }) => url.pathname.endsWith('/skus'))?.url.searchParams.get('$filter')).toBe("location eq 'eastus2'");
  });

  test('with constrained vCPU take all of them of the quota and offer fewer', async () => {
    const { skus } = await read([sku({ capabilities: [{ name: 'vCPUs', value: '32' }, { name: 'vCPUsAvailable', value: '8' }, { name: 'MemoryGB', value: '256' }] })]);
    expect(skus).toMatchObject([{ vCpus: 32, usableVCpus: 8 }]);
  });

  test('restricted in the region have no zone left; restricted in a zone have the others', async () => {
    const location = await read([sku({ restrictions: [{ type: 'Location', values: ['eastus2'], reasonCode: 'NotAvailableForSubscription' }] })]);
    expect(location.skus).toMatchObject([{ zones: [], restricted: 'NotAvailableForSubscription' }]);
    const zone = await read([sku({ restrictions: [{ type: 'Zone', values: ['eastus2'], restrictionInfo: { zones: ['2'] }, reasonCode: 'QuotaId' }] })]);
    expect(zone.skus).toMatchObject([{ zones: ['1', '3'], restricted: 'QuotaId' }]);
  });
});

describe('network', () => {
  test.each([
    [{ networkPlugin: 'azure', networkPluginMode: 'overlay' }, 'overlay'],
    [{ networkPlugin: 'azure' }, 'flat'],
    [{ networkPlugin: 'kubenet' }, 'kubenet'],
    [{ networkPlugin: 'none' }, 'unknown'],
    [undefined, 'unknown'],
  ])('%j is %s', (profile, plugin) => {
    expect(networkShape(profile).plugin).toBe(plugin);
  });

  test('outbound ports bound the nodes only where they are allocated by hand', () => {
    const profile = (allocatedOutboundPorts: number) => ({ loadBalancerProfile: { allocatedOutboundPorts, effectiveOutboundIPs: [{ id: 'a' }, { id: 'b' }] } });
    expect(networkShape(profile(8000))).toMatchObject({ outboundPortsPerNode: 8000, outboundPortsTotal: 128_000 });
    expect(networkShape(profile(0))).toMatchObject({ outboundPortsPerNode: null, outboundPortsTotal: null });
  });

  test('subnets of nodes and pods are each named once, in whatever case', () => {
    const cluster = { location: 'eastus2', agentPoolProfiles: [{ name: 'a', vnetSubnetID: '/S/nodes', podSubnetID: '/S/pods' }, { name: 'b', vnetSubnetID: '/s/NODES' }] };
    expect(subnetIdsOf(cluster, '/s/nodes').map((id) => id.toLowerCase())).toEqual(['/s/nodes', '/s/pods']);
    expect(subnetIdsOf({ location: 'eastus2' }, null)).toEqual([]);
  });

  test('resource quotas in millicores, MiB and pods', () => {
    const quota = { status: { hard: { 'requests.cpu': '40', 'limits.memory': '1Ti', memory: '64Gi', pods: '200' }, used: { 'requests.cpu': '12500m', memory: '16Gi', pods: '31' } } };
    expect(resourceQuotaFacts('shop', [quota])).toEqual([
      { namespace: 'shop', resource: 'cpu', used: 12_500, hard: 40_000 },
      { namespace: 'shop', resource: 'memory', used: 16_384, hard: 65_536 },
      { namespace: 'shop', resource: 'memoryLimits', used: 0, hard: 1_048_576 },
      { namespace: 'shop', resource: 'pods', used: 31, hard: 200 },
    ]);
  });

  test('a quota on pods that end by themselves is none on a Deployment\'s', () => {
    const status = { hard: { pods: '5' }, used: { pods: '5' } };
    expect(resourceQuotaFacts('shop', [{ spec: { scopes: ['Terminating'] }, status }, { spec: { scopeSelector: { matchExpressions: [{ scopeName: 'Terminating', operator: 'Exists' }] } }, status }])).toEqual([]);
    expect(resourceQuotaFacts('shop', [{ spec: { scopes: ['NotTerminating'] }, status }])).toHaveLength(1);
  });
});

describe('a kept reading', () => {
  test('has the age it has; an old one is given on where there is no newer', async () => {
    const clock = sleeplessClock();
    const cached = agedCache<number>(clock, 60_000);
    let next: Reading<number> = known(1, clock.now());
    const read = () => cached('k', () => Promise.resolve(next));
    const first = await read();
    next = known(2, clock.now() + 1);
    expect(await read()).toEqual(first);
    clock.advance(60_000);
    next = unknown('down', clock.now());
    expect(await read()).toEqual(first);
    next = known(3, clock.now());
    expect(await read()).toEqual(next);
  });

  test('that was never known is asked for each time', async () => {
    const cached = agedCache<number>(sleeplessClock(), 60_000);
    let asked = 0;
    const read = () => cached('k', () => {
      asked += 1;
      return Promise.resolve(unknown('down', 0));
    });
    await read();
    await read();
    expect(asked).toBe(2);
  });

  test('two that ask at once cause one question', async () => {
    const cached = agedCache<number>(sleeplessClock(), 60_000);
    let asked = 0;
    await Promise.all([1, 2].map(() => cached('k', () => {
      asked += 1;
      return Promise.resolve(known(1, 0));
    })));
    expect(asked).toBe(1);
  });
});
