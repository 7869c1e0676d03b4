/** The api-versions that a resource type answers to; Azure keeps old ones for years. */
export interface ApiVersionSet {
  readonly namespace: string;
  readonly type: string;
  readonly versions: readonly string[];
}

const set = (namespace: string, type: string, ...versions: readonly string[]): ApiVersionSet => ({ namespace, type, versions });

const cdn = ['2020-09-01', '2021-06-01', '2022-11-01-preview', '2023-05-01', '2023-07-01-preview', '2024-02-01', '2024-05-01-preview', '2024-06-01-preview', '2024-09-01', '2025-04-15', '2025-06-01', '2025-12-01'];

const aks = [
  '2021-05-01', '2021-07-01', '2021-08-01', '2021-09-01', '2021-10-01', '2021-11-01-preview', '2022-01-01', '2022-02-01', '2022-03-01', '2022-04-01',
  '2022-06-01', '2022-07-01', '2022-08-01', '2022-09-01', '2022-11-01', '2023-01-01', '2023-02-01', '2023-03-01', '2023-04-01', '2023-05-01', '2023-06-01',
  '2023-07-01', '2023-08-01', '2023-09-01', '2023-10-01', '2023-11-01', '2024-01-01', '2024-02-01', '2024-05-01', '2024-06-01', '2024-07-01', '2024-08-01',
  '2024-09-01', '2024-10-01', '2025-01-01', '2025-02-01', '2025-03-01', '2025-04-01', '2025-05-01', '2025-07-01', '2025-08-01', '2025-09-01', '2025-10-01',
  '2026-01-01', '2026-02-01', '2026-03-01', '2026-05-01', '2026-06-01',
];

const compute = ['2017-03-30', '2019-07-01', '2020-06-01', '2021-07-01', '2022-03-01', '2022-08-01', '2022-11-01', '2023-03-01', '2023-07-01', '2023-09-01', '2024-03-01', '2024-07-01', '2024-11-01', '2025-04-01', '2026-03-01'];

const network = ['2018-11-01', '2019-04-01', '2020-06-01', '2020-11-01', '2021-08-01', '2022-01-01', '2022-05-01', '2022-07-01', '2022-09-01', '2022-11-01', '2023-04-01', '2023-09-01', '2024-01-01', '2024-05-01', '2024-07-01', '2025-01-01', '2025-05-01'];

const resources = ['2016-06-01', '2018-05-01', '2019-10-01', '2019-11-01', '2020-01-01', '2020-06-01', '2020-10-01', '2021-01-01', '2021-04-01', '2022-09-01', '2022-12-01', '2024-03-01', '2025-04-01'];

/** Resource Manager's own types first, then each provider's. */
export const apiVersions = {
  resources: set('Microsoft.Resources', 'subscriptions', ...resources),
  profiles: set('Microsoft.Cdn', 'profiles', ...cdn),
  afdEndpoints: set('Microsoft.Cdn', 'profiles/afdEndpoints', ...cdn),
  originGroups: set('Microsoft.Cdn', 'profiles/originGroups', ...cdn),
  cdnOperationResults: set('Microsoft.Cdn', 'operationresults', ...cdn),
  frontDoors: set('Microsoft.Network', 'frontDoors', '2018-08-01', '2019-04-01', '2019-05-01', '2020-01-01', '2020-04-01', '2020-05-01', '2021-06-01', '2025-10-01', '2025-11-01'),
  frontDoorOperationResults: set('Microsoft.Network', 'frontDoorOperationResults', '2018-08-01', '2019-04-01', '2019-05-01', '2020-01-01', '2020-04-01', '2020-05-01', '2021-06-01', '2025-10-01', '2025-11-01'),
  managedClusters: set('Microsoft.ContainerService', 'managedClusters', ...aks),
  aksOperations: set('Microsoft.ContainerService', 'locations/operations', '2016-03-30', '2017-08-31', ...aks),
  usages: set('Microsoft.Compute', 'locations/usages', ...compute),
  capacityReservations: set('Microsoft.Compute', 'capacityReservationGroups/capacityReservations', ...compute),
  skus: set('Microsoft.Compute', 'skus', '2017-09-01', '2019-04-01', '2021-07-01'),
  virtualNetworks: set('Microsoft.Network', 'virtualNetworks', ...network),
  applicationGateways: set('Microsoft.Network', 'applicationGateways', ...network),
  metrics: set('microsoft.insights', 'metrics', '2016-09-01', '2017-05-01-preview', '2018-01-01', '2019-07-01', '2021-05-01', '2023-10-01', '2024-02-01'),
  metricDefinitions: set('microsoft.insights', 'metricDefinitions', '2016-03-01', '2017-05-01-preview', '2018-01-01', '2021-05-01', '2023-10-01', '2024-02-01'),
} as const satisfies Readonly<Record<string, ApiVersionSet>>;

export const providerNamespaces = [...new Set(Object.values(apiVersions).map((entry) => entry.namespace))];
