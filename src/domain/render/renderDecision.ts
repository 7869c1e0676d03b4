import type { Decision, RunProposal } from '../decide/decision.ts';

/** One decision in one line. */
export function renderDecision(decision: Decision): string {
  switch (decision.kind) {
    case 'nothing':
      return `Nothing is done: ${decision.why}`;
    case 'start':
      return `Starts ${told(decision.run)}: ${decision.why}`;
    case 'askApproval':
      return `Asks to start ${told(decision.run)}, until ${new Date(decision.deadlineAt).toISOString()}: ${decision.why}`;
    case 'surgeOnly':
      return `Makes room for the loss of ${decision.run.stamps.join(', ')} and moves nothing: ${decision.why}`;
    case 'supersede':
      return `Run ${decision.runId} turns into ${told(decision.run)}: ${decision.why}`;
    case 'freeze':
      return `Frozen, a person is needed: ${decision.why}`;
    case 'escalate':
      return `A person is needed for ${decision.stamps.join(', ')}: ${decision.why}`;
  }
}

const told = (run: RunProposal): string => `a ${run.mode} ${run.kind} ${run.kind === 'failback' ? 'to' : 'of'} ${run.stamps.join(', ')}`;
