import type { StopOrder } from '../domain/run.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * Asks a run to stop. Every guard of the run reads it, so it reaches children and outlives restarts; Durable's own
 * terminate would do neither. Asking twice changes nothing.
 */
export async function stopRunOnRecord(ports: Ports, runId: string, stop: StopOrder): Promise<void> {
  if ((await ports.controls.stopRun(runId, stop)) === 'alreadyOrdered') return;
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
