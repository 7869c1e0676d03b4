import { describe, expect, it } from 'vitest';
import { estimateLatencyMs, estimateRegionLatencyMs } from '../../../src/domain/traffic/index.ts';
import { greatCircleKm } from '../../../src/domain/traffic/greatCircle.ts';

describe('estimateLatencyMs', () => {
  it('measures the great circle as a map does', () => {
    const london = { latitude: 51.51, longitude: -0.13 };
    const newYork = { latitude: 40.71, longitude: -74.01 };
    expect(greatCircleKm(london, newYork)).toBeCloseTo(5570, -1);
    expect(greatCircleKm(london, london)).toBe(0);
    expect(greatCircleKm({ latitude: 0, longitude: 0 }, { latitude: 0, longitude: 180 })).toBeCloseTo(Math.PI * 6371, 6);
  });

  it.each([
    ['United Kingdom', ['uksouth', 'westeurope', 'eastus', 'japaneast']],
    ['Japan', ['japaneast', 'koreacentral', 'westus2', 'eastus2']],
    ['Brazil', ['brazilsouth', 'eastus2', 'westeurope', 'australiaeast']],
    ['United States', ['centralus', 'eastus2', 'westus3', 'northeurope']],
  ])('ranks regions for users in %s as an atlas would', (country, regions) => {
    const estimates = regions.map((region) => estimateLatencyMs(country, region) ?? Number.NaN);
    expect(estimates).toEqual(estimates.toSorted((a, b) => a - b));
  });

  it('knows the other spellings of a country, whatever their case', () => {
    expect(estimateLatencyMs('Korea, Republic of', 'japaneast')).toBe(estimateLatencyMs('south korea', 'japaneast'));
  });

  it('answers null for what it does not know, never a guess', () => {
    expect(estimateLatencyMs('Atlantis', 'eastus2')).toBeNull();
    expect(estimateLatencyMs('France', 'atlantiscentral')).toBeNull();
    expect(estimateRegionLatencyMs('eastus2', 'nowhere')).toBeNull();
  });
});
