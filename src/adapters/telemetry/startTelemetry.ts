import type { TokenCredential } from '@azure/core-auth';

export interface TelemetryOptions {
  /** Null = nothing is sent. */
  readonly connectionString: string | null;
  /** Application Insights takes identities only where its local authentication is off, as infra deploys it. */
  readonly credential: TokenCredential;
}

let state: 'exporting' | 'off' = 'off';

/** Whether what is logged goes out as OpenTelemetry's records. */
export const isExporting = (): boolean => state === 'exporting';

/**
 * Sends traces, metrics and logs to Application Insights where its connection string is set. Loaded only then: the exporter is
 * the largest thing that the app could bring with it, and a cold start must not pay for it in vain.
 */
export async function startTelemetry({ connectionString, credential }: TelemetryOptions): Promise<'exporting' | 'off'> {
  if (connectionString === null) return 'off';
  const { useAzureMonitor } = await import('@azure/monitor-opentelemetry');
  useAzureMonitor({
    azureMonitorExporterOptions: { connectionString, credential },
    // Every run is rare and wanted whole: no limit on traces a second, which would take precedence over the ratio.
    tracesPerSecond: 0,
    samplingRatio: 1,
    enableLiveMetrics: false,
  });
  state = 'exporting';
  return 'exporting';
}
