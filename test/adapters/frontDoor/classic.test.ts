import { describe, expect, test } from 'vitest';
import { classicTraffic } from '../../../src/adapters/frontDoor/classic.ts';
import { unknown } from '../../../src/domain/reading.ts';
import type { Fleet, StampOrigin } from '../../../src/domain/fleet.ts';
import { TransientError } from '../../../src/ports/outcome.ts';
import { fakeContext } from '../support/fakeContext.ts';
import { fakeHttp, type Answer, type Asked } from '../support/fakeHttp.ts';
import { sampleFleet } from '../support/fleet.ts';

const sample = sampleFleet();
const addressOf = (stamp: string): string => `${stamp}.shop.example.com`;
const fleet: Fleet = {
  ...sample,
  frontDoor: { kind: 'classic', resourceId: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/frontDoors/fd' },
  stamps: sample.stamps.map((stamp) => ({ ...stamp, origins: stamp.origins.map((origin) => ({ ...origin, originGroup: 'web', origin: addressOf(stamp.name) })) })),
};

interface Backend {
  address: string;
  weight: number | null;
  priority: number;
  enabledState: string;
  httpPort: number;
}

function frontDoorBody() {
  const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/frontDoors/fd';
  const backends: Backend[] = fleet.stamps.map(({ name }) => ({ address: addressOf(name), weight: 500, priority: 1, enabledState: 'Enabled', httpPort: 80 }));
  return {
    id,
    name: 'fd',
    location: 'global',
    tags: { team: 'shop' },
    properties: {
      friendlyName: 'shop',
      resourceState: 'Enabled',
      provisioningState: 'Succeeded',
      cname: 'fd.azurefd.net',
      frontdoorId: 'abc',
      enabledState: 'Enabled',
      loadBalancingSettings: [{ id: `${id}/loadBalancingSettings/lb`, name: 'lb', properties: { sampleSize: 4, successfulSamplesRequired: 2, additionalLatencyMilliseconds: 15, resourceState: 'Enabled' } }],
      healthProbeSettings: [{ id: `${id}/healthProbeSettings/hp`, name: 'hp', properties: { path: '/', protocol: 'Https', intervalInSeconds: 30, enabledState: 'Enabled', resourceState: 'Enabled' } }],
      routingRules: [{ name: 'all', properties: { acceptedProtocols: ['Https'], patternsToMatch: ['/*'], enabledState: 'Enabled', resourceState: 'Enabled' } }],
      backendPools: [{ name: 'web', properties: { resourceState: 'Enabled', backends, loadBalancingSettings: { id: `${id}/loadBalancingSettings/lb` }, healthProbeSettings: { id: `${id}/healthProbeSettings/hp` } } }],
    },
  };
}

type Body = ReturnType<typeof frontDoorBody>;

/** A classic Front Door that takes a whole PUT, as the service does; `afterPut` is another writer. */
function service(afterPut: (body: Body) => void = () => undefined) {
  const state = { body: frontDoorBody() };
  const http = fakeHttp((asked: Asked): Answer => {
    if (asked.method === 'GET') return { status: 200, body: state.body };
    const put = asked.body as { properties: { backendPools: Body['properties']['backendPools'] } }; // the SDK's serialiser wrote it
    state.body = { ...state.body, properties: { ...state.body.properties, backendPools: put.properties.backendPools } };
    afterPut(state.body);
    return { status: 202, body: state.body, headers: { 'azure-asyncoperation': 'https://arm.test/op/1?api-version=1' } };
  });
  return { traffic: classicTraffic(fakeContext(http.client), fleet, () => Promise.resolve(unknown('', 0))), asked: http.asked, state };
}

const changeOf = (index: number, weight: number, enabled: 'Enabled' | 'Disabled' = 'Enabled') => {
  const stamp = fleet.stamps[index];
  const origin: StampOrigin | undefined = stamp?.origins[0];
  if (stamp === undefined || origin === undefined) throw new Error('the fleet has three stamps');
  return { stamp, origin, set: { weight, enabled } };
};

const puts = (asked: readonly Asked[]): readonly Asked[] => asked.filter(({ method }) => method === 'PUT');

test('several origins go in one PUT of the whole, everything else as it was read', async () => {
  const { traffic, asked, state } = service();
  const outcomes = await traffic.applyOrigins([changeOf(0, 0), changeOf(1, 700), changeOf(2, 300)]);
  expect(outcomes).toEqual([{ kind: 'accepted' }, { kind: 'accepted' }, { kind: 'accepted' }]);
  expect(puts(asked)).toHaveLength(1);
  const sent = puts(asked)[0]?.body as { tags: unknown; properties: Record<string, unknown> };
  expect(sent.tags).toEqual({ team: 'shop' });
  expect(sent.properties).toMatchObject({ friendlyName: 'shop', routingRules: [{ name: 'all' }], healthProbeSettings: [{ name: 'hp' }] });
  expect(state.body.properties.backendPools[0]?.properties.backends).toMatchObject([
    { weight: 500, enabledState: 'Disabled', httpPort: 80 },
    { weight: 700, enabledState: 'Enabled', httpPort: 80 },
    { weight: 300, enabledState: 'Enabled', httpPort: 80 },
  ]);
});

test('read-only properties are not sent back', async () => {
  const { traffic, asked } = service();
  await traffic.applyOrigins([changeOf(0, 100)]);
  const text = JSON.stringify(puts(asked)[0]?.body);
  for (const readOnly of ['resourceState', 'provisioningState', 'cname', 'frontdoorId']) expect(text).not.toContain(readOnly);
});

test('what is set already is not written again', async () => {
  const { traffic, asked } = service();
  expect(await traffic.applyOrigins([changeOf(0, 500)])).toEqual([{ kind: 'accepted' }]);
  expect(puts(asked)).toHaveLength(0);
});

test('another writer that took our change with it is seen by reading back', async () => {
  const { traffic } = service((body) => {
    const backend = body.properties.backendPools[0]?.properties.backends[0];
    if (backend !== undefined) backend.weight = 500;
  });
  const outcomes = await traffic.applyOrigins([changeOf(0, 10), changeOf(1, 990)]);
  expect(outcomes[0]).toMatchObject({ kind: 'refused', reaction: 'conflict' });
  expect(outcomes[1]).toEqual({ kind: 'accepted' });
});

test('a backend that is not there is told; the others are written', async () => {
  const { traffic, asked } = service();
  const stranger = { ...changeOf(0, 10), origin: { originGroup: 'web', origin: 'nobody.example.com', normalWeight: 1, priority: 1 } };
  const outcomes = await traffic.applyOrigins([stranger, changeOf(1, 10)]);
  expect(outcomes).toMatchObject([{ kind: 'refused', reaction: 'notFound' }, { kind: 'accepted' }]);
  expect(puts(asked)).toHaveLength(1);
});

describe('readTraffic', () => {
  test('reads pools as origin groups', async () => {
    const { traffic, state } = service();
    const [first] = state.body.properties.backendPools[0]?.properties.backends ?? [];
    if (first !== undefined) first.weight = null;
    const reading = await traffic.readTraffic();
    if (reading.kind === 'unknown') throw new Error(reading.why);
    expect(reading.value.originGroups).toMatchObject([{ name: 'web', latencyWindowMs: 15, probeDrainSeconds: 90 }]);
    expect(reading.value.originGroups[0]?.origins.map(({ stamp, weight }) => [stamp, weight])).toEqual([
      ['eastus2', 50],
      ['centralus', 500],
      ['westus3', 500],
    ]);
  });
});

test('a failing service is transient for the whole change', async () => {
  const http = fakeHttp((asked) => (asked.method === 'GET' ? { status: 200, body: frontDoorBody() } : { status: 500, body: { error: { code: 'InternalServerError', message: 'x' } } }));
  const traffic = classicTraffic(fakeContext(http.client), fleet, () => Promise.resolve(unknown('', 0)));
  await expect(traffic.applyOrigins([changeOf(0, 10)])).rejects.toBeInstanceOf(TransientError);
  expect(puts(http.asked)).toHaveLength(1);
});
