import { createHash } from 'node:crypto';
import { ROOT_CONTEXT, trace, TraceFlags, type Context } from '@opentelemetry/api';

/**
 * One trace a run, although its activities run in many invocations, and after a takeover in another region: the trace id
 * is derived from the run's id, and every span hangs under the same parent.
 */
export function runContext(runId: string): Context {
  const hex = createHash('sha256').update(`spillway-run\n${runId}`).digest('hex');
  return trace.setSpanContext(ROOT_CONTEXT, { traceId: hex.slice(0, 32), spanId: hex.slice(32, 48), traceFlags: TraceFlags.SAMPLED, isRemote: true });
}
