import { LogsQueryClient, LogsQueryResultStatus, MetricsQueryClient } from '@azure/monitor-query';
import { TransientError } from '../../ports/outcome.ts';
import { boundedHttpClient } from '../http/boundedHttpClient.ts';
import { withDeadline } from '../http/deadline.ts';
import { userAgentPrefix } from '../http/limits.ts';
import type { SdkContext } from '../http/sdkContext.ts';

/**
 * Azure Monitor's metrics and logs as rows. The only file that knows `@azure/monitor-query` (deprecated by its makers in favour of
 * `@azure/arm-monitor` and `@azure/monitor-query-logs` for these jobs): changing the library means changing this file.
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

/** Time limits and retries are those of our own HTTP client. */
const clientOptions = (context: SdkContext, endpoint: string) => ({
  endpoint, audience: endpoint, httpClient: boundedHttpClient(context), retryOptions: { maxRetries: 0 }, userAgentOptions: { userAgentPrefix },
});

export function azureMonitorMetrics(context: SdkContext): Metrics {
  const client = new MetricsQueryClient(context.credential, clientOptions(context, context.metricsEndpoint));
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

/** By the column's name. */
export type LogRow = Readonly<Record<string, unknown>>;

export interface Logs {
  /** The first table of the answer. `workspaceId` is the workspace's resource id. Throws what the service says, and when the answer is only a part. */
  query(workspaceId: string, kql: string, fromMs: number, toMs: number): Promise<readonly LogRow[]>;
}

/** Seconds that Log Analytics may take for one query, and we for all of it. */
const logQuerySeconds = 6;

export function azureMonitorLogs(context: SdkContext): Logs {
  const client = new LogsQueryClient(context.credential, clientOptions(context, context.logsEndpoint));
  return {
    async query(workspaceId, kql, fromMs, toMs) {
      const answer = await withDeadline(context.clock, logQuerySeconds * 1000, () =>
        client.queryResource(workspaceId, kql, { startTime: new Date(fromMs), endTime: new Date(toMs) }, { serverTimeoutInSeconds: logQuerySeconds }),
      );
      if (answer.status !== LogsQueryResultStatus.Success) throw new TransientError(`Log Analytics answered in part: ${answer.partialError.message}`, null);
      const [table] = answer.tables;
      return (table?.rows ?? []).map((row) => Object.fromEntries((table?.columnDescriptors ?? []).map(({ name }, index) => [name ?? '', row[index]])));
    },
  };
}
