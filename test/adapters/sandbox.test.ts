import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createCredential } from '../../src/adapters/entra/credential.ts';
import { TransientError } from '../../src/ports/outcome.ts';
import { computeContract } from './contracts/computeContract.ts';
import { trafficContract } from './contracts/trafficContract.ts';
import { classicFleetText, sampleFleet, sampleFleetText, stampOf } from './support/fleet.ts';
import { openSandbox } from './support/sandboxPorts.ts';

const fleet = sampleFleet();
const eastus2 = stampOf(fleet, 'eastus2');

computeContract('AKS pools, on the sandbox', () => {
  const sandbox = openSandbox();
  return Promise.resolve({
    compute: sandbox.ports.compute,
    stamp: eastus2,
    pool: 'user1',
    advance: sandbox.advance,
    keepBusy: () => sandbox.inject({ kind: 'poolBusy', stamp: 'eastus2' }),
    breakService: () => sandbox.inject({ kind: 'armDown' }),
  });
});

const kinds = [
  { name: 'Front Door Standard/Premium', text: sampleFleetText, isWrite: (method: string, url: string) => method === 'PATCH' && url.includes('/originGroups/') },
  { name: 'classic Front Door', text: classicFleetText, isWrite: (method: string, url: string) => method === 'PUT' && url.includes('/frontDoors/') },
];

for (const { name, text, isWrite } of kinds) {
  trafficContract(`${name}, on the sandbox`, () => {
    const sandbox = openSandbox(text);
    const writes = sandbox.requests(isWrite);
    return Promise.resolve({ traffic: sandbox.ports.traffic, fleet: sandbox.fleet, advance: sandbox.advance, breakService: () => sandbox.inject({ kind: 'armDown' }), writes });
  });
}

describe('headroom, on the sandbox', () => {
  const sandbox = openSandbox();

  test('quota of the region and of the families of the pools\' sizes', async () => {
    const [quota, skus] = await Promise.all([sandbox.ports.headroom.readQuota(eastus2), sandbox.ports.headroom.readSkus(eastus2)]);
    if (quota.kind === 'unknown') throw new Error(quota.why);
    if (skus.kind === 'unknown') throw new Error(skus.why);
    expect(quota.value.regionalCores.limit).toBeGreaterThan(quota.value.regionalCores.used);
    expect(skus.value.length).toBeGreaterThan(0);
    for (const sku of skus.value) {
      expect(sku).toMatchObject({ vCpus: expect.any(Number), zones: ['1', '2', '3'], restricted: null });
      expect(quota.value.families[sku.family]).toMatchObject({ limit: expect.any(Number) });
    }
  });

  test('addresses of the node subnet', async () => {
    const network = await sandbox.ports.headroom.readNetwork(eastus2);
    if (network.kind === 'unknown') throw new Error(network.why);
    expect(network.value).toMatchObject({ plugin: 'overlay', podCidr: expect.stringContaining('/'), subnets: [{ id: eastus2.gateway.nodeSubnetId }] });
    expect(network.value.subnets[0]?.totalAddresses).toBeGreaterThan(network.value.subnets[0]?.usedAddresses ?? 0);
  });

  test('what a cluster is bound by besides: outbound ports, a ResourceQuota, spot machines, a capacity reservation and closed zones', async () => {
    const own = openSandbox(undefined, { clusters: { eastus2: { outboundPorts: { perNode: 8000, addresses: 2 }, resourceQuota: { pods: '60', 'requests.cpu': '40' }, spot: true, reservedNodes: 2 } } });
    own.inject({ kind: 'skuRefused', stamp: 'eastus2', zones: ['3'] });
    own.inject({ kind: 'quotaShort', stamp: 'eastus2', of: 'lowPriority', coresLeft: 6 });
    const { headroom, compute } = own.ports;
    const [network, quota, skus, pools] = await Promise.all([headroom.readNetwork(eastus2), headroom.readQuota(eastus2), headroom.readSkus(eastus2), compute.readPools(eastus2)]);
    expect(network).toMatchObject({ value: { outboundPortsPerNode: 8000, outboundPortsTotal: 128_000 } });
    expect(network.kind === 'known' ? network.value.resourceQuotas : []).toEqual([
      { namespace: 'shop', resource: 'cpu', used: 25_000, hard: 40_000 },
      { namespace: 'shop', resource: 'pods', used: 50, hard: 60 },
    ]);
    const user = pools.kind === 'known' ? pools.value.find(({ name }) => name === 'user1') : undefined;
    expect(user).toMatchObject({ spot: 'spot', reservedNodesFree: 2 });
    expect(quota).toMatchObject({ value: { lowPriorityCores: { used: (user?.count ?? 0) * 4, limit: (user?.count ?? 0) * 4 + 6 } } });
    expect(skus.kind === 'known' ? skus.value.find(({ name }) => name === 'Standard_D4s_v5') : null).toMatchObject({ zones: ['1', '2'], restricted: 'NotAvailableForSubscription' });
  });

  test('a compute provider that gives no answer leaves the others alone', async () => {
    const own = openSandbox();
    own.inject({ kind: 'armDown', provider: 'Microsoft.Compute' });
    expect(await own.ports.headroom.readQuota(eastus2)).toMatchObject({ kind: 'unknown', why: expect.stringContaining('503') });
    expect(await own.ports.headroom.readNetwork(eastus2)).toMatchObject({ kind: 'known' });
  });

  test('keeps what it read, with its age, and gives it on while Azure is down', async () => {
    const own = openSandbox();
    const first = await own.ports.headroom.readQuota(eastus2);
    own.inject({ kind: 'armDown' });
    own.advance(30_000);
    expect(await own.ports.headroom.readQuota(eastus2)).toEqual(first);
    own.advance(600_000);
    expect(await own.ports.headroom.readQuota(eastus2)).toEqual(first);
    expect(await own.another().headroom.readQuota(eastus2)).toMatchObject({ kind: 'unknown' });
  });
});

