import { sampleFleet } from '../../domain/check/fixture.ts';

/**
 * One body for each kind of alert, in the shape in which Azure Monitor documents it: thresholds as text, ids in lower case, PascalCase
 * where it has that, JSON text within JSON, nulls where a simple log alert has them. Values are this fleet's.
 */
const [stamp] = sampleFleet().stamps;
if (stamp === undefined) throw new Error('the sample fleet has stamps');
const cluster = stamp.cluster.resourceId.toLowerCase();
const gateway = stamp.gateway.resourceId.toLowerCase();
const frontDoor = sampleFleet().frontDoor.resourceId.toLowerCase();
const subscription = '/subscriptions/5b1d0c3e-7a52-4d6f-9c0e-2f6a1e8d4b70';

export const alertId = (at: number): string => `${subscription}/providers/Microsoft.AlertsManagement/alerts/0a1b2c3d-0000-4000-8000-${String(at).padStart(12, '0')}`;

export function alertBody(alertContext: unknown, essentials: Record<string, unknown> = {}, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    schemaId: 'azureMonitorCommonAlertSchema',
    data: {
      essentials: {
        alertId: alertId(1), alertRule: 'origin-errors', alertRuleID: `${subscription}/resourceGroups/rg/providers/microsoft.insights/metricAlerts/origin-errors`, severity: 'Sev1',
        signalType: 'Metric', monitorCondition: 'Fired', monitoringService: 'Platform', alertTargetIDs: [frontDoor], configurationItems: ['afd-shop'], originAlertId: 'origin-1',
        firedDateTime: '2026-11-22T18:59:30.1234567Z', description: '', essentialsVersion: '1.0', alertContextVersion: '1.0', investigationLink: 'https://portal.azure.com/#view',
        targetResourceGroup: 'rg-shop-global', targetResourceType: 'microsoft.cdn/profiles', ...essentials,
      },
      alertContext,
      customProperties: null,
      ...more,
    },
  };
}

const dimension = (name: string, value: string) => ({ name, value });
const activity = (eventSource: string, properties: unknown, more: object = {}) => ({
  authorization: { action: 'Microsoft.ContainerService/managedClusters/write', scope: stamp.cluster.resourceId }, channels: 'Operation', claims: '{"aud":"x"}', caller: 'ada@example.test',
  correlationId: 'c', eventSource, eventTimestamp: '2026-11-22T18:59:30+00:00', eventDataId: 'e', level: 'Informational', operationName: 'write', operationId: 'o', properties, status: 'Succeeded', subStatus: '', submissionTimestamp: '2026-11-22T18:59:40+00:00', ...more,
});

