import { CdnManagementClient } from '@azure/arm-cdn';
import { ComputeManagementClient } from '@azure/arm-compute';
import { ContainerServiceClient } from '@azure/arm-containerservice';
import { NetworkManagementClient } from '@azure/arm-network';
import type { TokenCredential } from '@azure/core-auth';
import type { RestError } from '@azure/core-rest-pipeline';
import { ManagedIdentityCredential } from '@azure/identity';
import { MetricsQueryClient } from '@azure/monitor-query';
import { afterEach, describe, expect, it } from 'vitest';
import type { Azure } from '../../../sandbox/azure/index.ts';
import { ids, sampleAzure } from '../sampleAzure.ts';

const group = 'rg-shop-global';

/** The SDKs' clients as the product makes them, over the in-memory transport. */
function clients(azure: Azure) {
  const credential: TokenCredential = { getToken: async () => ({ token: azure.issueToken({ as: 'controlPlane', audience: 'arm' }), expiresOnTimestamp: Number.MAX_SAFE_INTEGER }) };
  const options = { endpoint: azure.endpoints.arm, httpClient: azure.httpClient(), retryOptions: { maxRetries: 0 } };
  return {
    cdn: new CdnManagementClient(credential, ids.subscription, options),
    aks: new ContainerServiceClient(credential, ids.subscription, options),
    compute: new ComputeManagementClient(credential, ids.subscription, options),
    network: new NetworkManagementClient(credential, ids.subscription, options),
    metrics: new MetricsQueryClient(credential, { endpoint: azure.endpoints.arm, httpClient: azure.httpClient(), retryOptions: { maxRetries: 0 } }),
  };
}

async function allOf<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const entry of pages) all.push(entry);
  return all;
}

async function refusal(work: Promise<unknown>): Promise<{ readonly status: number | undefined; readonly code: string | undefined; readonly message: string }> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error('it was not refused');
  const { statusCode, code } = error as RestError;
  return { status: statusCode, code, message: error.message };
}

const environment = { ...process.env };
afterEach(() => {
  process.env = { ...environment };
});

