import { placeOfRegion } from './azureRegions.ts';
import { greatCircleKm, type Place } from './greatCircle.ts';

/** Light in glass travels about 200,000 km/s (ITU-T G.652: refractive index 1.468): 100 km of cable cost a round trip of 1 ms. */
const cableKmPerMs = 100;
/** Cables are longer than the great circle: published inter-region round trips of Azure lie at 1.2 to 1.7 times the glass time. */
const cableDetour = 1.5;
/** Edge, gateway and the last mile between them. */
const fixedMs = 6;

/**
 * Estimated round trip between users near one Azure region and another region, milliseconds:
 * 6 + 1.5 x great-circle kilometres / 100. It ranks regions; it is no measurement. Null where a name is not known.
 */
export function estimateRegionLatencyMs(from: string, to: string): number | null {
  return latencyMs(placeOfRegion(from), placeOfRegion(to));
}

/** The same for users who are at a place, whole milliseconds. */
export function estimateLatencyMs(users: Place, region: string): number | null {
  const latency = latencyMs(users, placeOfRegion(region));
  return latency === null ? null : Math.round(latency);
}

/** The same between regions by their positions in a list, each looked up once. */
export function regionLatencies(regions: readonly string[]): (from: number, to: number) => number | null {
  const places = regions.map(placeOfRegion);
  return (from, to) => latencyMs(places[from] ?? null, places[to] ?? null);
}

function latencyMs(from: Place | null, to: Place | null): number | null {
  return from === null || to === null ? null : fixedMs + (cableDetour * greatCircleKm(from, to)) / cableKmPerMs;
}
