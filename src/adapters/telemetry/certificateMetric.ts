import { metrics } from '@opentelemetry/api';
import type { Certificate } from '../../domain/certificate/index.ts';

const valueOf = { yes: 1, unknown: 0, no: -1 } as const;

/**
 * One point for each loss of a certificate: 1 = the fleet survives it, 0 = not known, -1 = it does not. An alert is for whatever is below 1,
 * and for silence: a certificate is computed every minute.
 */
export function showCertificate({ losses }: Certificate): void {
  const gauge = metrics.getMeter('spillway').createGauge('spillway.certificate', { description: 'Would the fleet survive this loss now? 1 yes, 0 not known, -1 no.' });
  for (const { lose, survives, binding } of losses) gauge.record(valueOf[survives], { 'spillway.lose': lose.join('+'), 'spillway.binding': binding === null ? 'none' : `${binding.stamp}: ${binding.constraint}` });
}
