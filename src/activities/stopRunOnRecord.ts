import type { Ports } from '../ports/ports.ts';
import type { RunControl } from './guard.ts';

/**
 * Asks a run to stop. Every guard of the run reads it, so it reaches children and outlives restarts; Durable's own
 * terminate would do neither. Asking twice changes nothing.
 */
export async function stopRunOnRecord(ports: Ports, runId: string, stop: RunControl['stop']): Promise<void> {
  const written = await ports.state.write<RunControl>({ kind: 'runControl', id: runId }, { stop }, null, 7 * 24 * 3600);
  if (written.kind === 'conflict') return;
  await ports.ledger.record({
    id: `abort:${stop.kind}`,
    runId,
    at: ports.clock.now(),
    controlRegion: ports.controlRegion,
    epoch: 0,
    stamps: [],
    event: { type: 'AbortAsked', by: stop.by, reason: stop.reason },
  });
}
