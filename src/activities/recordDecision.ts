import type { Ports } from '../ports/ports.ts';
import type { DecisionEvent } from './contracts.ts';
import { approvalId } from './guard.ts';
import { stopRunOnRecord } from './stopRunOnRecord.ts';

/** A person's word, where the run reads it in whichever control-plane region it is executed. */
export async function recordDecision(ports: Ports, runId: string, { decision, by, reason }: DecisionEvent): Promise<void> {
  if (decision === 'abort') return stopRunOnRecord(ports, runId, { kind: 'abort', by, reason });
  // Under the same id as the run's own record of it: whoever comes first.
  await ports.ledger.record({ id: approvalId, runId, at: ports.clock.now(), controlRegion: ports.controlRegion, epoch: 0, stamps: [], event: { type: 'ApprovalGiven', by } });
}
