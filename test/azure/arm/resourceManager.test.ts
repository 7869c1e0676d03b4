import { beforeEach, describe, expect, it } from 'vitest';
import { createArmFace } from '../../../sandbox/azure/arm/index.ts';
import type { Azure } from '../../../sandbox/azure/index.ts';
import { createAzure } from '../../../sandbox/azure/index.ts';
import { createWorld, parseFleetForWorld, specFromFleet } from '../../../sandbox/world/index.ts';
import { sampleFleetText } from '../../clients/azSession.ts';
import { ask, ids, jsonOf, sampleAzure, startMs, type Ask, type SampleAzure } from '../sampleAzure.ts';

let sample: SampleAzure;
let azure: Azure;
beforeEach(() => {
  sample = sampleAzure();
  azure = sample.azure;
});

const cdn = 'api-version=2024-02-01';
const aks = 'api-version=2026-06-01';
const origin = `${ids.profile}/originGroups/web/origins/web-eastus2`;
const pool = `${ids.cluster}/agentPools/user1`;

async function errorOf(path: string, options: Ask = {}): Promise<readonly [number, string]> {
  const { status, body } = await ask(azure, path, options);
  const { error, code } = body as { readonly error?: { readonly code: string }; readonly code?: string };
  return [status, error?.code ?? code ?? ''];
}

describe('api-versions', () => {
  it.each([
    ['missing', ids.profile, 400, 'MissingApiVersionParameter'],
    ['no version at all', `${ids.profile}?api-version=latest`, 400, 'InvalidApiVersionParameter'],
    ['unknown to a global type', `${ids.profile}?api-version=2019-01-01`, 404, 'InvalidResourceType'],
    ['unknown to a regional type', `${ids.cluster}?api-version=2019-01-01`, 400, 'NoRegisteredProviderFound'],
    ['unknown to Resource Manager itself', '/subscriptions?api-version=1999-01-01', 400, 'InvalidApiVersionParameter'],
    ['unknown to metrics', `${ids.profile}/providers/microsoft.insights/metrics?api-version=2015-01-01`, 404, 'InvalidResourceType'],
  ])('%s', async (_name, path, status, code) => {
    expect(await errorOf(path)).toEqual([status, code]);
  });

  it('name those that are supported', async () => {
    const { body } = await ask(azure, `${ids.profile}?api-version=2019-01-01`);
    expect(body).toMatchObject({ error: { message: expect.stringMatching(/The supported api-versions are '2020-09-01,2021-06-01,.*2025-12-01'\.$/) } });
  });

  it('older ones do not carry the etag of a pool', async () => {
    expect((await ask(azure, `${pool}?api-version=2022-11-01`)).body).not.toHaveProperty('properties.eTag');
    expect((await ask(azure, `${pool}?${aks}`)).body).toHaveProperty('properties.eTag');
  });
});

describe('lists with a $filter', () => {
  const list = async (what: string, filter: string): Promise<readonly [number, readonly string[] | string]> => {
    const { status, body } = await ask(azure, `/subscriptions/${ids.subscription}/${what}?api-version=2021-04-01&$filter=${encodeURIComponent(filter)}`);
    const { value, error } = body as { readonly value?: readonly { readonly name: string }[]; readonly error?: { readonly code: string } };
    return [status, value?.map(({ name }) => name) ?? error?.code ?? ''];
  };

  it.each([
    ['resources', "location eq 'westus3'", ['aks-shop-westus3', 'agw-shop-westus3', 'vnet-shop-westus3']],
    ['resources', "resourceGroup eq 'RG-SHOP-EASTUS2' and resourceType eq 'Microsoft.Network/virtualNetworks'", ['vnet-shop-eastus2']],
    ['resources', "name eq 'a and b'", []],
    ['resources', "tagname eq 'env' and tagvalue eq 'prod'", []],
    ['resourceGroups', "tagName eq 'env' and tagValue eq 'prod'", []],
  ])('%s: %s', async (what, filter, names) => {
    expect(await list(what, filter)).toEqual([200, names]);
  });

  it.each([
    ['resources', "substringof('aks', name)"],
    ['resources', "name ne 'x'"],
    ['resources', "name eq 'x' or name eq 'y'"],
    ['resourceGroups', "name eq 'x'"],
  ])('%s: %s is refused, not left out', async (what, filter) => {
    expect(await list(what, filter)).toEqual([400, 'InvalidFilterInQueryString']);
  });
});