/** Kind, body, stamps that it names. */
export const alertKinds: readonly (readonly [string, Record<string, unknown>, readonly string[]])[] = [
  ['metric, single resource, by origin dimension', alertBody({
    properties: null, conditionType: 'SingleResourceMultipleMetricCriteria',
    condition: { windowSize: 'PT5M', allOf: [{ metricName: 'OriginHealthPercentage', metricNamespace: 'Microsoft.Cdn/profiles', operator: 'LessThan', threshold: '50', timeAggregation: 'Average', dimensions: [dimension('Origin', 'eastus2.origin.sandbox.test:443'), dimension('OriginGroup', 'web')], metricValue: 12.5, webTestName: null }], windowStartTime: '2026-11-22T18:54:00Z', windowEndTime: '2026-11-22T18:59:00Z' },
  }), ['eastus2']],
  ['metric, many resources', alertBody({
    properties: {}, conditionType: 'MultipleResourceMultipleMetricCriteria',
    condition: { windowSize: 'PT5M', allOf: [{ metricName: 'UnhealthyHostCount', metricNamespace: 'Microsoft.Network/applicationGateways', operator: 'GreaterThan', threshold: '0', timeAggregation: 'Average', dimensions: [dimension('BackendSettingsPool', 'pool~settings')], metricValue: 3 }] },
  }, { alertTargetIDs: [gateway] }), ['eastus2']],
  ['metric, dynamic threshold', alertBody({
    properties: {}, conditionType: 'DynamicThresholdCriteria',
    condition: { windowSize: 'PT5M', allOf: [{ alertSensitivity: 'High', failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }, ignoreDataBefore: null, metricName: 'OriginLatency', metricNamespace: 'microsoft.cdn/profiles', operator: 'GreaterThan', threshold: '812.3', timeAggregation: 'Average', dimensions: [], metricValue: 2400.2 }] },
  }), []],
  ['metric, availability test', alertBody({
    properties: {}, conditionType: 'WebtestLocationAvailabilityCriteria',
    condition: { windowSize: 'PT5M', allOf: [{ metricName: 'Failed Location', metricNamespace: null, operator: 'GreaterThan', threshold: '2', timeAggregation: 'Sum', dimensions: [], metricValue: 5, webTestName: 'web-eastus2' }] },
  }), ['eastus2']],
  ['log query', alertBody({
    properties: {}, conditionType: 'LogQueryCriteria',
    condition: { windowSize: 'PT10M', allOf: [{ searchQuery: 'FrontDoorAccessLog', metricMeasureColumn: null, targetResourceTypes: '[\'Microsoft.Cdn/profiles\']', operator: 'GreaterThan', threshold: '0', timeAggregation: 'Count', dimensions: [dimension('originName', 'eastus2.origin.sandbox.test')], metricValue: 3, failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }, linkToSearchResultsUI: 'https://x' }] },
  }, { monitoringService: 'Log Alerts V2', signalType: 'Log' }), ['eastus2']],
  ['log query, simple, almost all null', alertBody({
    properties: null, conditionType: 'LogQueryCriteria',
    condition: { windowSize: null, allOf: [{ searchQuery: null, metricMeasureColumn: null, targetResourceTypes: null, operator: null, threshold: null, timeAggregation: null, dimensions: null, metricValue: null, failingPeriods: null }], windowStartTime: null, windowEndTime: null },
  }, { monitoringService: 'Log Alerts V2', severity: null, alertTargetIDs: [cluster] }), ['eastus2']],
  ['log of former versions', alertBody({
    SearchQuery: 'Heartbeat | summarize', SearchIntervalStartTimeUtc: '11/22/2026 6:49:00 PM', SearchIntervalEndtimeUtc: '11/22/2026 6:59:00 PM', ResultCount: 2, LinkToSearchResults: 'https://x', SeverityDescription: 'Warning', WorkspaceId: 'w',
    SearchIntervalDurationMin: '10', AffectedConfigurationItems: ['x'], SearchIntervalInMinutes: '10', Threshold: 0, Operator: 'Greater Than', Dimensions: [dimension('Computer', 'aks-shop-eastus2')], SearchResults: { tables: [], dataSources: [] }, IncludedSearchResults: 'True', AlertType: 'Metric measurement',
  }, { monitoringService: 'Log Analytics', alertTargetIDs: [] }), ['eastus2']],
  ['activity log, administrative', alertBody(activity('Administrative', { eventCategory: 'Administrative', entity: stamp.cluster.resourceId }), { monitoringService: 'Activity Log - Administrative', severity: 'Sev4', alertTargetIDs: [`${cluster}/agentpools/user1`] }), ['eastus2']],
  ['activity log, policy', alertBody(activity('Policy', { isComplianceCheck: 'False' }, { authorization: null, channels: 'Operation' }), { monitoringService: 'Activity Log - Policy', alertTargetIDs: [subscription] }), []],
  ['activity log, autoscale', alertBody(activity('Autoscale', { description: 'scaled', resourceName: 'x', oldInstancesCount: '3', newInstancesCount: '2' }, { channels: 'Admin, Operation' }), { monitoringService: 'Activity Log - Autoscale', alertTargetIDs: [subscription] }), ['eastus2']],
  ['activity log, security', alertBody(activity('Security', { threatStatus: 'Quarantined', category: 'Virus', compromisedEntity: 'vm' }, { authorization: undefined }), { monitoringService: 'Activity Log - Security', alertTargetIDs: [subscription] }), []],
  ['service health, channels as a number, services as text within the text', alertBody(activity('ServiceHealth', {
    title: 'AKS: degraded', service: 'Azure Kubernetes Service', region: 'East US 2, West US 3', communication: '<p>x</p>', incidentType: 'Incident', trackingId: 'ABCD-123', impactStartTime: '2026-11-22T18:00:00Z',
    impactedServices: '[{"ImpactedRegions":[{"RegionName":"East US 2"},{"RegionName":"West US 3"}],"ServiceName":"Azure Kubernetes Service"}]', version: '0.1.1',
  }, { authorization: undefined, channels: 1 }), { monitoringService: 'ServiceHealth', severity: 'Sev4', alertTargetIDs: [subscription] }), ['eastus2', 'westus3']],
  ['resource health', alertBody(activity('ResourceHealth', { title: 'Unavailable', details: null, currentHealthStatus: 'Unavailable', previousHealthStatus: 'Available', type: 'Downtime', cause: 'PlatformInitiated' }, { authorization: undefined, channels: 'Admin, Operation' }), { monitoringService: 'Resource Health', alertTargetIDs: [cluster] }), ['eastus2']],
  ['prometheus', alertBody({
    interval: 'PT1M', expression: 'sum(kube_pod_status_ready) < 1', expressionValue: '0', for: 'PT2M', labels: { alertname: 'PodsNotReady', cluster: 'aks-shop-eastus2', namespace: 'shop', severity: 'critical' }, annotations: { summary: 'x' }, ruleGroup: 'rg',
  }, { monitoringService: 'Prometheus', alertTargetIDs: undefined }), ['eastus2']],
  ['smart detection', alertBody({ DetectionSummary: 'Failure rate rose', FormattedOccurrenceTime: '2026-11-22T18:55:00Z', DetectedFailureRate: '31%', NormalFailureRate: '0.1% (over the last 30 minutes)', FailedRequests: null, AffectedUsers: '12' }, { monitoringService: 'SmartDetector', severity: 'Sev3', alertTargetIDs: [`${subscription}/resourcegroups/rg/providers/microsoft.insights/components/ai`] }), []],
  ['a kind that nobody knows yet', alertBody({ somethingNew: [1, 2, 3] }, { monitoringService: 'Of the future', severity: 'Sev9' }), []],
];
