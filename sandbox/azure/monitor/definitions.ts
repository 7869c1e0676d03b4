/**
 * The metrics that physics has, as Azure Monitor publishes them: unit, aggregations, dimensions. Published metrics and
 * dimensions that physics does not have are left out, so that asking for one is an error and never an empty answer.
 */
export interface MetricDefinition {
  readonly name: string;
  readonly localizedName: string;
  readonly unit: 'Count' | 'Percent' | 'MilliSeconds' | 'CountPerSecond' | 'BytesPerSecond' | 'Bytes';
  readonly primaryAggregation: 'Total' | 'Average';
  readonly dimensions: readonly string[];
  /** What physics calls it, and its dimensions there where the names differ. */
  readonly source: { readonly metric: string; readonly dimensions: Readonly<Record<string, string>> };
}

export interface MetricNamespace {
  readonly namespace: string;
  readonly region: 'global' | 'regional';
  readonly metrics: readonly MetricDefinition[];
}

const metric = (
  name: string,
  localizedName: string,
  unit: MetricDefinition['unit'],
  primaryAggregation: MetricDefinition['primaryAggregation'],
  dimensions: readonly string[],
  source: MetricDefinition['source'] = { metric: name, dimensions: {} },
): MetricDefinition => ({ name, localizedName, unit, primaryAggregation, dimensions, source });

const clientDimensions = ['HttpStatus', 'HttpStatusGroup', 'ClientRegion', 'ClientCountry'];
const backendNames = { Backend: 'Origin', BackendPool: 'OriginGroup' };

export const frontDoorMetrics: MetricNamespace = {
  namespace: 'Microsoft.Cdn/profiles',
  region: 'global',
  metrics: [
    metric('RequestCount', 'Request Count', 'Count', 'Total', clientDimensions),
    metric('OriginRequestCount', 'Origin Request Count', 'Count', 'Total', ['HttpStatus', 'HttpStatusGroup', 'Origin']),
    metric('OriginHealthPercentage', 'Origin Health Percentage', 'Percent', 'Average', ['Origin', 'OriginGroup']),
    metric('OriginLatency', 'Origin Latency', 'MilliSeconds', 'Average', ['Origin']),
    metric('TotalLatency', 'Total Latency', 'MilliSeconds', 'Average', ['ClientRegion', 'ClientCountry']),
    metric('Percentage5XX', 'Percentage of 5XX', 'Percent', 'Average', ['ClientRegion', 'ClientCountry']),
  ],
};

export const classicFrontDoorMetrics: MetricNamespace = {
  namespace: 'Microsoft.Network/frontdoors',
  region: 'global',
  metrics: [
    metric('RequestCount', 'Request Count', 'Count', 'Total', ['HttpStatus', 'HttpStatusGroup', 'ClientRegion', 'ClientCountry']),
    metric('BackendRequestCount', 'Backend Request Count', 'Count', 'Total', ['HttpStatus', 'HttpStatusGroup', 'Backend'], { metric: 'OriginRequestCount', dimensions: backendNames }),
    metric('BackendRequestLatency', 'Backend Request Latency', 'MilliSeconds', 'Average', ['Backend'], { metric: 'OriginLatency', dimensions: backendNames }),
    metric('BackendHealthPercentage', 'Backend Health Percentage', 'Percent', 'Average', ['Backend', 'BackendPool'], { metric: 'OriginHealthPercentage', dimensions: backendNames }),
    metric('TotalLatency', 'Total Latency', 'MilliSeconds', 'Average', ['ClientRegion', 'ClientCountry']),
  ],
};

export const applicationGatewayMetrics: MetricNamespace = {
  namespace: 'Microsoft.Network/applicationGateways',
  region: 'regional',
  metrics: [
    metric('HealthyHostCount', 'Healthy Host Count', 'Count', 'Average', ['BackendSettingsPool']),
    metric('UnhealthyHostCount', 'Unhealthy Host Count', 'Count', 'Average', ['BackendSettingsPool']),
    metric('BackendResponseStatus', 'Backend Response Status', 'Count', 'Total', ['HttpStatusGroup']),
  ],
};