describe('what is not there', () => {
  it('is named by its type', async () => {
    const { body } = await ask(azure, `${pool}/upgradeProfiles/default?${aks}`);
    expect(body).toMatchObject({ error: { message: "The sandbox does not implement the resource type 'Microsoft.ContainerService/managedClusters/agentPools/upgradeProfiles'." } });
  });

  it.each([
    ['another subscription', `/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups?api-version=2021-04-01`, 404, 'SubscriptionNotFound'],
    ['a subscription that is no GUID', `/subscriptions/mine/resourceGroups?api-version=2021-04-01`, 400, 'InvalidSubscriptionId'],
    ['a resource group', `/subscriptions/${ids.subscription}/resourceGroups/nope?api-version=2021-04-01`, 404, 'ResourceGroupNotFound'],
    ['a profile', `${ids.profile}x?${cdn}`, 404, 'ResourceNotFound'],
    ['an origin', `${origin}x?${cdn}`, 404, 'NotFound'],
    ['a cluster', `${ids.cluster}x?${aks}`, 404, 'ResourceNotFound'],
    ['a pool', `${pool}x?${aks}`, 404, 'NotFound'],
    ['a region', `/subscriptions/${ids.subscription}/providers/Microsoft.Compute/locations/mars/usages?api-version=2024-07-01`, 400, 'NoRegisteredProviderFound'],
    ['an operation', `/subscriptions/${ids.subscription}/resourceGroups/rg-shop-global/providers/Microsoft.Cdn/operationresults/x?${cdn}`, 404, 'NotFound'],
    ['a provider', `/subscriptions/${ids.subscription}/providers/Microsoft.Storage/storageAccounts?api-version=2024-01-01`, 404, 'InvalidResourceNamespace'],
    ['a type of a known provider', `/subscriptions/${ids.subscription}/providers/Microsoft.Compute/disks?api-version=2024-03-02`, 501, 'NotImplemented'],
    ['what else a profile has', `${ids.profile}/customDomains?${cdn}`, 501, 'NotImplemented'],
    ['a path', `/nothing?api-version=2020-01-01`, 404, 'NotFound'],
  ])('%s', async (_name, path, status, code) => {
    expect(await errorOf(path)).toEqual([status, code]);
  });

  it.each([
    ['creating an origin', 'PUT', `${origin}-new?${cdn}`, { properties: { hostName: 'x' } }],
    ['removing an origin', 'DELETE', `${origin}?${cdn}`, undefined],
    ['another host of an origin', 'PATCH', `${origin}?${cdn}`, { properties: { hostName: 'elsewhere.example' } }],
    ['removing a pool', 'DELETE', `${pool}?${aks}`, undefined],
    ['changing a cluster', 'PUT', `${ids.cluster}?${aks}`, { location: 'eastus2' }],
  ])('%s is refused as not implemented, by name, and changes nothing', async (_name, method, path, body) => {
    const before = JSON.stringify(sample.world.frontDoor.asked);
    expect(await errorOf(path, { method, body })).toEqual([501, 'NotImplemented']);
    expect(JSON.stringify(sample.world.frontDoor.asked)).toBe(before);
  });

  it('a method that a path does not have', async () => {
    expect(await errorOf(`${ids.profile}?${cdn}`, { method: 'POST' })).toEqual([405, 'HttpMethodNotAllowed']);
  });
});

