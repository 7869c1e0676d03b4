import { metrics } from '@opentelemetry/api';
import type { Certificate } from '../../domain/certificate/index.ts';

const valueOf = { yes: 1, unknown: 0, no: -1 } as const;

/**
 * One point for each loss of a certificate: 1 = the fleet survives it, 0 = not known, -1 = it does not. Computed every minute in
 * each control-plane region. Alerts are for what stays below 1 (infra/controlPlane/certificateAlert.bicep) and for silence (silenceAlert.bicep).
 */
export function showCertificate({ losses }: Certificate, controlRegion: string): void {
  const gauge = metrics.getMeter('spillway').createGauge('spillway.certificate', { description: 'Would the fleet survive this loss now? 1 yes, 0 not known, -1 no.' });
  for (const { lose, survives, binding } of losses) gauge.record(valueOf[survives], { 'spillway.control_region': controlRegion, 'spillway.lose': lose.join('+'), 'spillway.binding': binding === null ? 'none' : `${binding.stamp}: ${binding.constraint}` });
}
