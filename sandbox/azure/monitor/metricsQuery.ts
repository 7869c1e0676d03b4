import type { MetricDefinition, MetricNamespace } from './definitions.ts';
import { parseMetricFilter, type DimensionFilter } from './filter.ts';
import { parseDurationMs, parseTimespan } from './timespan.ts';

export const aggregations = ['Average', 'Count', 'Maximum', 'Minimum', 'Total'] as const;
export type Aggregation = (typeof aggregations)[number];

export interface MetricsQuery {
  readonly metrics: readonly MetricDefinition[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly interval: string;
  readonly intervalMs: number;
  /** Empty: each metric's primary aggregation. */
  readonly aggregations: readonly Aggregation[];
  readonly filter: readonly DimensionFilter[];
  readonly top: number;
  readonly order: 'asc' | 'desc' | null;
  readonly resultType: 'Data' | 'Metadata';
}

export type QueryParse = { readonly kind: 'parsed'; readonly query: MetricsQuery } | { readonly kind: 'invalid'; readonly message: string };

const grains = ['PT1M', 'PT5M', 'PT15M', 'PT30M', 'PT1H', 'PT6H', 'PT12H', 'P1D'] as const;
const hourMs = 60 * 60 * 1000;

/** Longest timespan that one call may ask for: 31 days (1-minute grain keeps 93 days back). */
const longestMs = 31 * 24 * hourMs;

/** Parameter names are taken without regard to case, as Azure does. */
export function parseMetricsQuery(namespace: MetricNamespace, search: URLSearchParams, nowMs: number): QueryParse {
  const given = new Map([...search].map(([name, value]) => [name.toLowerCase(), value]));
  const names = (given.get('metricnames') ?? namespace.metrics[0]?.name ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  const asked = names.map((name) => namespace.metrics.find((metric) => metric.name.toLowerCase() === name.toLowerCase()));
  const missing = names.find((_name, index) => asked[index] === undefined);
  const [provider = '', ...types] = namespace.namespace.split('/');
  if (missing !== undefined) {
    return invalid(`Failed to find metric configuration for provider: ${provider}, resource Type: ${types.join('/')}, metric: ${missing}, Valid metrics: ${namespace.metrics.map((metric) => metric.name).join(',')}`);
  }
  if (names.length > 20) return invalid('The number of metric names in a request must not be greater than 20.');
  const span = parseTimespan(given.get('timespan') ?? null, nowMs);
  if (span.kind === 'invalid') return span;
  if (span.toMs - span.fromMs > longestMs) return invalid(`The requested timespan is longer than the 31 days that one request may have.`);
  const interval = intervalOf(given.get('interval') ?? 'PT1M', span.toMs - span.fromMs);
  if (interval === null) return invalid(`Invalid time grain duration: ${given.get('interval') ?? ''}, supported ones are: ${grains.join(',')}`);
  const chosen = aggregationsOf(given.get('aggregation') ?? '');
  if (chosen.kind === 'invalid') return chosen;
  const metrics = asked.filter((metric) => metric !== undefined);
  const filter = parseMetricFilter(given.get('$filter') ?? null);
  if (filter.kind === 'invalid') return filter;
  const known = resolveDimensions(metrics, filter.dimensions);
  if (known.kind === 'invalid') return known;
  const top = given.get('top') === undefined ? 10 : Number(given.get('top'));
  if (!Number.isInteger(top) || top < 1) return invalid(`The value '${given.get('top') ?? ''}' of parameter top is invalid: it must be a positive integer.`);
  const resultType = given.get('resulttype')?.toLowerCase() ?? 'data';
  if (resultType !== 'data' && resultType !== 'metadata') return invalid(`The value '${given.get('resulttype') ?? ''}' of parameter resultType is invalid: it must be Data or Metadata.`);
  const orderBy = given.get('orderby') ?? null;
  return {
    kind: 'parsed',
    query: {
      metrics,
      fromMs: span.fromMs,
      toMs: span.toMs,
      interval: interval.name,
      intervalMs: interval.ms,
      aggregations: chosen.aggregations,
      filter: known.dimensions,
      top,
      order: orderBy === null ? null : /\basc\s*$/i.test(orderBy) ? 'asc' : 'desc',
      resultType: resultType === 'metadata' ? 'Metadata' : 'Data',
    },
  };
}

const invalid = (message: string): { readonly kind: 'invalid'; readonly message: string } => ({ kind: 'invalid', message });

function intervalOf(asked: string, spanMs: number): { readonly name: string; readonly ms: number } | null {
  if (asked.toUpperCase() === 'FULL') return { name: 'FULL', ms: Math.max(60_000, spanMs) };
  const name = grains.find((grain) => grain === asked.toUpperCase());
  const ms = name === undefined ? null : parseDurationMs(name);
  return name === undefined || ms === null ? null : { name, ms };
}

function aggregationsOf(asked: string): { readonly kind: 'parsed'; readonly aggregations: readonly Aggregation[] } | { readonly kind: 'invalid'; readonly message: string } {
  const names = asked.split(',').map((name) => name.trim()).filter((name) => name !== '');
  const found = names.map((name) => aggregations.find((aggregation) => aggregation.toLowerCase() === name.toLowerCase()));
  const wrong = names.find((_name, index) => found[index] === undefined);
  if (wrong !== undefined) return invalid(`Invalid aggregation type: ${wrong}, supported ones are: ${aggregations.join(',')}`);
  return { kind: 'parsed', aggregations: found.filter((aggregation) => aggregation !== undefined) };
}

function resolveDimensions(metrics: readonly MetricDefinition[], filter: readonly DimensionFilter[]): { readonly kind: 'resolved'; readonly dimensions: readonly DimensionFilter[] } | { readonly kind: 'invalid'; readonly message: string } {
  const resolved: DimensionFilter[] = [];
  for (const entry of filter) {
    for (const metric of metrics) {
      const name = metric.dimensions.find((dimension) => dimension.toLowerCase() === entry.dimension.toLowerCase());
      if (name === undefined) return invalid(`Metric: ${metric.name} does not support requested dimension combination: ${filter.map((each) => each.dimension.toLowerCase()).join(',')}, supported ones are: ${metric.dimensions.join(',')}`);
      if (metric === metrics[0]) resolved.push({ ...entry, dimension: name });
    }
  }
  return { kind: 'resolved', dimensions: resolved };
}