describe('Front Door writes', () => {
  it('answer as recorded: 202 for a PATCH, 201 for a PUT, Updating, and an operation that outlives success', async () => {
    const patched = await ask(azure, `${origin}?${cdn}`, { method: 'PATCH', body: { properties: { weight: 3 } } });
    expect(patched.status).toBe(202);
    expect(patched.body).toMatchObject({ type: 'Microsoft.Cdn/profiles/origingroups/origins', properties: { weight: 3, provisioningState: 'Updating', deploymentStatus: 'NotStarted' } });
    expect(patched.headers).not.toHaveProperty('retry-after');
    expect(patched.headers).not.toHaveProperty('etag');
    const poll = patched.headers['azure-asyncoperation'] ?? '';
    expect(poll).toMatch(/\/providers\/Microsoft\.Cdn\/operationresults\/[0-9a-f-]{36}\?api-version=2024-02-01&t=\d+&c=/);
    expect((await ask(azure, poll)).body).toEqual({ status: 'InProgress', error: { code: 'None', message: null } });
    sample.clock.runUntil(startMs + 30_000);
    expect((await ask(azure, poll)).body).toEqual({ status: 'Succeeded', error: { code: 'None', message: null } });
    const put = await ask(azure, `${origin}?${cdn}`, { method: 'PUT', body: { properties: { weight: 4, priority: 2, enabledState: 'Disabled' } } });
    expect(put.status).toBe(201);
    expect(sample.world.frontDoor.asked.originGroups[0]?.origins[0]).toMatchObject({ weight: 4, priority: 2, enabled: 'Disabled' });
  });

  it('take no unknown property, no wrong type, no bad JSON', async () => {
    expect(await errorOf(`${origin}?${cdn}`, { method: 'PATCH', body: { properties: { wieght: 3 } } })).toEqual([400, 'BadRequest']);
    expect(await errorOf(`${origin}?${cdn}`, { method: 'PATCH', body: { weight: 3 } })).toEqual([400, 'BadRequest']);
    expect(await errorOf(`${origin}?${cdn}`, { method: 'PATCH', body: { properties: { enabledState: 'Off' } } })).toEqual([400, 'BadRequest']);
    expect(await errorOf(`${origin}?${cdn}`, { method: 'PATCH', body: '{"properties":' })).toEqual([400, 'InvalidRequestContent']);
    expect(await errorOf(`${origin}?${cdn}`, { method: 'PATCH' })).toEqual([400, 'BadRequest']);
  });

  it('change the latency window of an origin group', async () => {
    const patched = await ask(azure, `${ids.profile}/originGroups/web?${cdn}`, { method: 'PATCH', body: { properties: { loadBalancingSettings: { additionalLatencyInMilliseconds: 0, sampleSize: 4, successfulSamplesRequired: 2 } } } });
    expect(patched.status).toBe(202);
    expect(sample.world.frontDoor.asked.originGroups[0]).toMatchObject({ latencyWindowMs: 0, successfulSamplesRequired: 2 });
    expect(await errorOf(`${ids.profile}/originGroups/web?${cdn}`, { method: 'PATCH', body: { properties: { loadBalancingSettings: { sampleSize: 3, successfulSamplesRequired: 4 } } } })).toEqual([400, 'BadRequest']);
  });

  it('hang while the control plane is frozen, or are refused where it says so; reads go on', async () => {
    const id = sample.world.faults.inject({ kind: 'frontDoorFrozen' });
    const patched = await ask(azure, `${origin}?${cdn}`, { method: 'PATCH', body: { properties: { weight: 3 } } });
    sample.clock.runUntil(startMs + 3_600_000);
    expect((await ask(azure, patched.headers['azure-asyncoperation'] ?? '')).body).toMatchObject({ status: 'InProgress' });
    sample.world.faults.heal(id);
    sample.world.faults.inject({ kind: 'frontDoorFrozen', how: 'refused' });
    expect(await errorOf(`${origin}?${cdn}`, { method: 'PATCH', body: { properties: { weight: 4 } } })).toEqual([409, 'Conflict']);
    expect((await ask(azure, `${origin}?${cdn}`)).body).toMatchObject({ properties: { weight: 3 } });
  });
});

