import type { DecideInput, Decision, RunProposal } from './decision.ts';

/** By mode: auto starts, approve asks with a deadline, observe only says so. */
export function proposeRun({ controls, fleet, now }: Pick<DecideInput, 'controls' | 'fleet' | 'now'>, run: RunProposal, why: string): Decision {
  switch (controls.mode) {
    case 'auto':
      return { kind: 'start', run, why };
    case 'approve':
      return { kind: 'askApproval', run, deadlineAt: now + fleet.policy.approvalDeadlineMinutes * 60_000, why };
    case 'observe':
      return { kind: 'nothing', why: `mode observe: a ${run.kind} of ${run.stamps.join(', ')} would start now. ${why}` };
  }
}
