import type { MetricPoint, World } from '../../world/types.ts';
import type { MetricDefinition } from './definitions.ts';
import { filterMatcher } from './filter.ts';
import type { Aggregation, MetricsQuery } from './metricsQuery.ts';
import { isoTime } from './timespan.ts';
import { visibilityOf, type Visibility } from './visibility.ts';

export interface Timeseries {
  readonly metadata: readonly { readonly name: string; readonly value: string }[];
  readonly data: readonly Readonly<Record<string, number | string>>[];
}

interface Bucket {
  total: number;
  count: number;
  minimum: number;
  maximum: number;
  weighted: number;
}

const fieldOf = { Average: 'average', Count: 'count', Maximum: 'maximum', Minimum: 'minimum', Total: 'total' } as const satisfies Readonly<Record<Aggregation, string>>;

/**
 * The series of one metric: points of physics made late, filtered, split by the dimensions asked for, and summed by grain.
 * `resource` is physics' name for where the metric is kept.
 */
export function evaluateMetric(world: World, resource: string, metric: MetricDefinition, query: MetricsQuery, nowMs: number): readonly Timeseries[] {
  const chosen = query.aggregations.length > 0 ? query.aggregations : [metric.primaryAggregation];
  const splitBy = query.filter.map((entry) => entry.dimension);
  const matches = filterMatcher(query.filter);
  const series = new Map<string, { readonly values: readonly string[]; readonly buckets: Map<number, Bucket> }>();
  for (const point of visiblePoints(world, resource, metric, query, nowMs)) {
    const values = splitBy.map((name) => point.dimensions[metric.source.dimensions[name] ?? name] ?? '');
    if (!matches(values)) continue;
    const id = values.join('\u0000');
    const entry = series.get(id) ?? { values, buckets: new Map<number, Bucket>() };
    series.set(id, entry);
    const at = query.fromMs + Math.floor((point.at - query.fromMs) / query.intervalMs) * query.intervalMs;
    addPoint(entry.buckets, at, point);
  }
  const ranked = [...series.values()].toSorted((left, right) => rank(query, left.buckets, right.buckets));
  return ranked.slice(0, query.filter.length > 0 ? query.top : 1).map(({ values, buckets }) => ({
    metadata: splitBy.map((name, index) => ({ name: name.toLowerCase(), value: values[index] ?? '' })),
    data: query.resultType === 'Metadata' ? [] : dataOf(query, chosen, buckets),
  }));
}

function visiblePoints(world: World, resource: string, metric: MetricDefinition, query: MetricsQuery, nowMs: number): readonly MetricPoint[] {
  // physics answers by the end of a minute, a query asks by its start
  const points = world.metrics.query(resource, metric.source.metric, query.fromMs + 1, Math.min(query.toMs, nowMs) + 60_000);
  const visibility = visibilityOf(world.seed, `${resource} ${metric.source.metric}`);
  const shown = new Map<number, Visibility>();
  return points.filter((point) => {
    if (point.at < query.fromMs || point.at >= query.toMs) return false;
    const known = shown.get(point.at) ?? visibility(point.at, nowMs);
    shown.set(point.at, known);
    return known === 'visible';
  });
}

function addPoint(buckets: Map<number, Bucket>, at: number, point: MetricPoint): void {
  const bucket = buckets.get(at) ?? { total: 0, count: 0, minimum: Number.POSITIVE_INFINITY, maximum: Number.NEGATIVE_INFINITY, weighted: 0 };
  bucket.total += point.total;
  bucket.count += point.count;
  bucket.minimum = Math.min(bucket.minimum, point.minimum);
  bucket.maximum = Math.max(bucket.maximum, point.maximum);
  bucket.weighted += point.average * point.count;
  buckets.set(at, bucket);
}

function rank(query: MetricsQuery, left: ReadonlyMap<number, Bucket>, right: ReadonlyMap<number, Bucket>): number {
  if (query.order === null) return 0;
  const size = (buckets: ReadonlyMap<number, Bucket>): number => [...buckets.values()].reduce((sum, bucket) => sum + bucket.total, 0);
  return query.order === 'asc' ? size(left) - size(right) : size(right) - size(left);
}

/** Every step of the timespan is there; one without a value is unknown, never zero. */
function dataOf(query: MetricsQuery, chosen: readonly Aggregation[], buckets: ReadonlyMap<number, Bucket>): readonly Readonly<Record<string, number | string>>[] {
  const data: Record<string, number | string>[] = [];
  for (let at = query.fromMs; at < query.toMs; at += query.intervalMs) {
    const bucket = buckets.get(at);
    const timeStamp = isoTime(at);
    data.push(bucket === undefined || bucket.count === 0 ? { timeStamp } : { timeStamp, ...valuesOf(chosen, bucket) });
  }
  return data;
}

function valuesOf(chosen: readonly Aggregation[], bucket: Bucket): Readonly<Record<string, number>> {
  const values: Record<string, number> = {};
  for (const aggregation of chosen) values[fieldOf[aggregation]] = aggregation === 'Average' ? bucket.weighted / bucket.count : bucket[fieldOf[aggregation]];
  return values;
}
