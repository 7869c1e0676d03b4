import { describe, expect, it } from 'vitest';
import { buildTrafficModel, calibrateUsers, currentState, regionLatencies, routeDemand, type TrafficModel } from '../../../src/domain/traffic/index.ts';
import type { DemandFacts, TrafficFacts } from '../../../src/domain/facts.ts';

const regions = ['eastus2', 'centralus', 'westus3'];
const between = regionLatencies(regions);
const traffic = (latencyWindowMs: number): TrafficFacts => ({ originGroups: [{ name: 'web', latencyWindowMs, probeDrainSeconds: 60, origins: regions.map((stamp) => ({ stamp, origin: stamp, hostName: stamp, weight: 500, priority: 1, enabled: 'Enabled' as const })) }] });
const users = (name: string, requestsPerSecond: number, eastus2: number, centralus: number, westus3: number) => ({ name, originGroup: 'web', requestsPerSecond, latencyMsByStamp: { eastus2, centralus, westus3 } });
const demand: DemandFacts = { source: 'countryTable', groups: [users('United States', 2700, 26, 15, 33), users('Japan', 200, 171, 157, 147), users('United Kingdom', 100, 96, 105, 134)] };
const healthy = (model: TrafficModel, out: readonly number[] = []) => currentState(model, (index) => out.includes(index));
const rounded = (loads: Float64Array | undefined): number[] => [...(loads ?? [])].map((load) => Math.round(load));

describe('calibrateUsers', () => {
  const model = buildTrafficModel(regions, traffic(0), demand);
  const observed = [Float64Array.from([1300, 900, 800])];

  it('without it, all users of a country go to the one region next to its centre', () => {
    expect(rounded(routeDemand(model, healthy(model)).expected[0])).toEqual([100, 2700, 200]);
  });

  it('places users so that what is served now comes out, and keeps the demand', () => {
    const calibrated = calibrateUsers(model, healthy(model), observed, between);
    const now = rounded(routeDemand(calibrated, healthy(calibrated)).expected[0]);
    expect(now.reduce((sum, load) => sum + load, 0)).toBe(3000);
    expect(now.map((load, index) => Math.abs(load - (observed[0]?.[index] ?? 0)) < 30)).toEqual([true, true, true]);
  });

  it('keeps users whose stamps are seen to serve nobody: a metric is late, and they are there', () => {
    // Japan reaches westus3 alone, which has just been given its traffic
    const calibrated = calibrateUsers(model, healthy(model), [Float64Array.from([2000, 1000, 0])], between);
    expect(calibrated.groups[0]?.users.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0)).toBeCloseTo(3000, 6);
    expect(calibrated.groups[0]?.users.find(({ name }) => name === 'Japan')?.requestsPerSecond).toBe(200);
    // all is seen at a stamp that is out by now
    const moved = calibrateUsers(model, healthy(model, [0]), [Float64Array.from([3000, 0, 0])], between);
    expect(rounded(routeDemand(moved, healthy(moved, [0])).expected[0]).reduce((sum, load) => sum + load, 0)).toBe(3000);
  });

  it('sends the users of a lost region to the survivor next to that region, not next to their country', () => {
    const calibrated = calibrateUsers(model, healthy(model), observed, between);
    const after = rounded(routeDemand(calibrated, healthy(calibrated, [0])).expected[0]);
    expect(after[2]).toBeGreaterThan(750);
    expect(after[2]).toBeLessThan(900);
  });

  it('leaves alone what agrees with what is seen, what was measured, and what is not known', () => {
    const seen = routeDemand(model, healthy(model)).expected;
    expect(calibrateUsers(model, healthy(model), seen, between).groups[0]).toBe(model.groups[0]);
    expect(calibrateUsers(model, healthy(model), [Float64Array.from([1300, Number.NaN, 800])], between).groups[0]).toBe(model.groups[0]);
    expect(calibrateUsers(model, healthy(model), observed, () => null).groups[0]?.users).toEqual(model.groups[0]?.users);
    const measured = buildTrafficModel(regions, traffic(0), { ...demand, source: 'accessLog' });
    expect(calibrateUsers(measured, healthy(measured), observed, between).groups[0]).toBe(measured.groups[0]);
  });
});
