import type { Ports } from '../ports/ports.ts';
import type { ActivityInput, Proceed } from './contracts.ts';
import { approvalId, mayProceed } from './guard.ts';
import { loadPlan } from './loadPlan.ts';
import { recordOfRun, recordStep } from './runLog.ts';
import { renderPlan } from '../domain/render/renderPlan.ts';

/** Asks people: what is asked, why, and until when. */
export async function askApproval(ports: Ports, step: ActivityInput<'askApproval'>): Promise<Proceed> {
  const proceed = await mayProceed(ports, step);
  if (proceed.kind === 'stopped') return proceed;
  await recordStep(ports, step, 'approvalAsked', { type: 'ApprovalAsked', until: step.until });
  await ports.notify.notify({
    kind: 'approvalAsked',
    runId: step.request.runId,
    title: `Approve ${step.request.kind} of ${step.request.stamps.join(', ')}?`,
    text: renderPlan(await loadPlan(ports, step)),
    until: step.until,
  });
  return { kind: 'go' };
}

/** The operator on record is the token's, as the API passed it with the event. */
export async function recordApproval(ports: Ports, step: ActivityInput<'recordApproval'>): Promise<Proceed> {
  const { decision, request, hold } = step;
  switch (decision.kind) {
    case 'approved':
      await recordOfRun(ports, request, approvalId, hold.epoch, { type: 'ApprovalGiven', by: decision.by });
      return mayProceed(ports, step);
    case 'missed':
      await recordOfRun(ports, request, 'approval:missed', hold.epoch, { type: 'ApprovalMissed' });
      return { kind: 'go' };
    case 'aborted':
      return { kind: 'stopped', reason: 'abortAsked', detail: `declined by ${decision.by}` };
  }
}
