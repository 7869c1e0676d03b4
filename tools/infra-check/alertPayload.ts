import { scopeType } from './armId.ts';
import type { SnapshotResource } from './snapshot.ts';
import { at, isRecord, listAt, numberAt, recordAt, textAt, textsAt } from './snapshot.ts';

export interface AlertMoment {
  readonly condition: 'Fired' | 'Resolved';
  readonly firedAtMs: number;
  /** Required by a resolved alert. */
  readonly resolvedAtMs: number;
  /** Values that a dimension filter of "*" stands for, by dimension: an origin's name, say. */
  readonly dimensionValues: Readonly<Record<string, string>>;
  /** The resource that a rule scoped to a whole subscription fires for, and its region. */
  readonly resourceId: string;
  readonly region: string;
}

/** Types of rules that `alertPayload` understands: all that infra/ deploys. */
export const alertRuleTypes = ['Microsoft.Insights/metricAlerts', 'Microsoft.Insights/activityLogAlerts', 'Microsoft.Insights/scheduledQueryRules'];

/**
 * What Azure Monitor would post when this rule fires: the common alert schema, with the context of the rule's kind as
 * published. Throws for a rule of another type, and for an activity log rule whose own conditions the event does not meet:
 * such a rule never fires.
 */
export function alertPayload(rule: SnapshotResource, moment: AlertMoment): Readonly<Record<string, unknown>> {
  const kind = kindOf(rule);
  const scope = kind.targets(moment);
  const unmet = listAt(rule.body, 'properties.condition.allOf').filter((condition) => !meets(condition, kind.context(moment), moment));
  if (moment.condition === 'Fired' && unmet.length > 0) throw new Error(`${rule.name} does not fire: ${JSON.stringify(unmet)}`);
  return {
    schemaId: 'azureMonitorCommonAlertSchema',
    data: {
      essentials: {
        alertId: `/subscriptions/${subscriptionOf(rule.id)}/providers/Microsoft.AlertsManagement/alerts/${stableGuid(`${rule.id}|${moment.firedAtMs}`)}`,
        alertRule: rule.name,
        alertRuleId: rule.id,
        severity: `Sev${numberAt(rule.body, 'properties.severity') ?? 4}`,
        signalType: kind.signalType,
        monitorCondition: moment.condition,
        monitoringService: kind.monitoringService,
        // Azure lower-cases them.
        alertTargetIDs: scope.map((id) => id.toLowerCase()),
        configurationItems: scope.map((id) => id.split('/').at(-1) ?? id),
        originAlertId: stableGuid(rule.id),
        firedDateTime: azureInstant(moment.firedAtMs),
        ...(moment.condition === 'Resolved' ? { resolvedDateTime: azureInstant(moment.resolvedAtMs) } : {}),
        description: textAt(rule.body, 'properties.description') ?? '',
        essentialsVersion: '1.0',
        alertContextVersion: '1.0',
      },
      alertContext: kind.context(moment),
      customProperties: kind.customProperties,
    },
  };
}

interface RuleKind {
  readonly signalType: 'Metric' | 'Log' | 'Activity Log';
  readonly monitoringService: string;
  readonly targets: (moment: AlertMoment) => readonly string[];
  readonly context: (moment: AlertMoment) => unknown;
  readonly customProperties: unknown;
}

function kindOf(rule: SnapshotResource): RuleKind {
  switch (rule.type.toLowerCase()) {
    case 'microsoft.insights/metricalerts':
      return metricKind(rule);
    case 'microsoft.insights/scheduledqueryrules':
      return logKind(rule);
    case 'microsoft.insights/activitylogalerts':
      return conditionEquals(rule, 'ServiceHealth') ? serviceHealthKind() : resourceHealthKind();
    default:
      throw new Error(`${rule.type} is no alert rule`);
  }
}

