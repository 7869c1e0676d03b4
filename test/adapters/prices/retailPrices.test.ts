import { describe, expect, it } from 'vitest';
import { retailPrices } from '../../../src/adapters/prices/retailPrices.ts';
import { fakeContext } from '../support/fakeContext.ts';
import { fakeHttp, inTurn } from '../support/fakeHttp.ts';
import { openSandbox } from '../support/sandboxPorts.ts';

const endpoint = 'https://prices.test';
const meter = (change: object = {}): object => ({
  currencyCode: 'USD', retailPrice: 0.192, effectiveStartDate: '2023-04-01T00:00:00Z', meterName: 'D4s v5', productName: 'Virtual Machines Dsv5 Series', skuName: 'D4s v5', serviceName: 'Virtual Machines',
  unitOfMeasure: '1 Hour', type: 'Consumption', armRegionName: 'eastus2', armSkuName: 'Standard_D4s_v5', isPrimaryMeterRegion: true, ...change,
});
const page = (items: readonly object[], next: string | null = null) => ({ status: 200, body: { BillingCurrency: 'USD', Items: items, NextPageLink: next, Count: items.length } });
const windows = meter({ productName: 'Virtual Machines Dsv5 Series Windows', retailPrice: 0.376 });
const spot = meter({ skuName: 'D4s v5 Spot', meterName: 'D4s v5 Spot', retailPrice: 0.03 });

