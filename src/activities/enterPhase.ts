import type { Ports } from '../ports/ports.ts';
import { TransientError } from '../ports/outcome.ts';
import type { ActivityInput, ActivityOutput, KeptFence, RunStep } from './contracts.ts';
import { approvalId, mayProceed } from './guard.ts';
import { recordStep } from './runLog.ts';

/** Marks on record where a run is. */
export async function enterPhase(ports: Ports, step: ActivityInput<'enterPhase'>): Promise<ActivityOutput<'enterPhase'>> {
  await recordStep(ports, step, `phase:${step.phase}`, { type: 'PhaseEntered', phase: step.phase });
  return { entered: step.phase };
}

/** Renews the fence while the run waits for a person, whose word may have come through the other control-plane region. */
export async function keepFence(ports: Ports, step: RunStep): Promise<KeptFence> {
  const proceed = await mayProceed(ports, step);
  if (proceed.kind === 'stopped') return proceed;
  try {
    const approval = await ports.ledger.readEntry(step.request.runId, approvalId);
    return approval?.event.type === 'ApprovalGiven' ? { kind: 'approved', by: approval.event.by } : proceed;
  } catch (error) {
    if (error instanceof TransientError) return proceed;
    throw error;
  }
}
