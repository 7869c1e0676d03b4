import type { ScopeKind } from '../../../src/adapters/permissions.ts';
import type { World } from '../../world/types.ts';
import { json } from '../answers.ts';
import type { ArmRequest } from '../arm/armTypes.ts';
import { apiVersions } from '../arm/apiVersions.ts';
import { armError } from '../arm/errors.ts';
import { sameId } from '../arm/resourceIds.ts';
import type { FaceResponse } from '../face.ts';
import { applicationGatewayMetrics, classicFrontDoorMetrics, frontDoorMetrics, type MetricDefinition, type MetricNamespace } from './definitions.ts';
import { evaluateMetric } from './evaluate.ts';
import { parseMetricsQuery, type MetricsQuery } from './metricsQuery.ts';
import { isoTime } from './timespan.ts';

export interface MonitorTarget {
  readonly resourceId: string;
  readonly what: 'metrics' | 'metricDefinitions';
}

/** `/{resource id}/providers/microsoft.insights/{metrics|metricDefinitions}`, of a resource at any depth. */
export function monitorTarget(pathname: string): MonitorTarget | null {
  const match = /^(\/subscriptions\/.+?)\/providers\/microsoft\.insights\/(metrics|metricdefinitions)\/?$/i.exec(pathname);
  const [, resourceId, what] = match ?? [];
  if (resourceId === undefined || what === undefined) return null;
  return { resourceId, what: what.toLowerCase() === 'metrics' ? 'metrics' : 'metricDefinitions' };
}

export const monitorVersions = (target: MonitorTarget): (typeof apiVersions)['metrics' | 'metricDefinitions'] => (target.what === 'metrics' ? apiVersions.metrics : apiVersions.metricDefinitions);

/** Where a role that reads these metrics may have been assigned: each kind of resource has its own, so that one missing is seen. */
export function metricScopesOf({ spec }: World, { resourceId }: MonitorTarget): readonly ScopeKind[] {
  if (sameId(spec.frontDoor.resourceId, resourceId)) return [spec.frontDoor.kind === 'classic' ? 'frontDoorClassic' : 'frontDoorProfile', 'subscription'];
  return [spec.stamps.some(({ gatewayId }) => sameId(gatewayId, resourceId)) ? 'applicationGateway' : 'dataTierResource', 'subscription'];
}

interface Measured {
  readonly namespace: MetricNamespace;
  /** Where physics keeps them. */
  readonly source: string;
  readonly region: string;
}

function measuredBy(request: ArmRequest, resourceId: string): Measured | null {
  const { spec } = request.world;
  if (sameId(spec.frontDoor.resourceId, resourceId)) {
    return { namespace: spec.frontDoor.kind === 'classic' ? classicFrontDoorMetrics : frontDoorMetrics, source: 'frontDoor', region: 'global' };
  }
  const stamp = spec.stamps.find((candidate) => sameId(candidate.gatewayId, resourceId));
  return stamp === undefined ? null : { namespace: applicationGatewayMetrics, source: `gateway:${stamp.name}`, region: stamp.region };
}

/** Azure Monitor's platform metrics of Front Door and the Application Gateways. */
export function answerMonitor(request: ArmRequest, target: MonitorTarget): FaceResponse {
  if (request.http.method !== 'GET') return armError(405, 'MethodNotAllowed', `The method '${request.http.method}' is not allowed on metrics.`);
  const measured = measuredBy(request, target.resourceId);
  if (measured === null) {
    const known = request.world.spec.stamps.some((stamp) => sameId(stamp.clusterId, target.resourceId) || sameId(stamp.vnetId, target.resourceId));
    return known
      ? armError(501, 'NotImplemented', `The sandbox has no metrics of ${target.resourceId}; it has those of Front Door and of Application Gateways.`)
      : armError(404, 'ResourceNotFound', `The Resource '${target.resourceId}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`);
  }
  const asked = request.http.url.searchParams.get('metricnamespace');
  if (asked !== null && asked !== '' && !sameId(asked, measured.namespace.namespace)) return badRequest(`The metric namespace '${asked}' is not supported for this resource. The supported one is '${measured.namespace.namespace}'.`);
  if (target.what === 'metricDefinitions') return json(200, { value: measured.namespace.metrics.map((metric) => definitionBody(target, measured, metric)) });
  const parsed = parseMetricsQuery(measured.namespace, request.http.url.searchParams, request.now);
  return parsed.kind === 'invalid' ? badRequest(parsed.message) : metricsBody(request, target, measured, parsed.query);
}

/** Monitor's errors lie flat: code and message, no `error` around them. */
const badRequest = (message: string): FaceResponse => json(400, { code: 'BadRequest', message });

function metricsBody(request: ArmRequest, target: MonitorTarget, measured: Measured, query: MetricsQuery): FaceResponse {
  const values = query.metrics.map((metric) => {
    const timeseries = evaluateMetric(request.world, measured.source, metric, query, request.now);
    return {
      id: `${target.resourceId}/providers/Microsoft.Insights/metrics/${metric.name}`,
      type: 'Microsoft.Insights/metrics',
      name: { value: metric.name, localizedValue: metric.localizedName },
      displayDescription: metric.localizedName,
      unit: metric.unit,
      timeseries: timeseries.map((series) => ({
        metadatavalues: series.metadata.map((entry) => ({ name: { value: entry.name, localizedValue: entry.name }, value: entry.value })),
        data: series.data,
      })),
      errorCode: 'Success',
    };
  });
  const minutes = (query.toMs - query.fromMs) / query.intervalMs;
  return json(200, { cost: Math.ceil(minutes) * query.metrics.length, timespan: `${isoTime(query.fromMs)}/${isoTime(query.toMs)}`, interval: query.interval, value: values, namespace: measured.namespace.namespace, resourceregion: measured.region });
}

const definitionBody = (target: MonitorTarget, measured: Measured, metric: MetricDefinition): unknown => ({
  id: `${target.resourceId}/providers/microsoft.insights/metricdefinitions/${metric.name}`,
  resourceId: target.resourceId,
  namespace: measured.namespace.namespace,
  name: { value: metric.name, localizedValue: metric.localizedName },
  displayDescription: metric.localizedName,
  isDimensionRequired: false,
  unit: metric.unit,
  primaryAggregationType: metric.primaryAggregation,
  supportedAggregationTypes: ['None', 'Average', 'Minimum', 'Maximum', 'Total', 'Count'],
  metricAvailabilities: ['PT1M', 'PT5M', 'PT15M', 'PT30M', 'PT1H', 'PT6H', 'PT12H', 'P1D'].map((timeGrain) => ({ timeGrain, retention: 'P93D' })),
  dimensions: metric.dimensions.map((name) => ({ value: name, localizedValue: name })),
});
