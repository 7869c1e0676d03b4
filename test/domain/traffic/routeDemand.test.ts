import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharesOf, type Shares } from './sharesOf.ts';
import { buildTrafficModel, routeDemand } from '../../../src/domain/traffic/index.ts';
import type { DemandFacts, OriginFacts, TrafficFacts } from '../../../src/domain/facts.ts';

const stamps = ['east', 'middle', 'west'];

const origin = (stamp: string, overrides: Partial<OriginFacts> = {}): OriginFacts => ({ stamp, origin: `web-${stamp}`, hostName: `${stamp}.example`, weight: 500, priority: 1, enabled: 'Enabled', ...overrides });
const traffic = (latencyWindowMs: number, origins: readonly OriginFacts[] = stamps.map((stamp) => origin(stamp))): TrafficFacts => ({ originGroups: [{ name: 'web', latencyWindowMs, probeDrainSeconds: 60, origins }] });
const users = (requestsPerSecond: number, east: number, middle: number, west: number) => ({ name: 'users', originGroup: 'web', requestsPerSecond, latencyMsByStamp: { east, middle, west } });
const demand = (groups: DemandFacts['groups'], source: DemandFacts['source'] = 'accessLog'): DemandFacts => ({ source, groups });
const loads = (shares: Shares): number[] => shares.stamps.map(({ requestsPerSecond }) => Math.round(requestsPerSecond * 1000) / 1000);
const worst = (shares: Shares): number[] => shares.stamps.map(({ worstRequestsPerSecond }) => Math.round(worstRequestsPerSecond * 1000) / 1000);

describe('where requests go', () => {
  it.each<[string, TrafficFacts, readonly string[], number[]]>([
    ['at window 0 everyone goes to the nearest, whatever the weights', traffic(0, [origin('east', { weight: 1 }), origin('middle', { weight: 1000 }), origin('west')]), [], [300, 0, 0]],
    ['inside the window weights decide', traffic(10, [origin('east', { weight: 100 }), origin('middle', { weight: 300 }), origin('west', { weight: 600 })]), [], [75, 225, 0]],
    ['the window counts from the fastest, its end included', traffic(40), [], [100, 100, 100]],
    ['a lower priority takes all, however far', traffic(0, [origin('east', { priority: 2 }), origin('middle', { priority: 2 }), origin('west', { priority: 1 })]), [], [0, 0, 300]],
    ['the next priority takes over when the first is out', traffic(0, [origin('east', { priority: 2 }), origin('middle', { priority: 2 }), origin('west', { priority: 1 })]), ['west'], [300, 0, 0]],
    ['a disabled origin gets nobody', traffic(0, [origin('east', { enabled: 'Disabled' }), origin('middle'), origin('west')]), [], [0, 300, 0]],
    ['an origin whose probes fail gets nobody', traffic(0), ['east'], [0, 300, 0]],
    ['with all probes failing, all enabled ones are served', traffic(40, [origin('east'), origin('middle'), origin('west', { enabled: 'Disabled' })]), ['east', 'middle'], [150, 150, 0]],
  ])('%s', (_, settings, out, expected) => {
    expect(loads(sharesOf({ stamps, traffic: settings, demand: demand([users(300, 10, 20, 50)]), out }))).toEqual(expected);
  });

  it('weights work at window 0 where latencies tie', () => {
    const settings = traffic(0, [origin('east', { weight: 250 }), origin('middle', { weight: 750 }), origin('west')]);
    expect(loads(sharesOf({ stamps, traffic: settings, demand: demand([users(400, 12, 12, 30)]), out: [] }))).toEqual([100, 300, 0]);
  });

  it('latencies are told by name: in any order, of stamps that are elsewhere too, and once for two origins of a stamp', () => {
    const twice = traffic(0, [origin('west'), origin('east'), origin('west', { origin: 'web-west-2', weight: 1500 })]);
    const near = { ...users(400, 0, 0, 0), latencyMsByStamp: { middle: 1, east: 20, west: 10 } };
    expect(loads(sharesOf({ stamps, traffic: twice, demand: demand([near, { ...near, latencyMsByStamp: { east: 5, west: 10 } }]), out: [] }))).toEqual([400, 0, 400]);
  });

  it('says what nobody serves, and where Front Door serves the unhealthy', () => {
    const allOff = sharesOf({ stamps, traffic: traffic(0, stamps.map((stamp) => origin(stamp, { enabled: 'Disabled' }))), demand: demand([users(300, 1, 2, 3)]), out: [] });
    expect(allOff).toMatchObject({ unservedRequestsPerSecond: 300, failOpen: [] });
    expect(sharesOf({ stamps, traffic: traffic(0), demand: demand([users(300, 1, 2, 3)]), out: stamps }).failOpen).toEqual(['web']);
    expect(sharesOf({ stamps, traffic: traffic(0), demand: demand([{ ...users(7, 1, 2, 3), originGroup: 'api' }]), out: [] }).unservedRequestsPerSecond).toBe(7);
  });
});

