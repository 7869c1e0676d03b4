import { z } from 'zod';

/** What an alert's context says about where it hurts. Names and regions as the alert spells them. */
export interface AlertContext {
  readonly kind: AlertKind;
  /** Values of dimensions and labels: an origin, a host name, a cluster. */
  readonly names: readonly string[];
  /** Azure regions by display name, such as "East US 2". */
  readonly regions: readonly string[];
  readonly resourceIds: readonly string[];
}

export type AlertKind = 'metric' | 'webtest' | 'logQuery' | 'legacyLog' | 'serviceHealth' | 'resourceHealth' | 'activityLog' | 'prometheus' | 'smartDetection' | 'other';

const scalar = z.union([z.string(), z.number(), z.boolean()]).nullish();
const dimensions = z.array(z.looseObject({ name: z.string(), value: scalar })).nullish().catch(null);

/** Metric and log alerts; a threshold is text and a metric's value a number, and the simple log alert is almost all null. */
const conditionContext = z.looseObject({
  conditionType: z.string(),
  condition: z.looseObject({
    windowSize: scalar,
    allOf: z.array(z.looseObject({ metricName: scalar, threshold: scalar, metricValue: scalar, dimensions, webTestName: scalar })).nullish().catch(null),
  }).nullish(),
});

/** The log alert of former API versions, PascalCase and with US dates. */
const legacyLogContext = z.looseObject({
  SearchQuery: z.string().nullish(),
  SearchIntervalStartTimeUtc: z.string().nullish(),
  ResultCount: scalar,
  Dimensions: z.array(z.looseObject({ name: z.string(), value: scalar })).nullish().catch(null),
}).refine((context) => 'SearchQuery' in context || 'SearchIntervalStartTimeUtc' in context);

/** Administrative, Policy, Autoscale, Security, ServiceHealth and ResourceHealth; `channels` is text for most and a number for ServiceHealth. */
const activityLogContext = z.looseObject({
  eventSource: z.string(),
  channels: scalar,
  authorization: z.looseObject({ scope: z.string().nullish() }).nullish().catch(null),
  properties: z.looseObject({ region: z.string().nullish().catch(null), impactedServices: z.unknown().optional() }).nullish().catch(null),
});

const prometheusContext = z.looseObject({
  expression: z.string(),
  interval: scalar,
  labels: z.record(z.string(), scalar).nullish().catch(null),
});

const smartDetectionContext = z.looseObject({ DetectionSummary: z.string().nullish(), FormattedOccurrenceTime: z.string().nullish() })
  .refine((context) => 'DetectionSummary' in context || 'FormattedOccurrenceTime' in context);

const impactedServices = z.array(z.looseObject({ ImpactedRegions: z.array(z.looseObject({ RegionName: z.string() })).nullish().catch(null) }));

/** Never fails: a context of no known kind says nothing. */
export function readAlertContext(context: unknown): AlertContext {
  const condition = conditionContext.safeParse(context);
  if (condition.success) return fromCondition(condition.data);
  const activity = activityLogContext.safeParse(context);
  if (activity.success) return fromActivityLog(activity.data);
  const prometheus = prometheusContext.safeParse(context);
  if (prometheus.success) return { ...nothing, kind: 'prometheus', names: texts(Object.values(prometheus.data.labels ?? {})) };
  const legacy = legacyLogContext.safeParse(context);
  if (legacy.success) return { ...nothing, kind: 'legacyLog', names: dimensionValues(legacy.data.Dimensions) };
  return smartDetectionContext.safeParse(context).success ? { ...nothing, kind: 'smartDetection' } : nothing;
}

const nothing: AlertContext = { kind: 'other', names: [], regions: [], resourceIds: [] };

function fromCondition({ conditionType, condition }: z.output<typeof conditionContext>): AlertContext {
  const all = condition?.allOf ?? [];
  const kind: AlertKind = conditionType === 'LogQueryCriteria' ? 'logQuery' : conditionType === 'WebtestLocationAvailabilityCriteria' ? 'webtest' : 'metric';
  return { ...nothing, kind, names: all.flatMap((one) => [...dimensionValues(one.dimensions), ...texts([one.webTestName])]) };
}

function fromActivityLog({ eventSource, authorization, properties }: z.output<typeof activityLogContext>): AlertContext {
  const kind: AlertKind = eventSource === 'ServiceHealth' ? 'serviceHealth' : eventSource === 'ResourceHealth' ? 'resourceHealth' : 'activityLog';
  const regions = kind === 'serviceHealth' ? [...impactedRegions(properties?.impactedServices), ...(properties?.region ?? '').split(',')] : [];
  return { ...nothing, kind, regions: [...new Set(regions.map((region) => region.trim()).filter((region) => region !== ''))], resourceIds: texts([authorization?.scope]) };
}

/** ServiceHealth gives a JSON text within the JSON. */
function impactedRegions(given: unknown): string[] {
  let value: unknown = given;
  if (typeof given === 'string') {
    try {
      value = JSON.parse(given);
    } catch {
      return [];
    }
  }
  const parsed = impactedServices.safeParse(value);
  return parsed.success ? parsed.data.flatMap((service) => (service.ImpactedRegions ?? []).map((region) => region.RegionName)) : [];
}

const dimensionValues = (given: z.output<typeof dimensions>): string[] => texts((given ?? []).map((dimension) => dimension.value));

const texts = (values: readonly unknown[]): string[] => values.filter((value): value is string => typeof value === 'string' && value !== '');
