import { placeOfRegion } from './azureRegions.ts';
import { greatCircleKm, type Place } from './greatCircle.ts';

/** Light in glass travels about 200,000 km/s (ITU-T G.652: refractive index 1.468): 100 km of cable cost a round trip of 1 ms. */
const cableKmPerMs = 100;
/** Cables are longer than the great circle: published inter-region round trips of Azure lie at 1.2 to 1.7 times the glass time. */
const cableDetour = 1.5;
/** Edge, gateway and the last mile between them. */
const fixedMs = 6;

/**
 * Estimated round trip between users at a place and a region, whole milliseconds: 6 + 1.5 x great-circle kilometres / 100. It
 * ranks regions; it is no measurement. Null where the region is not known.
 */
export function estimateLatencyMs(users: Place, region: string): number | null {
  const latency = latencyMs(users, placeOfRegion(region));
  return latency === null ? null : Math.round(latency);
}

/** The same for users near one region, by positions of regions in a list, not rounded; each is looked up once. */
export function regionLatencies(regions: readonly string[]): (from: number, to: number) => number | null {
  const places = regions.map(placeOfRegion);
  return (from, to) => latencyMs(places[from] ?? null, places[to] ?? null);
}

function latencyMs(from: Place | null, to: Place | null): number | null {
  return from === null || to === null ? null : fixedMs + (cableDetour * greatCircleKm(from, to)) / cableKmPerMs;
}