describe('a routing that stands on one before it', () => {
  it('is the one that would be made anew', () => {
    const origins = fc.array(fc.record({ weight: fc.integer({ min: 1, max: 1000 }), serves: fc.constantFrom('serving' as const, 'serving' as const, 'out' as const, 'disabled' as const) }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(0, 10, 40), fc.constantFrom('accessLog' as const, 'countryTable' as const), origins, origins, fc.boolean(), (window, source, before, other, sameOnes) => {
        const model = buildTrafficModel(stamps, traffic(window), demand([users(300, 10, 12, 50), { ...users(70, 0, 0, 0), latencyMsByStamp: { west: 20 } }], source));
        const after = sameOnes ? before.map(({ serves }, at) => ({ serves, weight: other[at]?.weight ?? 1 })) : other;
        const like = { state: [before], routed: routeDemand(model, [before]) };
        expect(routeDemand(model, [after], like)).toEqual(routeDemand(model, [after]));
      }),
    );
  });
});

describe('what is not certain counts for every stamp that it may hit', () => {
  it('users of unknown latency may be nearest to any of them', () => {
    const shares = sharesOf({ stamps, traffic: traffic(0), demand: demand([{ ...users(300, 0, 0, 0), latencyMsByStamp: {} }], 'allToNearest'), out: [] });
    expect(loads(shares)).toEqual([100, 100, 100]);
    expect(worst(shares)).toEqual([300, 300, 300]);
  });

  it('so may a stamp whose latency is missing', () => {
    const shares = sharesOf({ stamps, traffic: traffic(0), demand: demand([{ ...users(300, 0, 0, 0), latencyMsByStamp: { east: 10, middle: 20 } }]), out: [] });
    expect(worst(shares)).toEqual([300, 0, 300]);
  });

  it('estimated latencies near the fastest do not rank at window 0; measured ones do', () => {
    const near = [users(300, 20, 28, 90)];
    expect(worst(sharesOf({ stamps, traffic: traffic(0), demand: demand(near, 'countryTable'), out: [] }))).toEqual([300, 300, 0]);
    expect(worst(sharesOf({ stamps, traffic: traffic(0), demand: demand(near, 'accessLog'), out: [] }))).toEqual([300, 0, 0]);
  });
});

describe('properties', () => {
  const latency = fc.integer({ min: 1, max: 200 });
  const setting = fc.record({ weight: fc.integer({ min: 1, max: 1000 }), priority: fc.integer({ min: 1, max: 5 }), enabled: fc.constantFrom('Enabled' as const, 'Disabled' as const) });
  const situation = fc.record({
    window: fc.constantFrom(0, 0, 5, 30, 100),
    origins: fc.tuple(setting, setting, setting),
    groups: fc.array(fc.tuple(fc.integer({ min: 0, max: 5000 }), latency, latency, latency), { minLength: 1, maxLength: 8 }),
    out: fc.subarray(stamps),
    source: fc.constantFrom('accessLog' as const, 'countryTable' as const),
  });
  const shareOf = ({ window, origins, groups, out, source }: { window: number; origins: readonly Partial<OriginFacts>[]; groups: readonly (readonly [number, number, number, number])[]; out: readonly string[]; source: DemandFacts['source'] }): Shares =>
    sharesOf({ stamps, traffic: traffic(window, stamps.map((stamp, index) => origin(stamp, origins[index]))), demand: demand(groups.map(([rps, a, b, c]) => users(rps, a, b, c)), source), out });

  it('what is served and what is not add up to the demand; shares add up to 1; no upper bound is below its estimate', () => {
    fc.assert(
      fc.property(situation, (one) => {
        const shares = shareOf(one);
        const total = one.groups.reduce((sum, [rps]) => sum + rps, 0);
        const served = shares.stamps.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0);
        expect(served + shares.unservedRequestsPerSecond).toBeCloseTo(total, 6);
        if (served > 0) expect(shares.stamps.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
        for (const { requestsPerSecond, worstRequestsPerSecond } of shares.stamps) expect(worstRequestsPerSecond).toBeGreaterThanOrEqual(requestsPerSecond - 1e-9);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  it('nobody is sent to a disabled origin, nor to an unhealthy one while a healthy one is enabled', () => {
    fc.assert(
      fc.property(situation, (one) => {
        const shares = shareOf(one);
        const healthyLeft = stamps.some((stamp, index) => one.origins[index]?.enabled === 'Enabled' && !one.out.includes(stamp));
        shares.stamps.forEach(({ stamp, worstRequestsPerSecond }, index) => {
          if (one.origins[index]?.enabled === 'Disabled' || (healthyLeft && one.out.includes(stamp))) expect(worstRequestsPerSecond).toBe(0);
        });
      }),
      { numRuns: 500, seed: 2 },
    );
  });

  it('losing a stamp never takes load from a survivor at window 0', () => {
    fc.assert(
      fc.property(situation, (one) => {
        const enabled = one.origins.map((setting) => ({ ...setting, enabled: 'Enabled' as const, priority: 1 }));
        const before = shareOf({ ...one, window: 0, origins: enabled, out: [] });
        const after = shareOf({ ...one, window: 0, origins: enabled, out: ['east'] });
        for (const index of [1, 2]) expect(after.stamps[index]?.requestsPerSecond ?? 0).toBeGreaterThanOrEqual((before.stamps[index]?.requestsPerSecond ?? 0) - 1e-9);
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});
