import type { Signal } from '../assessment.ts';

/**
 * A stamp that we drained shows no traffic and, with its gate closed, failing probes: our own doing says nothing
 * about its health, so what the drain explains is unknown. What the drain cannot explain (a refused connection,
 * nodes gone) still counts, and so does good news.
 */
export function setAsideOwnDrain(signals: readonly Signal[]): readonly Signal[] {
  return signals.map((signal) =>
    isBad(signal) && drainExplains(signal) ? { ...signal, verdict: 'unknown', detail: `${signal.detail}: explained by our own drain` } : signal,
  );
}

const isBad = (signal: Signal): boolean => signal.verdict === 'unhealthy' || signal.verdict === 'degraded';

function drainExplains(signal: Signal): boolean {
  switch (signal.source) {
    case 'frontDoorOriginHealth':
    case 'frontDoorOriginErrors':
    case 'frontDoorOriginLatency':
    case 'alert':
      return true;
    case 'originProbe':
      return signal.measure?.unit === 'reach' && signal.measure.result === 'httpError';
    case 'gatewayHealthyHosts':
    case 'kubernetesApi':
    case 'nodeReadiness':
      return false;
  }
}
