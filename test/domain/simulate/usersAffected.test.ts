import { describe, expect, it } from 'vitest';
import type { DemandFacts, FleetFacts, UserGroup } from '../../../src/domain/facts.ts';
import { known, unknown } from '../../../src/domain/reading.ts';
import { simulateLoss, type SimulateInput } from '../../../src/domain/simulate/index.ts';
import { withLoad, withOrigin, withStamp } from '../planning/change.ts';
import { allHealthy, at, sampleFacts, sampleFleet } from '../planning/threeRegions.ts';

const fleet = sampleFleet();
const facts = sampleFacts(fleet);
const affected = (changed: FleetFacts, lose = ['eastus2'], rest: Partial<SimulateInput> = {}) => simulateLoss({ fleet, facts: changed, assessment: allHealthy, lose, ...rest }).usersAffected;
const withDemand = (change: (demand: DemandFacts) => DemandFacts, of = facts): FleetFacts => (of.demand.kind === 'unknown' ? of : { ...of, demand: known(change(of.demand.value), at) });
const usersOf = (name: string, requestsPerSecond: number, latencyMsByStamp: UserGroup['latencyMsByStamp']): UserGroup => ({ name, originGroup: 'web', requestsPerSecond, latencyMsByStamp });

describe('the users affected by a loss', () => {
  it('are those who enter at the lost stamps, at each latency, with the demand that was asked for', () => {
    // centralus: Chicago 700 and Dallas 300, at 8 and 16 ms, then at 16 (eastus2) and 22 (westus3): 10.4 and 17.8 on average
    expect(affected(facts, ['centralus'], { demandFactor: 1.5 })).toMatchObject({
      requestsPerSecond: 1500, share: 0.333, latencyMs: { now: 10, after: 18, covers: 1 },
      groups: [{ name: 'Chicago', requestsPerSecond: 1050, latencyMs: { now: 8, after: 16 } }, { name: 'Dallas', requestsPerSecond: 450, latencyMs: { now: 16, after: 22 } }],
    });
  });

  it('of several lost stamps are all of theirs, and go past both', () => {
    // Chicago 700 at 8 ms, then at 35 (westus3)
    const both = affected(facts, ['eastus2', 'centralus']);
    expect(both).toMatchObject({ requestsPerSecond: 2000, share: 0.667 });
    expect(both.groups.map(({ name, requestsPerSecond, latencyMs }) => [name, requestsPerSecond, latencyMs?.now, latencyMs?.after])).toEqual([['Chicago', 700, 8, 35], ['New York', 600, 10, 50], ['Atlanta', 400, 11, 38], ['Dallas', 300, 16, 22]]);
  });

  it('within a latency window are the part of each whose requests went there', () => {
    // Atlanta 400: eastus2 11, centralus 18 ms, a window of 10 ms, equal weights: 200 of them at 11, then at 18
    const window = sampleFacts(fleet, 10);
    expect(affected(window).groups.find(({ name }) => name === 'Atlanta')).toEqual({ name: 'Atlanta', requestsPerSecond: 200, latencyMs: { now: 11, after: 18 } });
  });

  it('are listed up to the five largest', () => {
    const many = withDemand((demand) => ({ ...demand, groups: [1, 2, 3, 4, 5, 6, 7].map((size) => usersOf(`town ${size}`, size, { eastus2: 1, centralus: 5, westus3: 9 })) }));
    expect(affected(many).groups.map(({ name }) => name)).toEqual(['town 7', 'town 6', 'town 5', 'town 4', 'town 3']);
  });

  it('are as many as are measured there, or would be routed there where it serves nobody now', () => {
    expect(affected(withLoad(facts, 'eastus2', { requestsPerSecond: 900 }))).toMatchObject({ requestsPerSecond: 900, share: 0.3 });
    const drained = withOrigin(withLoad(facts, 'eastus2', { requestsPerSecond: 0 }), 'eastus2', { enabled: 'Disabled' });
    const unmeasured = withStamp(facts, 'eastus2', () => ({ load: unknown('no metrics', at) }));
    for (const changed of [drained, unmeasured]) expect(affected(changed)).toMatchObject({ requestsPerSecond: 1000, share: 0.333, source: expect.stringMatching(/^requests: as they would be routed/) });
  });

  it('have latencies of those alone for whom both are known', () => {
    // 900 in reach of eastus2, and a third of 300 of whom nobody knows what is nearest
    const partly = withDemand((demand) => ({ ...demand, groups: [usersOf('known', 900, { eastus2: 10, centralus: 30, westus3: 60 }), usersOf('unheard of', 300, {})] }));
    expect(affected(partly)).toMatchObject({ latencyMs: { now: 10, after: 30, covers: 0.9 }, groups: [{ name: 'known', requestsPerSecond: 900 }, { name: 'unheard of', requestsPerSecond: 100, latencyMs: null }] });
    expect(affected(facts, ['eastus2', 'centralus', 'westus3'])).toMatchObject({ requestsPerSecond: 3000, share: 1, latencyMs: null });
  });

  it('of countries, that were placed by the present shares, are told by the region that they are near', () => {
    const byCountry = withDemand(() => ({ source: 'countryTable', groups: [usersOf('United States', 3000, { eastus2: 26, centralus: 15, westus3: 33 })] }));
    const { groups, source } = affected(byCountry);
    expect(groups.map(({ name }) => name)).toEqual(['near eastus2']);
    expect(source).toContain('users and their latencies: countryTable');
  });
});

describe('what is not known of them', () => {
  it('is null, and the answer about survival stays what it is', () => {
    const everywhere = withDemand((demand) => ({ source: 'allToNearest', groups: demand.groups.map((group) => ({ ...group, latencyMsByStamp: {} })) }));
    expect(affected(everywhere)).toEqual({ requestsPerSecond: 1000, share: 0.333, source: 'requests: the load measured at the lost stamps; users and their latencies: not known', latencyMs: null, groups: [] });
    expect(simulateLoss({ fleet, facts: everywhere, assessment: allHealthy, lose: ['eastus2'] })).toMatchObject({ survives: true, unknown: [] });
  });

  it('has no number made of what is assumed', () => {
    const blind = withStamp({ ...facts, demand: unknown('no metrics', at) }, 'eastus2', () => ({ load: unknown('no metrics', at) }));
    expect(affected(blind)).toEqual({ requestsPerSecond: null, share: null, source: 'requests: not known; users and their latencies: not known', latencyMs: null, groups: [] });
  });
});