describe('retailPrices', () => {
  it('asks for one size in one region, on demand', async () => {
    const { client, asked } = fakeHttp(() => page([meter()]));
    await retailPrices(fakeContext(client), endpoint).readPrices('eastus2', ['Standard_D4s_v5']);
    expect(asked.map(({ method, url, headers }) => [method, url.pathname, url.searchParams.get('$filter'), headers['authorization']])).toEqual([
      ['GET', '/api/retail/prices', "serviceName eq 'Virtual Machines' and armRegionName eq 'eastus2' and armSkuName eq 'Standard_D4s_v5' and priceType eq 'Consumption'", undefined],
    ]);
  });

  it.each<[string, readonly object[], readonly [string, number][]]>([
    ['Linux of Linux and Windows, and the spot price beside it', [windows, spot, meter()], [['regular', 0.192], ['spot', 0.03]]],
    ['no low priority, no reservation, no cloud service', [meter({ skuName: 'D4s v5 Low Priority', retailPrice: 0.04 }), meter({ type: 'Reservation', retailPrice: 1000 }), meter({ productName: 'Dsv5 Series Cloud Services', retailPrice: 0.1 })], []],
    ['no other currency, unit, size or region', [meter({ currencyCode: 'EUR' }), meter({ unitOfMeasure: '1 Month' }), meter({ armSkuName: 'Standard_D8s_v5' }), meter({ armRegionName: 'westus3' })], []],
    ['the newest that is in force', [meter({ effectiveStartDate: '2026-01-01T00:00:00Z', retailPrice: 0.2 }), meter(), meter({ effectiveStartDate: '2099-01-01T00:00:00Z', retailPrice: 9 })], [['regular', 0.2]]],
    ['of two the higher', [meter(), meter({ retailPrice: 0.21 })], [['regular', 0.21]]],
  ])('takes %s', async (_, items, expected) => {
    const reading = await retailPrices(fakeContext(fakeHttp(() => page(items)).client), endpoint).readPrices('eastus2', ['Standard_D4s_v5']);
    expect(reading).toMatchObject({ kind: 'known', value: expected.map(([kind, usdPerHour]) => ({ vmSize: 'Standard_D4s_v5', spot: kind, usdPerHour })) });
  });

  it('reads on where the list goes on, on the host that it was told', async () => {
    const { client, asked } = fakeHttp(inTurn(page([windows], 'https://prices.azure.com:443/api/retail/prices?$filter=x&$skip=100'), page([meter()], 'https://elsewhere.test/other')));
    expect(await retailPrices(fakeContext(client), endpoint).readPrices('eastus2', ['Standard_D4s_v5'])).toMatchObject({ value: [{ usdPerHour: 0.192 }] });
    expect(asked.map(({ url }) => url.origin)).toEqual([endpoint, endpoint]);
  });

  it('keeps what it read for a day, and the old price where the list does not answer then', async () => {
    const { client, asked } = fakeHttp((_, index) => (index === 0 ? page([meter()]) : { fails: 'ECONNREFUSED' }));
    const context = fakeContext(client);
    const prices = retailPrices(context, endpoint);
    await prices.readPrices('eastus2', ['Standard_D4s_v5']);
    context.clock.advance(23 * 3_600_000);
    await prices.readPrices('eastus2', ['Standard_D4s_v5', 'Standard_D4s_v5']);
    expect(asked).toHaveLength(1);
    context.clock.advance(2 * 3_600_000);
    expect(await prices.readPrices('eastus2', ['Standard_D4s_v5'])).toMatchObject({ kind: 'known', value: [{ usdPerHour: 0.192 }] });
  });

  it('tries again within three seconds, and then leaves a list that is out of reach alone for ten minutes', async () => {
    const { client, asked } = fakeHttp((_, index) => (index === 0 ? { status: 503 } : index < 20 ? { fails: 'timeout' } : page([meter()])));
    const context = fakeContext(client);
    const prices = retailPrices(context, endpoint);
    const before = context.clock.now();
    expect(await prices.readPrices('eastus2', ['Standard_D4s_v5'])).toMatchObject({ kind: 'unknown' });
    expect(context.clock.now() - before).toBeLessThanOrEqual(3000);
    const tried = asked.length;
    expect(tried).toBeGreaterThan(1);
    expect(asked.every(({ timeoutMs }) => timeoutMs <= 3000)).toBe(true);
    expect(await prices.readPrices('eastus2', ['Standard_D4s_v5'])).toMatchObject({ kind: 'unknown', why: expect.stringMatching(/retail price of Standard_D4s_v5 in eastus2/) });
    expect(asked).toHaveLength(tried);
    context.clock.advance(10 * 60_000);
    await prices.readPrices('eastus2', ['Standard_D4s_v5']);
    expect(asked.length).toBeGreaterThan(tried);
  });

  it('an answer that is no list of prices is no price', async () => {
    for (const body of ['<html>', { Items: [{ retailPrice: 'cheap' }] }]) {
      expect(await retailPrices(fakeContext(fakeHttp(() => ({ status: 200, body })).client), endpoint).readPrices('eastus2', ['Standard_D4s_v5'])).toMatchObject({ kind: 'unknown' });
    }
  });

  it('asks nobody where it is switched off', async () => {
    const { client, asked } = fakeHttp(() => page([meter()]));
    expect(await retailPrices(fakeContext(client), null).readPrices('eastus2', ['Standard_D4s_v5'])).toMatchObject({ kind: 'unknown', why: expect.stringMatching(/switched off/) });
    expect(asked).toHaveLength(0);
  });

  it('understands the sandbox, which refuses any other question by name', async () => {
    const { ports, azure } = openSandbox();
    expect(await ports.prices.readPrices('westus3', ['Standard_D4s_v5', 'Standard_Nope'])).toMatchObject({ kind: 'known', value: [{ vmSize: 'Standard_D4s_v5', spot: 'regular', usdPerHour: 0.2 }, { spot: 'spot', usdPerHour: 0.03 }] });
    const other = await azure.handle({ method: 'GET', url: new URL("https://prices.sandbox.test/api/retail/prices?$filter=serviceName eq 'Storage'"), headers: {}, body: null, signal: null });
    expect([other.status, other.body]).toEqual([400, expect.stringMatching(/knows the filter serviceName eq 'Virtual Machines'.*not: serviceName eq 'Storage'/)]);
  });
});
