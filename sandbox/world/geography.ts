/**
 * Where Azure regions and Front Door's points of presence lie, and the round trip between them.
 * Coordinates are those of the metropolitan area that Azure publishes for a region, in degrees.
 */
export interface Place {
  readonly latitude: number;
  readonly longitude: number;
}

export const azureRegions: Readonly<Record<string, Place>> = {
  eastus: { latitude: 37.37, longitude: -79.82 },
  eastus2: { latitude: 36.67, longitude: -78.39 },
  centralus: { latitude: 41.59, longitude: -93.6 },
  northcentralus: { latitude: 41.88, longitude: -87.63 },
  southcentralus: { latitude: 29.42, longitude: -98.5 },
  westus: { latitude: 37.78, longitude: -122.42 },
  westus2: { latitude: 47.23, longitude: -119.85 },
  westus3: { latitude: 33.45, longitude: -112.07 },
  canadacentral: { latitude: 43.65, longitude: -79.38 },
  brazilsouth: { latitude: -23.55, longitude: -46.63 },
  northeurope: { latitude: 53.35, longitude: -6.26 },
  westeurope: { latitude: 52.37, longitude: 4.9 },
  uksouth: { latitude: 51.51, longitude: -0.13 },
  ukwest: { latitude: 53.43, longitude: -3.08 },
  francecentral: { latitude: 46.37, longitude: 2.37 },
  germanywestcentral: { latitude: 50.11, longitude: 8.68 },
  swedencentral: { latitude: 60.67, longitude: 17.14 },
  switzerlandnorth: { latitude: 47.45, longitude: 8.56 },
  italynorth: { latitude: 45.47, longitude: 9.19 },
  uaenorth: { latitude: 25.27, longitude: 55.32 },
  southafricanorth: { latitude: -25.73, longitude: 28.22 },
  centralindia: { latitude: 18.58, longitude: 73.92 },
  southeastasia: { latitude: 1.28, longitude: 103.83 },
  eastasia: { latitude: 22.27, longitude: 114.19 },
  japaneast: { latitude: 35.68, longitude: 139.77 },
  koreacentral: { latitude: 37.57, longitude: 126.98 },
  australiaeast: { latitude: -33.86, longitude: 151.21 },
};

export interface PointOfPresencePlace extends Place {
  readonly name: string;
  readonly country: string;
  /** Of all users; the twelve add up to 1. */
  readonly shareOfUsers: number;
}

/** Users of a shop in North America with some abroad. */
export const pointsOfPresence: readonly PointOfPresencePlace[] = [
  { name: 'New York', country: 'United States', latitude: 40.71, longitude: -74.01, shareOfUsers: 0.23 },
  { name: 'Ashburn', country: 'United States', latitude: 39.04, longitude: -77.49, shareOfUsers: 0.15 },
  { name: 'Atlanta', country: 'United States', latitude: 33.75, longitude: -84.39, shareOfUsers: 0.12 },
  { name: 'Toronto', country: 'Canada', latitude: 43.65, longitude: -79.38, shareOfUsers: 0.07 },
  { name: 'Chicago', country: 'United States', latitude: 41.88, longitude: -87.63, shareOfUsers: 0.08 },
  { name: 'Dallas', country: 'United States', latitude: 32.78, longitude: -96.8, shareOfUsers: 0.07 },
  { name: 'Denver', country: 'United States', latitude: 39.74, longitude: -104.99, shareOfUsers: 0.04 },
  { name: 'Los Angeles', country: 'United States', latitude: 34.05, longitude: -118.24, shareOfUsers: 0.11 },
  { name: 'Seattle', country: 'United States', latitude: 47.61, longitude: -122.33, shareOfUsers: 0.05 },
  { name: 'São Paulo', country: 'Brazil', latitude: -23.55, longitude: -46.63, shareOfUsers: 0.03 },
  { name: 'London', country: 'United Kingdom', latitude: 51.51, longitude: -0.13, shareOfUsers: 0.03 },
  { name: 'Tokyo', country: 'Japan', latitude: 35.68, longitude: 139.77, shareOfUsers: 0.02 },
];

const earthRadiusKm = 6371;
/** Light in glass travels about 200 km a millisecond: a round trip costs 1 ms for each 100 km of cable. */
const cableKmPerRoundTripMs = 100;
/** Cables are longer than the great circle; measured inter-region tables lie between 1.2 and 1.6 times it. */
const cableDetour = 1.4;
const fixedMs = 2;

/** Great-circle distance (haversine), kilometres. */
export function distanceKm(from: Place, to: Place): number {
  const radians = Math.PI / 180;
  const latitude = ((to.latitude - from.latitude) * radians) / 2;
  const longitude = ((to.longitude - from.longitude) * radians) / 2;
  const chord = Math.sin(latitude) ** 2 + Math.cos(from.latitude * radians) * Math.cos(to.latitude * radians) * Math.sin(longitude) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.sqrt(chord));
}

/** Network round trip, milliseconds, one decimal. */
export function roundTripMs(from: Place, to: Place): number {
  return Math.round(10 * (fixedMs + (distanceKm(from, to) * cableDetour) / cableKmPerRoundTripMs)) / 10;
}
