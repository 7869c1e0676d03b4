import type { Signal } from '../assessment.ts';

/** A gate reads its blob every 5 s (gitops/base/gate): for so long after ours has been opened it may turn away still. */
const gatePollMs = 5_000;

/**
 * A stamp that we drained shows no traffic and, with its gate closed, failing probes: our own doing says nothing
 * about its health, so what the drain explains is unknown. That holds for what was seen, wholly or in part, before the gate was open
 * again: a metric tells of that time for minutes after the return. What the drain cannot explain (a refused connection, nodes
 * gone) still counts, and so do good news and every later look.
 * @param drainedUntil epoch milliseconds at which the traffic was given back; now where it has not been.
 */
export function setAsideOwnDrain(signals: readonly Signal[], drainedUntil: number): readonly Signal[] {
  const openSince = drainedUntil + gatePollMs;
  return signals.map((signal) =>
    isBad(signal) && drainExplains(signal) && (signal.coversFrom ?? signal.observedAt) < openSince
      ? { ...signal, verdict: 'unknown', detail: `${signal.detail}: explained by our own drain` }
      : signal,
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
