import { stringify } from 'yaml';
import { fleetDocumentOf, loadScenario, worldSpecOf } from '../sandbox/scenarios/index.ts';
import { isFinal } from '../sandbox/host/index.ts';
import { startSimulation } from '../sandbox/simulation.ts';
import { inMemoryApp } from '../test/support/inMemoryApp.ts';

export interface WebhookFigures {
  /** The first call of a process, which fetches the tenant's keys and compiles what it runs; not among the others. */
  readonly firstAnsweredMs: number;
  readonly answered: { readonly p50Ms: number; readonly p99Ms: number };
  readonly assessmentStarted: { readonly p50Ms: number; readonly p99Ms: number };
}

const calls = 301;

/** From the action group's POST to the 202, and on to the end of the first episode of the assessment that it asks for, which schedules its first activity. */
export async function benchWebhook(): Promise<WebhookFigures> {
  const scenario = loadScenario('grey-region');
  const simulation = await startSimulation({ spec: worldSpecOf(scenario), fleetText: stringify(fleetDocumentOf(scenario)), seed: 1, startMs: Date.parse(scenario.startAt), pace: 'real', app: await inMemoryApp() });
  const { host, azure, pacer } = simulation;
  void pacer.drive();
  const answered: number[] = [];
  const started: number[] = [];
  for (let call = 0; call < calls; call += 1) {
    const token = azure.issueToken({ as: 'azureMonitor', audience: 'alerts' });
    const body = alertBody(call, new Date().toISOString(), simulation.world.spec.stamps[0]?.clusterId ?? '');
    const instance = `watch-${azure.environment()['SPILLWAY_CONTROL_REGION']}`;
    const before = host.engine.state.instances.get(instance)?.createdAtMs;
    const from = performance.now();
    const response = await host.invokeHttp(new Request(`${host.origin}/api/alerts/azure-monitor`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body }));
    if (response.status !== 202) throw new Error(`the webhook answered ${response.status}: ${await response.text()}`);
    answered.push(performance.now() - from);
    const isStarted = (run = host.engine.state.instances.get(instance)): boolean => run !== undefined && run.createdAtMs !== before && run.episodes > 0;
    while (!isStarted() && performance.now() - from < 2000) await new Promise((resolve) => setImmediate(resolve));
    started.push(performance.now() - from);
    for (let run = host.engine.state.instances.get(instance); run !== undefined && !isFinal(run); run = host.engine.state.instances.get(instance)) await new Promise((resolve) => setImmediate(resolve));
  }
  await simulation.stop();
  return { firstAnsweredMs: Math.round((answered[0] ?? 0) * 100) / 100, answered: percentiles(answered.slice(1)), assessmentStarted: percentiles(started.slice(1)) };
}

function percentiles(samples: readonly number[]): { readonly p50Ms: number; readonly p99Ms: number } {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (fraction: number): number => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? 0) * 100) / 100;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

function alertBody(call: number, firedAt: string, targetId: string): string {
  return JSON.stringify({
    schemaId: 'azureMonitorCommonAlertSchema',
    data: {
      essentials: {
        alertId: `/subscriptions/0/providers/Microsoft.AlertsManagement/alerts/bench-${call}`, alertRule: 'origin errors', severity: 'Sev1', signalType: 'Metric', monitorCondition: 'Fired',
        monitoringService: 'Platform', alertTargetIDs: [targetId.toLowerCase()], configurationItems: ['aks'], originAlertId: `bench-${call}`, firedDateTime: firedAt, description: '', essentialsVersion: '1.0', alertContextVersion: '1.0',
      },
      alertContext: { properties: null, conditionType: 'SingleResourceMultipleMetricCriteria', condition: { windowSize: 'PT5M', allOf: [], windowStartTime: firedAt, windowEndTime: firedAt } },
    },
  });
}
