import type { LedgerEvent } from '../domain/ledgerEvent.ts';
import type { RunRequest } from '../domain/run.ts';
import type { Ports } from '../ports/ports.ts';
import type { Recorded } from '../ports/ledger.ts';
import type { RunStep } from './contracts.ts';

/** Entries of one execution of a run carry its epoch in their id, so that a taker's entries never meet the former holder's. */
export const stepId = ({ hold, revision }: RunStep, name: string): string => `e${hold.epoch}:r${revision}:${name}`;

export function recordStep(ports: Ports, step: RunStep, name: string, event: LedgerEvent): Promise<Recorded> {
  return recordOfRun(ports, step.request, stepId(step, name), step.hold.epoch, event);
}

export function recordOfRun(ports: Ports, request: RunRequest, id: string, epoch: number, event: LedgerEvent): Promise<Recorded> {
  return ports.ledger.record({
    id,
    runId: request.runId,
    at: ports.clock.now(),
    controlRegion: ports.controlRegion,
    epoch,
    stamps: request.stamps,
    event,
  });
}
