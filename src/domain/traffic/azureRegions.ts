import type { Place } from './greatCircle.ts';

/** Azure regions by their short name, at the place Microsoft names for them ("Azure geographies"); degrees, rounded. */
const places: Readonly<Record<string, readonly [number, number]>> = {
  eastus: [37.4, -79.8], eastus2: [36.7, -78.4], eastus3: [33.7, -84.4], centralus: [41.6, -93.6], northcentralus: [41.9, -87.6], southcentralus: [29.4, -98.5], westcentralus: [40.9, -110.2],
  westus: [37.8, -122.4], westus2: [47.2, -119.9], westus3: [33.4, -112.1],
  canadacentral: [43.7, -79.4], canadaeast: [46.8, -71.2], mexicocentral: [20.6, -100.4],
  brazilsouth: [-23.6, -46.6], brazilsoutheast: [-22.9, -43.2], chilecentral: [-33.4, -70.7],
  northeurope: [53.3, -6.3], westeurope: [52.4, 4.9], uksouth: [51.5, -0.1], ukwest: [51.5, -3.2], francecentral: [48.9, 2.4], francesouth: [43.3, 5.4],
  germanywestcentral: [50.1, 8.7], germanynorth: [53.1, 8.8], switzerlandnorth: [47.4, 8.5], switzerlandwest: [46.2, 6.1], norwayeast: [59.9, 10.8], norwaywest: [59.0, 5.7],
  swedencentral: [60.7, 17.1], swedensouth: [55.6, 13.0], denmarkeast: [55.7, 12.6], polandcentral: [52.2, 21.0], italynorth: [45.5, 9.2], spaincentral: [40.4, -3.7], austriaeast: [48.2, 16.4], belgiumcentral: [50.8, 4.4], greececentral: [38.0, 23.7],
  uaenorth: [25.3, 55.3], uaecentral: [24.5, 54.4], qatarcentral: [25.3, 51.5], israelcentral: [32.1, 34.8],
  southafricanorth: [-25.7, 28.2], southafricawest: [-34.1, 18.8],
  centralindia: [18.6, 73.9], southindia: [13.0, 80.2], westindia: [19.1, 72.9], jioindiawest: [22.5, 70.1], jioindiacentral: [21.1, 79.1],
  southeastasia: [1.3, 103.8], eastasia: [22.3, 114.2], japaneast: [35.7, 139.8], japanwest: [34.7, 135.5], koreacentral: [37.6, 127.0], koreasouth: [35.2, 129.0],
  indonesiacentral: [-6.2, 106.8], malaysiawest: [3.1, 101.7], taiwannorth: [25.0, 121.5], newzealandnorth: [-36.8, 174.8],
  australiaeast: [-33.9, 151.2], australiasoutheast: [-37.8, 145.0], australiacentral: [-35.3, 149.1], australiacentral2: [-35.3, 149.1],
};

/** The names that the table knows. */
export const azureRegions: readonly string[] = Object.keys(places);

/** Null for a region that the table does not know. */
export function placeOfRegion(region: string): Place | null {
  const place = places[region.toLowerCase().replaceAll(' ', '')];
  return place === undefined ? null : { latitude: place[0], longitude: place[1] };
}