describe('classic Front Door', () => {
  const classicId = ids.profile.replace('Microsoft.Cdn/profiles', 'Microsoft.Network/frontDoors');
  const classic = 'api-version=2025-11-01';
  beforeEach(() => {
    const text = sampleFleetText().replace('kind: standardPremium', 'kind: classic').replace(ids.profile, classicId);
    const world = createWorld(specFromFleet(parseFleetForWorld(text)), { clock: sample.clock, seed: 7 });
    sample = { ...sample, world, azure: createAzure(world) };
    azure = sample.azure;
  });

  it('is read and put whole; the last writer wins, without an etag', async () => {
    const { body, headers } = await ask(azure, `${classicId}?${classic}`);
    expect(headers).not.toHaveProperty('etag');
    const text = JSON.stringify(body);
    const put = await ask(azure, `${classicId}?${classic}`, { method: 'PUT', body: text.replace('"weight":500', '"weight":8') });
    expect(put.status).toBe(201);
    expect(sample.world.frontDoor.asked.originGroups[0]?.origins.map((each) => each.weight)).toEqual([8, 500, 500]);
    expect((await ask(azure, put.headers['azure-asyncoperation'] ?? '')).body).toMatchObject({ status: 'InProgress' });
    const again = await ask(azure, `${classicId}?${classic}`, { method: 'PUT', body: text });
    expect(again.status).toBe(201);
    expect(sample.world.frontDoor.asked.originGroups[0]?.origins.map((each) => each.weight)).toEqual([500, 500, 500]);
  });

  it('spells the latency window its own way, and is no profile', async () => {
    expect((await ask(azure, `${classicId}?${classic}`)).body).toMatchObject({ properties: { loadBalancingSettings: [{ properties: { additionalLatencyMilliseconds: 30 } }] } });
    expect(await errorOf(`${ids.profile}?${cdn}`)).toEqual([404, 'ResourceNotFound']);
  });

  it('has the metrics of its own names', async () => {
    sample.clock.runUntil(startMs + 900_000);
    const { body } = await ask(azure, `${classicId}/providers/microsoft.insights/metrics?api-version=2018-01-01&metricnames=BackendHealthPercentage&$filter=${encodeURIComponent("Backend eq '*' and BackendPool eq 'web'")}`);
    expect(body).toMatchObject({ namespace: 'Microsoft.Network/frontdoors', value: [{ timeseries: [{ metadatavalues: [{ name: { value: 'backend' } }, { name: { value: 'backendpool' }, value: 'web' }] }, {}, {}] }] });
  });

  it.each([
    ['a weight out of range', (text: string) => text.replace('"weight":500', '"weight":0'), 400],
    ['a backend less', (text: string) => text.replace(/\{"address":[^}]*\},/, ''), 501],
    ['another address', (text: string) => text.replace('"address":"', '"address":"other-'), 501],
    ['no properties', () => '{}', 400],
  ])('refuses %s', async (_name, change, status) => {
    const text = JSON.stringify((await ask(azure, `${classicId}?${classic}`)).body);
    expect((await ask(azure, `${classicId}?${classic}`, { method: 'PUT', body: change(text) })).status).toBe(status);
  });
});