test('a throttled Resource Manager is waited for within the budget, and a write says how long it was asked to wait', async () => {
  const sandbox = openSandbox();
  sandbox.inject({ kind: 'armThrottled', severity: 1 });
  const startedAt = sandbox.clock.now();
  expect(await sandbox.ports.compute.readPools(eastus2)).toMatchObject({ kind: 'unknown', why: expect.stringContaining('429') });
  expect(sandbox.clock.now() - startedAt).toBeLessThanOrEqual(20_000);
  const origin = eastus2.origins[0];
  if (origin === undefined) throw new Error('eastus2 has an origin');
  const error: unknown = await sandbox.ports.traffic.applyOrigin(eastus2, origin, { weight: 1, enabled: 'Enabled' }).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(TransientError);
  expect(error instanceof TransientError ? error.retryAfterMs : null).toBeGreaterThan(0);
});

describe('the managed identity of the sandbox\'s host', () => {
  const kept = { endpoint: process.env['IDENTITY_ENDPOINT'], header: process.env['IDENTITY_HEADER'] };
  beforeEach(() => {
    const environment = openSandbox().azure.environment();
    process.env['IDENTITY_ENDPOINT'] = environment['IDENTITY_ENDPOINT'];
    process.env['IDENTITY_HEADER'] = environment['IDENTITY_HEADER'];
  });
  afterEach(() => {
    for (const [name, value] of [['IDENTITY_ENDPOINT', kept.endpoint], ['IDENTITY_HEADER', kept.header]] as const) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  test('gives a token through the unmodified identity SDK, and it reads what its role allows', async () => {
    const sandbox = openSandbox();
    const environment = sandbox.azure.environment();
    const { httpClient } = sandbox.context;
    if (httpClient === undefined) throw new Error('the sandbox has a transport');
    const credential = createCredential({
      clientId: environment['AZURE_CLIENT_ID'] ?? null,
      identityEndpoint: process.env['IDENTITY_ENDPOINT'] ?? null,
      authorityHost: sandbox.azure.endpoints.authority,
      httpClient,
    });
    const token = await credential.getToken(`${sandbox.azure.endpoints.arm}/.default`);
    expect(token?.token.split('.')).toHaveLength(3);
    expect(token?.expiresOnTimestamp).toBeGreaterThan(sandbox.clock.now());
  });
});
