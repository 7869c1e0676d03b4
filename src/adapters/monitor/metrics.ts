import { MetricsQueryClient } from '@azure/monitor-query';
import { boundedHttpClient } from '../http/boundedHttpClient.ts';
import { userAgentPrefix } from '../http/limits.ts';
import type { SdkContext } from '../http/sdkContext.ts';

/**
 * Azure Monitor's metrics as rows. The only file that knows `@azure/monitor-query` (deprecated by its makers in favour of
 * `@azure/arm-monitor` for this job): changing the library means changing this file.
 */
export interface Metrics {
  query(question: MetricQuestion): Promise<readonly MetricRow[]>;
}

export interface MetricQuestion {
  readonly resourceId: string;
  /** Of one resource, up to 20. */
  readonly metrics: readonly string[];
  readonly aggregation: 'Average' | 'Total' | 'Maximum';
  /** Each is split by. */
  readonly dimensions: readonly string[];
  /** Epoch milliseconds, first included, last not. */
  readonly fromMs: number;
  readonly toMs: number;
  /** ISO 8601 duration; one minute where left out. */
  readonly grain?: string;
}

/** One point of one metric. A minute without data has no row: it is unknown, never zero (I6). */
export interface MetricRow {
  readonly metric: string;
  /** Start of the grain, epoch milliseconds. */
  readonly at: number;
  /** Names in lower case: the service answers them so. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Without it the service answers the ten largest series only. */
const mostSeries = 2000;

export function azureMonitorMetrics(context: SdkContext): Metrics {
  const client = new MetricsQueryClient(context.credential, {
    endpoint: context.metricsEndpoint,
    audience: context.metricsEndpoint,
    httpClient: boundedHttpClient(context),
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix },
  });
  return {
    async query({ resourceId, metrics, aggregation, dimensions, fromMs, toMs, grain = 'PT1M' }) {
      // The SDK puts a slash before what it is given.
      const answer = await client.queryResource(resourceId.replace(/^\//, ''), [...metrics], {
        granularity: grain,
        timespan: { startTime: new Date(fromMs), endTime: new Date(toMs) },
        aggregations: [aggregation],
        ...(dimensions.length === 0 ? {} : { filter: dimensions.map((name) => `${name} eq '*'`).join(' and '), top: mostSeries }),
      });
      const field = fields[aggregation];
      return answer.metrics.flatMap((found) =>
        found.timeseries.flatMap((series) => {
          const labels = Object.fromEntries((series.metadataValues ?? []).map(({ name, value }) => [(name ?? '').toLowerCase(), value ?? '']));
          return (series.data ?? []).flatMap((point) => {
            const value = point[field];
            return value === undefined || value === null ? [] : [{ metric: found.name, at: point.timeStamp.getTime(), dimensions: labels, value }];
          });
        }),
      );
    },
  };
}

const fields = { Average: 'average', Total: 'total', Maximum: 'maximum' } as const;