function metricKind(rule: SnapshotResource): RuleKind {
  const actions = listAt(rule.body, 'properties.actions');
  return {
    signalType: 'Metric',
    monitoringService: 'Platform',
    targets: () => textsAt(rule.body, 'properties.scopes'),
    customProperties: at(actions[0], 'webHookProperties') ?? null,
    context: (moment) => ({
      properties: at(actions[0], 'webHookProperties') ?? null,
      conditionType: listAt(rule.body, 'properties.criteria.allOf').some((criterion) => textAt(criterion, 'criterionType') === 'DynamicThresholdCriterion')
        ? 'DynamicThresholdCriteria'
        : 'SingleResourceMultipleMetricCriteria',
      condition: {
        windowSize: textAt(rule.body, 'properties.windowSize'),
        allOf: listAt(rule.body, 'properties.criteria.allOf').map((criterion) => ({
          metricName: textAt(criterion, 'metricName'),
          metricNamespace: textAt(criterion, 'metricNamespace'),
          operator: textAt(criterion, 'operator'),
          // A threshold is text and a value a number, as published.
          threshold: numberAt(criterion, 'threshold') === null ? null : String(numberAt(criterion, 'threshold')),
          timeAggregation: textAt(criterion, 'timeAggregation'),
          dimensions: dimensionsOf(criterion, moment),
          metricValue: beyondThreshold(criterion),
          webTestName: null,
        })),
        windowStartTime: azureInstant(moment.firedAtMs - 300_000),
        windowEndTime: azureInstant(moment.firedAtMs),
      },
    }),
  };
}

const dimensionsOf = (criterion: unknown, moment: AlertMoment) =>
  listAt(criterion, 'dimensions').map((dimension) => ({
    name: textAt(dimension, 'name'),
    value: firstValue(textsAt(dimension, 'values'), textAt(dimension, 'name') ?? '', moment),
  }));

/** A value that fires the criterion. */
const beyondThreshold = (criterion: unknown): number => (numberAt(criterion, 'threshold') ?? 0) + (textAt(criterion, 'operator') === 'LessThan' ? -1 : 1);

const firstValue = (values: readonly string[], dimension: string, moment: AlertMoment): string =>
  values[0] === '*' || values[0] === undefined ? (moment.dimensionValues[dimension] ?? '') : values[0];

function logKind(rule: SnapshotResource): RuleKind {
  const custom = recordAt(rule.body, 'properties.actions.customProperties');
  return {
    signalType: 'Log',
    monitoringService: 'Log Alerts V2',
    targets: () => textsAt(rule.body, 'properties.scopes'),
    customProperties: custom,
    context: (moment) => ({
      properties: custom,
      conditionType: 'LogQueryCriteria',
      condition: {
        windowSize: textAt(rule.body, 'properties.windowSize'),
        allOf: listAt(rule.body, 'properties.criteria.allOf').map((criterion) => ({
          searchQuery: textAt(criterion, 'query'),
          metricMeasureColumn: textAt(criterion, 'metricMeasureColumn'),
          targetResourceTypes: null,
          operator: textAt(criterion, 'operator'),
          threshold: String(numberAt(criterion, 'threshold') ?? 0),
          timeAggregation: textAt(criterion, 'timeAggregation'),
          dimensions: dimensionsOf(criterion, moment),
          metricValue: beyondThreshold(criterion),
          failingPeriods: at(criterion, 'failingPeriods'),
        })),
        windowStartTime: azureInstant(moment.firedAtMs - 600_000),
        windowEndTime: azureInstant(moment.firedAtMs),
      },
    }),
  };
}

/** Whether an activity log event meets one condition of a rule. Fields are paths into the event; `[*]` is any item of a list. */
function meets(condition: unknown, event: unknown, moment: AlertMoment): boolean {
  const any = listAt(condition, 'anyOf');
  if (any.length > 0) return any.some((inner) => meets(inner, event, moment));
  const values = fieldOf(event, textAt(condition, 'field') ?? '', moment).map((value) => value.toLowerCase());
  const wanted = [textAt(condition, 'equals'), ...textsAt(condition, 'containsAny')].filter((value) => value !== null).map((value) => value.toLowerCase());
  return wanted.some((value) => values.includes(value));
}

