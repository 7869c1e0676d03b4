import { regionPlaces, type Place } from './places.ts';

const earthRadiusKm = 6371;
/** Light in fibre covers about 200 km in a millisecond. */
const kmPerMs = 200;
/** Cables are about half as long again as the great circle. */
const detour = 1.5;
/** Edge, gateway and the last mile between them. */
const fixedMs = 6;

/**
 * Round trip between users and an Azure region, milliseconds: great circle times detour, there and back at the speed of
 * light in fibre, plus a constant. Null for a region that the table does not know.
 */
export function estimateLatencyMs(users: Place, region: string): number | null {
  const place = regionPlaces[region.toLowerCase()];
  if (place === undefined) return null;
  const [latitude, longitude] = place;
  return Math.round(fixedMs + (2 * detour * greatCircleKm(users, { latitude, longitude })) / kmPerMs);
}

/** Haversine. */
function greatCircleKm(from: Place, to: Place): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const halfLatitude = Math.sin(radians(to.latitude - from.latitude) / 2);
  const halfLongitude = Math.sin(radians(to.longitude - from.longitude) / 2);
  const chord = halfLatitude ** 2 + Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * halfLongitude ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.sqrt(Math.min(1, chord)));
}
