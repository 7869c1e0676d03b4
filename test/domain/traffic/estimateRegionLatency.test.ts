import { describe, expect, it } from 'vitest';
import { placeOfRegion } from '../../../src/domain/traffic/azureRegions.ts';
import { azureRegions, estimateLatencyMs, regionLatencies } from '../../../src/domain/traffic/index.ts';
import { greatCircleKm } from '../../../src/domain/traffic/greatCircle.ts';

const between = (from: string, to: string): number | null => regionLatencies([from, to])(0, 1);

describe('estimates of latency', () => {
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
    const estimates = regions.map((region) => between(from, region) ?? Number.NaN);
    expect(estimates).toEqual(estimates.toSorted((a, b) => a - b));
    expect(estimates[0]).toBe(6);
  });

  it('takes a region by its short or its long spelling, and answers null for what it does not know', () => {
    expect(between('East US 2', 'centralus')).toBe(between('eastus2', 'centralus'));
    expect(between('eastus2', 'nowhere')).toBeNull();
  });

  it('every region of the table is on the globe', () => {
    for (const region of azureRegions) {
      const { latitude, longitude } = placeOfRegion(region) ?? { latitude: Number.NaN, longitude: Number.NaN };
      expect(Math.abs(latitude), region).toBeLessThanOrEqual(90);
      expect(Math.abs(longitude), region).toBeLessThanOrEqual(180);
    }
  });

  // Ranges around what Azure publishes between regions (network round-trip latency statistics): users next to one of them.
  it.each<[string, string, number, number]>([
    ['eastus2', 'westus3', 45, 70],
    ['westeurope', 'eastus2', 75, 120],
    ['japaneast', 'westus3', 95, 160],
    ['uksouth', 'westeurope', 6, 20],
    ['australiaeast', 'westus2', 150, 220],
  ])('from %s to %s it estimates between %i and %i ms', (from, to, least, most) => {
    const users = placeOfRegion(from);
    const estimated = users === null ? Number.NaN : (estimateLatencyMs(users, to) ?? Number.NaN);
    expect(estimated).toBeGreaterThanOrEqual(least);
    expect(estimated).toBeLessThanOrEqual(most);
  });

  it('users are nowhere near a region that it does not know', () => {
    expect(estimateLatencyMs({ latitude: 0, longitude: 0 }, 'atlantis')).toBeNull();
  });
});
