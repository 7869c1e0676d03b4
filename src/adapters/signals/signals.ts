import type { V1Node } from '@kubernetes/client-node';
import type { Stamp } from '../../domain/fleet.ts';
import type { Measure, Observation, SignalSource } from '../../domain/observation.ts';
import { known, unknown, type Reading } from '../../domain/reading.ts';
import type { Signals } from '../../ports/signals.ts';
import type { AlertRecord, StateStore } from '../../ports/state.ts';
import type { SdkContext } from '../http/sdkContext.ts';
import type { Cluster, Clusters } from '../kubernetes/clusters.ts';
import { nodesPath } from '../kubernetes/paths.ts';
import type { FleetMetrics } from '../monitor/fleetMetrics.ts';
import { httpAttempt, meet } from './httpProbe.ts';
import { answered, reachMeasure, tryTwice, type Tried } from './probeRound.ts';
import { roundLimit, type RoundLimit } from './roundLimit.ts';

/** One attempt: Front Door's own probe gives up after so long as well. */
const probeTimeoutMs = 5_000;
/** A whole round stays below the shortest watch interval: what has not answered by then is unknown. */
const roundLimitMs = 15_000;
const mostAlerts = 200;

export interface SignalSources {
  readonly metrics: FleetMetrics;
  readonly clusters: Clusters;
  readonly state: StateStore;
}

/**
 * Every signal of every stamp, read side by side. Never throws: what could not be read, for whatever reason, is an
 * unknown reading that says why.
 */
export function fleetSignals(context: SdkContext, { metrics, clusters, state }: SignalSources): Signals {
  const now = (): number => context.clock.now();

  async function safely(limit: RoundLimit, stamp: Stamp, source: SignalSource, read: () => Promise<Reading<Measure>>): Promise<Observation> {
    const failed = (why: string): Observation => ({ stamp: stamp.name, source, reading: unknown(why, now()) });
    const work = read().then(
      (reading): Observation => ({ stamp: stamp.name, source, reading }),
      (error: unknown) => failed(error instanceof Error ? error.message.slice(0, 300) : String(error)),
    );
    return limit.within(work, () => failed(`no answer within ${roundLimitMs / 1000} s`));
  }

  /** One round of probes against all stamps, so that those that answer vouch for our own path. */
  async function probes(limit: RoundLimit, stamps: readonly Stamp[], source: 'originProbe' | 'kubernetesApi', attemptAt: (stamp: Stamp) => Promise<Tried>): Promise<readonly Observation[]> {
    const tried = stamps.map((stamp) => attemptAt(stamp).then((value) => known(value, now()), (error: unknown) => unknown(error instanceof Error ? error.message.slice(0, 300) : String(error), now())));
    const round = await Promise.all(tried.map((one) => limit.within<Reading<Tried>>(one, () => unknown(`no answer within ${roundLimitMs / 1000} s`, now()))));
    return stamps.map((stamp, index) => {
      const reading = round[index] ?? unknown('not probed', now());
      if (reading.kind === 'unknown') return { stamp: stamp.name, source, reading };
      const othersAnswer = round.some((other, at) => at !== index && other.kind === 'known' && answered(other.value));
      return { stamp: stamp.name, source, reading: known(reachMeasure(reading.value, othersAnswer ? 'shownGood' : 'notShown'), reading.observedAt) };
    });
  }

  /** Only HTTP 200 is healthy to Front Door, so it is here. */
  const probeOrigin = (stamp: Stamp): Promise<Tried> =>
    tryTwice(() => meet(context, httpAttempt(context, stamp.probe.url, probeTimeoutMs), (status) => (status === 200 ? 'ok' : 'httpError')));

  async function probeApiServer(stamp: Stamp): Promise<Tried> {
    const cluster = await clusters.open(stamp.cluster);
    return tryTwice(() => meet(context, async () => (await cluster.probe('/readyz', probeTimeoutMs)).status, judgeReadyz));
  }

  async function nodeReadiness(stamp: Stamp): Promise<Reading<Measure>> {
    const cluster: Cluster = await clusters.open(stamp.cluster);
    const nodes = await cluster.reader.list<V1Node>(nodesPath);
    if (nodes.length === 0) return unknown('the cluster has no nodes', now());
    const ready = nodes.filter((node) => node.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'));
    return known({ unit: 'percent', value: (100 * ready.length) / nodes.length }, now());
  }

  async function alerts(stamps: readonly Stamp[]): Promise<readonly Observation[]> {
    try {
      const records = await state.list<AlertRecord>('alert', mostAlerts);
      return stamps.flatMap((stamp) => records.filter(({ value }) => value.stamps.includes(stamp.name)).map(({ value }) => alertObservation(stamp, value, now())));
    } catch {
      // Alerts only add to what is measured: without their store there are none to show.
      return [];
    }
  }

  return {
    async observe(stamps) {
      const limit = roundLimit(context.clock, roundLimitMs);
      try {
        return await observeRound(limit, stamps);
      } finally {
        limit.end();
      }
    },
  };

  async function observeRound(limit: RoundLimit, stamps: readonly Stamp[]): Promise<readonly Observation[]> {
    const perStamp = stamps.flatMap((stamp) => [
      safely(limit, stamp, 'frontDoorOriginHealth', async () => mapReading(await metrics.originHealth(stamp), (value) => ({ unit: 'percent', value }))),
      safely(limit, stamp, 'frontDoorOriginErrors', async () =>
        mapReading(await metrics.originRequests(stamp), ({ errorRate, requests }) => ({ unit: 'rate', value: errorRate, requests })),
      ),
      safely(limit, stamp, 'frontDoorOriginLatency', async () => mapReading(await metrics.originLatency(stamp), (value) => ({ unit: 'milliseconds', value }))),
      safely(limit, stamp, 'gatewayHealthyHosts', async () => mapReading(await metrics.gatewayHealthyHosts(stamp), (value) => ({ unit: 'percent', value }))),
      safely(limit, stamp, 'nodeReadiness', () => nodeReadiness(stamp)),
    ]);
    const [single, origins, apiServers, alerted] = await Promise.all([
      Promise.all(perStamp),
      probes(limit, stamps, 'originProbe', probeOrigin),
      probes(limit, stamps, 'kubernetesApi', probeApiServer),
      limit.within(alerts(stamps), () => []),
    ]);
    return [...single, ...origins, ...apiServers, ...alerted];
  }
}

/** The API server answers 401 when our own token is at fault; every other answer below 500 shows that it is there. */
function judgeReadyz(status: number): 'ok' | 'httpError' | 'observerFailed' {
  if (status === 401) return 'observerFailed';
  return status < 500 ? 'ok' : 'httpError';
}

/** A fired alert stands until it is resolved: it is as fresh as this reading, and tells of when it fired. A resolved one is as old as its resolution. */
function alertObservation(stamp: Stamp, alert: AlertRecord, now: number): Observation {
  const measure: Measure = { unit: 'alert', rule: alert.rule, severity: alert.severity, condition: alert.condition };
  return { stamp: stamp.name, source: 'alert', reading: alert.condition === 'fired' ? { ...known(measure, now), coversFrom: alert.at } : known(measure, alert.at) };
}

const mapReading = <A>(reading: Reading<A>, map: (value: A) => Measure): Reading<Measure> =>
  reading.kind === 'known' ? { ...reading, value: map(reading.value) } : reading;