function fieldOf(event: unknown, field: string, moment: AlertMoment): readonly string[] {
  if (field === 'category') return [textAt(event, 'eventSource') ?? ''];
  if (field === 'resourceType') return [scopeType(moment.resourceId)];
  const texts = field.split('.').reduce<readonly unknown[]>((here, part) => {
    const next = here.map((value) => at(value, part.replace('[*]', '')));
    return part.endsWith('[*]') ? next.flatMap((value) => listAt({ items: typeof value === 'string' ? JSON.parse(value) : value }, 'items')) : next;
  }, [event]);
  return texts.filter((value) => typeof value === 'string');
}

function conditionEquals(rule: SnapshotResource, category: string): boolean {
  return listAt(rule.body, 'properties.condition.allOf').some((condition) => isRecord(condition) && textAt(condition, 'equals') === category);
}

const serviceHealthKind = (): RuleKind => ({
  signalType: 'Activity Log',
  monitoringService: 'ServiceHealth',
  targets: (moment) => [`/subscriptions/${subscriptionOf(moment.resourceId)}`],
  customProperties: null,
  context: (moment) => ({
    authorization: null,
    // A number here, text in the other kinds; and a list inside a text below.
    channels: 1,
    claims: null,
    caller: null,
    correlationId: stableGuid(`service|${moment.firedAtMs}`),
    eventSource: 'ServiceHealth',
    eventTimestamp: azureInstant(moment.firedAtMs),
    eventDataId: stableGuid(`event|${moment.firedAtMs}`),
    level: 'Warning',
    operationName: 'Microsoft.ServiceHealth/incident/action',
    operationId: stableGuid(`operation|${moment.firedAtMs}`),
    status: moment.condition === 'Fired' ? 'Active' : 'Resolved',
    properties: {
      title: 'Connectivity of a service',
      service: 'Azure Kubernetes Service',
      region: moment.region,
      incidentType: 'Incident',
      stage: moment.condition === 'Fired' ? 'Active' : 'Resolved',
      version: '0.1.1',
      impactedServices: JSON.stringify([{ ImpactedRegions: [{ RegionName: moment.region }], ServiceName: 'Azure Kubernetes Service' }]),
    },
  }),
});

const resourceHealthKind = (): RuleKind => ({
  signalType: 'Activity Log',
  monitoringService: 'Resource Health',
  targets: (moment) => [moment.resourceId],
  customProperties: null,
  context: (moment) => ({
    channels: 'Admin, Operation',
    correlationId: stableGuid(`resource|${moment.firedAtMs}`),
    eventSource: 'ResourceHealth',
    eventTimestamp: azureInstant(moment.firedAtMs),
    eventDataId: stableGuid(`resource event|${moment.firedAtMs}`),
    level: 'Critical',
    operationName: 'Microsoft.Resourcehealth/healthevent/Activated/action',
    operationId: stableGuid(`resource operation|${moment.firedAtMs}`),
    properties: {
      title: 'This resource is unavailable',
      details: null,
      currentHealthStatus: moment.condition === 'Fired' ? 'Unavailable' : 'Available',
      previousHealthStatus: moment.condition === 'Fired' ? 'Available' : 'Unavailable',
      type: 'Downtime',
      cause: 'PlatformInitiated',
    },
    status: moment.condition === 'Fired' ? 'Active' : 'Resolved',
    submissionTimestamp: azureInstant(moment.firedAtMs),
  }),
});

/** Seven digits of a second, as Azure writes them. */
const azureInstant = (ms: number): string => new Date(ms).toISOString().replace('Z', '0000Z');

const subscriptionOf = (id: string): string => /\/subscriptions\/([^/]+)/i.exec(id)?.[1] ?? '';

/** The same text gives the same GUID; two FNV-1a runs are enough for names in a test. */
function stableGuid(text: string): string {
  const hex = [0, 1, 2, 3].map((seed) => fnv1a(`${seed}${text}`).toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const fnv1a = (text: string): number => Buffer.from(text).reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