describe('Resource Manager through the Azure SDKs, in memory', () => {
  it('lists origins, changes a weight as a long-running operation, and reads it back', async () => {
    const { azure, clock } = sampleAzure();
    const { cdn } = clients(azure);
    const origins = await allOf(cdn.afdOrigins.listByOriginGroup(group, 'afd-shop', 'web'));
    expect(origins.map((origin) => [origin.name, origin.weight, origin.enabledState])).toEqual([
      ['web-eastus2', 500, 'Enabled'],
      ['web-centralus', 500, 'Enabled'],
      ['web-westus3', 500, 'Enabled'],
    ]);
    const poller = await cdn.afdOrigins.beginUpdate(group, 'afd-shop', 'web', 'web-eastus2', { weight: 1 });
    await poller.poll();
    expect(poller.isDone()).toBe(false);
    clock.runUntil(clock.now() + 31_000);
    await poller.poll();
    expect(poller.isDone()).toBe(true);
    const after = await cdn.afdOrigins.get(group, 'afd-shop', 'web', 'web-eastus2');
    expect([after.weight, after.priority, after.provisioningState, after.deploymentStatus]).toEqual([1, 1, 'Succeeded', 'NotStarted']);
  });

  it.each([
    [{ weight: 0 }, /weight/],
    [{ weight: 1001 }, /weight/],
    [{ weight: 1.5 }, /integer/],
    [{ priority: 6 }, /priority/],
  ])('refuses %o, which the client sends unchecked', async (change, message) => {
    const { azure } = sampleAzure();
    const { status, code, message: text } = await refusal(clients(azure).cdn.afdOrigins.beginUpdate(group, 'afd-shop', 'web', 'web-eastus2', change));
    expect([status, code]).toEqual([400, 'BadRequest']);
    expect(text).toMatch(message);
  });

  it('reads and writes a node pool under its etag', async () => {
    const { azure } = sampleAzure();
    const { aks } = clients(azure);
    const pool = await aks.agentPools.get('rg-shop-eastus2', 'aks-shop-eastus2', 'user1');
    expect(pool.eTag).toMatch(/\S{8}/);
    const { nodeImageVersion: _image, provisioningState: _state, powerState: _power, eTag, id: _id, name: _name, type: _type, currentOrchestratorVersion: _version, ...rest } = pool;
    const wanted = { ...rest, minCount: 4, maxCount: 30 };
    const stale = await refusal(aks.agentPools.createOrUpdate('rg-shop-eastus2', 'aks-shop-eastus2', 'user1', wanted, { ifMatch: 'an-older-one' }).submitted());
    expect([stale.status, stale.code]).toEqual([412, 'OriginalEtagNotExpect']);
    await aks.agentPools.createOrUpdate('rg-shop-eastus2', 'aks-shop-eastus2', 'user1', wanted, eTag === undefined ? {} : { ifMatch: eTag }).submitted();
    const during = await aks.agentPools.get('rg-shop-eastus2', 'aks-shop-eastus2', 'user1');
    expect([during.minCount, during.maxCount, during.provisioningState]).toEqual([4, 30, 'Updating']);
    const busy = await refusal(aks.agentPools.createOrUpdate('rg-shop-eastus2', 'aks-shop-eastus2', 'user1', wanted).submitted());
    expect([busy.status, busy.code]).toEqual([409, 'OperationNotAllowed']);
  });

  it('tells the room that is left: quota, SKUs, addresses', async () => {
    const { azure, world } = sampleAzure();
    const { compute, network } = clients(azure);
    const usages = await allOf(compute.usage.list('eastus2'));
    const cores = usages.find((usage) => usage.name.value === 'cores');
    expect(cores?.limit).toBe(world.spec.quotas['eastus2']?.coresLimit);
    const skus = await allOf(compute.resourceSkus.list({ filter: "location eq 'eastus2'" }));
    expect(skus.find((sku) => sku.name === 'Standard_D4s_v5')?.capabilities).toContainEqual({ name: 'vCPUs', value: '4' });
    const [usage] = await allOf(network.virtualNetworks.listUsage('rg-shop-eastus2', 'vnet-shop-eastus2'));
    expect(usage?.limit).toBe(251);
    expect(usage?.currentValue).toBeGreaterThan(3);
  });

  it('gives metrics late, by origin, through the query client', async () => {
    const { azure, clock } = sampleAzure();
    const { metrics } = clients(azure);
    const from = clock.now();
    clock.runUntil(from + 20 * 60_000);
    const result = await metrics.queryResource(ids.profile, ['OriginRequestCount', 'OriginHealthPercentage'], {
      timespan: { startTime: new Date(from), endTime: new Date(clock.now()) },
      granularity: 'PT1M',
      aggregations: ['Total', 'Average'],
      filter: "Origin eq '*'",
    });
    const requests = result.getMetricByName('OriginRequestCount');
    expect(requests?.timeseries.map((series) => series.metadataValues?.[0]?.value)).toEqual(['eastus2.origin.sandbox.test', 'centralus.origin.sandbox.test', 'westus3.origin.sandbox.test']);
    const data = requests?.timeseries[0]?.data ?? [];
    expect(data.filter((point) => (point.total ?? 0) > 10_000).length).toBeGreaterThan(10);
    expect(data.slice(-1).map((point) => point.total)).toEqual([undefined]);
    const health = result.getMetricByName('OriginHealthPercentage')?.timeseries[0]?.data?.find((point) => point.average !== undefined);
    expect(health?.average).toBe(100);
  });

  it('serves a managed identity as the Functions host would', async () => {
    const { azure } = sampleAzure();
    Object.assign(process.env, azure.environment());
    const credential = new ManagedIdentityCredential({ clientId: azure.environment()['AZURE_CLIENT_ID'] ?? '', httpClient: azure.httpClient() });
    const token = await credential.getToken('https://management.azure.com/.default');
    const verdict = azure.tokens.check(`Bearer ${token.token}`, ['https://management.azure.com']);
    expect(verdict).toMatchObject({ kind: 'valid', principal: { standing: 'controlPlane' } });
  });
});
