import { describe, expect, it } from 'vitest';
import { estimateRegionLatencyMs } from '../../../src/domain/traffic/index.ts';
import { greatCircleKm } from '../../../src/domain/traffic/greatCircle.ts';

describe('estimateRegionLatencyMs', () => {
  it('measures the great circle as a map does', () => {
    const london = { latitude: 51.51, longitude: -0.13 };
    const newYork = { latitude: 40.71, longitude: -74.01 };
    expect(greatCircleKm(london, newYork)).toBeCloseTo(5570, -1);
    expect(greatCircleKm(london, london)).toBe(0);
    expect(greatCircleKm({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 })).toBeCloseTo(Math.PI * 6371, 6);
  });

  it.each([
    ['uksouth', ['uksouth', 'westeurope', 'eastus', 'japaneast']],
    ['japaneast', ['japaneast', 'koreacentral', 'westus2', 'eastus2']],
    ['brazilsouth', ['brazilsouth', 'eastus2', 'westeurope', 'australiaeast']],
    ['centralus', ['centralus', 'eastus2', 'westus3', 'northeurope']],
  ])('ranks regions for users near %s as an atlas would', (from, regions) => {
    const estimates = regions.map((region) => estimateRegionLatencyMs(from, region) ?? Number.NaN);
    expect(estimates).toEqual(estimates.toSorted((a, b) => a - b));
    expect(estimates[0]).toBe(6);
  });

  it('takes a region by its short or its long spelling, and answers null for what it does not know', () => {
    expect(estimateRegionLatencyMs('East US 2', 'centralus')).toBe(estimateRegionLatencyMs('eastus2', 'centralus'));
    expect(estimateRegionLatencyMs('eastus2', 'nowhere')).toBeNull();
  });
});
