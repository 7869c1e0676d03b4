import { placeOfRegion } from './azureRegions.ts';
import { placeOfCountry } from './countries.ts';
import { greatCircleKm, type Place } from './greatCircle.ts';

/** Light in glass travels about 200,000 km/s, so that 100 km of cable cost a round trip of 1 ms (ITU-T G.652: refractive index 1.468). */
const cableKmPerMs = 100;
/** Cables are longer than the great circle. Published inter-region round trips of Azure lie at 1.2 to 1.7 times the glass time; the middle is taken. */
const cableDetour = 1.4;
/** Last mile and switching. */
const fixedMs = 2;

/**
 * Estimated round trip between an edge near the users of a country and an Azure region, milliseconds:
 * 2 + 1.4 x great-circle kilometres / 100. It ranks regions; it is no measurement. Null where a name is not known.
 */
export function estimateLatencyMs(country: string, region: string): number | null {
  const from = placeOfCountry(country);
  const to = placeOfRegion(region);
  return from === null || to === null ? null : roundTripMs(from, to);
}

/** The same between two regions: for users of whom only the region that serves them is known. */
export function estimateRegionLatencyMs(from: string, to: string): number | null {
  const start = placeOfRegion(from);
  const end = placeOfRegion(to);
  return start === null || end === null ? null : roundTripMs(start, end);
}

function roundTripMs(from: Place, to: Place): number {
  return fixedMs + (cableDetour * greatCircleKm(from, to)) / cableKmPerMs;
}
