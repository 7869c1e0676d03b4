import { json } from '../answers.ts';
import type { FaceResponse } from '../face.ts';

/** An OAuth error as Entra words it: AADSTS code in the description, trace and correlation ids, time in UTC. */
export function entraError(status: number, error: string, message: string, code: number, traceId: string, nowMs: number): FaceResponse {
  const timestamp = new Date(nowMs).toISOString().replace('T', ' ').replace(/\.\d+Z$/, 'Z');
  return json(status, {
    error,
    error_description: `${message} Trace ID: ${traceId} Correlation ID: ${traceId} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: traceId,
    correlation_id: traceId,
  });
}
