import type { Signal } from '../assessment.ts';

/**
 * A request of ours that was refused or timed out from one vantage point alone is unknown (I6). Front Door's edges are another
 * vantage point: when they see the stamp's origin fail as well, two have seen it. For the cluster API our own probe of
 * the origin, once it counts as unhealthy itself, serves as the other one.
 */
export function corroborate(signals: readonly Signal[]): readonly Signal[] {
  const edgeSeesFailure = signals.some((signal) => isEdgeView(signal) && signal.verdict === 'unhealthy');
  const withProbe = signals.map((signal) => (signal.source === 'originProbe' && edgeSeesFailure ? confirmed(signal, 'Front Door') : signal));
  const outsideSeesFailure = withProbe.some((signal) => signal.vantage === 'outside' && signal.verdict === 'unhealthy');
  return withProbe.map((signal) => (signal.source === 'kubernetesApi' && outsideSeesFailure ? confirmed(signal, 'the view from outside') : signal));
}

export const isUnreachable = (signal: Signal): boolean =>
  signal.measure?.unit === 'reach' && (signal.measure.result === 'refused' || signal.measure.result === 'timedOut');

function confirmed(signal: Signal, by: string): Signal {
  if (signal.verdict !== 'unknown' || !isUnreachable(signal)) return signal;
  return { ...signal, verdict: 'unhealthy', detail: `${signal.detail.replace(/ only$/, '')}, confirmed by ${by}` };
}

const isEdgeView = (signal: Signal): boolean => signal.source === 'frontDoorOriginHealth' || signal.source === 'frontDoorOriginErrors';