describe('node pools', () => {
  const bodyOf = async (change: Readonly<Record<string, unknown>> = {}): Promise<unknown> => {
    const { body } = await ask(azure, `${pool}?${aks}`);
    const { properties } = body as { readonly properties: Readonly<Record<string, unknown>> };
    return { properties: { ...properties, ...change } };
  };
  const put = async (change: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}): Promise<readonly [number, string]> => errorOf(`${pool}?${aks}`, { method: 'PUT', body: await bodyOf(change), headers });

  it.each([
    ['an unknown property', { minCuont: 3 }, 400, 'UnmarshalError'],
    ['a count as text', { minCount: '3' }, 400, 'UnmarshalError'],
    ['more than a pool holds', { maxCount: 1001 }, 400, 'InvalidParameter'],
    ['a minimum above the maximum', { minCount: 20, maxCount: 10 }, 400, 'InvalidParameter'],
    ['bounds without an autoscaler', { enableAutoScaling: false }, 400, 'InvalidParameter'],
    ['one bound alone', { minCount: null }, 400, 'InvalidParameter'],
    ['another size', { vmSize: 'Standard_D8s_v5' }, 400, 'PropertyChangeNotAllowed'],
    ['another subnet', { vnetSubnetID: `${ids.vnet}/subnets/other` }, 400, 'PropertyChangeNotAllowed'],
    ['another image', { nodeImageVersion: 'AKSUbuntu-2204gen2containerd-202001.01.0' }, 501, 'NotImplemented'],
    ['new taints', { nodeTaints: ['a=b:NoSchedule'] }, 501, 'NotImplemented'],
  ])('refuse %s', async (_name, change, status, code) => {
    expect(await put(change)).toEqual([status, code]);
  });

  it('say which operation is in progress while one is, and follow the etag', async () => {
    const { body } = await ask(azure, `${pool}?${aks}`);
    const { properties: { eTag } } = body as { readonly properties: { readonly eTag: string } };
    expect(await put({ maxCount: 33 }, { 'if-match': 'stale' })).toEqual([412, 'OriginalEtagNotExpect']);
    const accepted = await ask(azure, `${pool}?${aks}`, { method: 'PUT', body: await bodyOf({ maxCount: 33 }), headers: { 'if-match': `"${eTag}"` } });
    expect(accepted.status).toBe(200);
    expect(accepted.body).toMatchObject({ properties: { maxCount: 33, provisioningState: 'Updating' } });
    expect(await put({ maxCount: 34 })).toEqual([409, 'OperationNotAllowed']);
    const poll = accepted.headers['azure-asyncoperation'] ?? '';
    expect((await ask(azure, poll)).body).toMatchObject({ status: 'InProgress', startTime: '2026-11-23T12:00:00.000Z' });
    sample.clock.runUntil(startMs + 60_000);
    expect((await ask(azure, poll)).body).toMatchObject({ status: 'Succeeded', endTime: expect.any(String) });
    expect((await ask(azure, `${pool}?${aks}`)).body).toMatchObject({ properties: { maxCount: 33, provisioningState: 'Succeeded' } });
  });

  it('whoever names a subnet must be allowed to join it', async () => {
    const join = 'Microsoft.Network/virtualNetworks/subnets/join/action';
    const face = createArmFace({
      world: sample.world,
      tokens: azure.tokens,
      authorizer: { allows: (_principal, operation) => operation !== join },
      addresses: () => [azure.endpoints],
      endpointsFor: () => azure.endpoints,
    });
    const headers = { authorization: `Bearer ${azure.issueToken({ as: 'controlPlane', audience: 'arm' })}` };
    const send = async (body: unknown) => face({ method: 'PUT', url: new URL(`https://management.sandbox.test${pool}?${aks}`), headers, body: Buffer.from(JSON.stringify(body)), signal: null });
    const refused = await send(await bodyOf({ maxCount: 20 }));
    expect(refused.status).toBe(403);
    expect(await jsonOf(refused)).toMatchObject({ error: { code: 'LinkedAuthorizationFailed', message: expect.stringContaining(join) } });
    expect((await send(await bodyOf({ maxCount: 20, vnetSubnetID: null }))).status).toBe(200);
  });
});

describe('a Resource Manager in trouble', () => {
  it('throttles with Retry-After, all requests or a fraction, or writes alone', async () => {
    const all = sample.world.faults.inject({ kind: 'armThrottled', retryAfterSeconds: 9 });
    const answer = await ask(azure, `${origin}?${cdn}`);
    expect([answer.status, answer.headers['retry-after'], answer.headers['x-ms-ratelimit-remaining-subscription-reads']]).toEqual([429, '9', '0']);
    expect(answer.body).toMatchObject({ error: { code: 'SubscriptionRequestsThrottled' } });
    sample.world.faults.heal(all);
    const half = sample.world.faults.inject({ kind: 'armThrottled', severity: 0.5 });
    const statuses = [];
    for (let count = 0; count < 10; count += 1) statuses.push((await ask(azure, `${origin}?${cdn}`)).status);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    sample.world.faults.heal(half);
    sample.world.faults.inject({ kind: 'armThrottled', only: 'writes' });
    expect((await ask(azure, `${origin}?${cdn}`)).status).toBe(200);
    expect((await ask(azure, `${origin}?${cdn}`, { method: 'PATCH', body: { properties: { weight: 2 } } })).status).toBe(429);
  });

  it('is down with 503, 500 or 502', async () => {
    const id = sample.world.faults.inject({ kind: 'armDown' });
    expect(await errorOf(`${origin}?${cdn}`)).toEqual([503, 'ServiceUnavailable']);
    sample.world.faults.heal(id);
    sample.world.faults.inject({ kind: 'armDown', how: 500 });
    expect(await errorOf(`${origin}?${cdn}`)).toEqual([500, 'InternalServerError']);
  });

  it('tells in each answer what is left of the limits, and its correlation', async () => {
    const { headers } = await ask(azure, `${origin}?${cdn}`, { headers: { 'x-ms-client-request-id': 'mine' } });
    expect(headers).toMatchObject({ 'x-ms-ratelimit-remaining-subscription-reads': expect.stringMatching(/^\d+$/), 'x-ms-client-request-id': 'mine', 'x-ms-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });
});
