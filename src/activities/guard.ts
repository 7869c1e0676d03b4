import type { Write } from '../domain/ledgerEvent.ts';
import type { Ports } from '../ports/ports.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Proceed, RunStep } from './contracts.ts';

/** An abort ends the advance of a run and begins its undo, which an abort does not end. */
export type Purpose = 'advance' | 'undo';

/**
 * Asked before every outside write and at every tick of a wait (I3, I8): is the fence still ours, may automation act,
 * has anybody asked to stop? The store of controls being down may stop a run, never start one. The fence is renewed here
 * when its lease runs low; `guardedWrites` confirms it once more right before it writes.
 */
export async function mayProceed(ports: Ports, step: RunStep, purpose: Purpose = 'advance'): Promise<Proceed> {
  const confirmed = await ports.fence.keep(step.hold);
  if (confirmed.kind === 'lost') {
    return { kind: 'stopped', reason: 'fenceLost', detail: `run ${confirmed.holder} holds the fence with epoch ${confirmed.epoch}` };
  }
  const { controls } = await ports.controls.readControls();
  if (controls.killSwitch === 'on') return { kind: 'stopped', reason: 'killSwitch', detail: `kill switch set by ${controls.setBy}` };
  if (controls.mode === 'observe' && step.request.trigger.by !== 'operator') {
    return { kind: 'stopped', reason: 'modeObserve', detail: `mode set to observe by ${controls.setBy}` };
  }
  return purpose === 'undo' ? { kind: 'go' } : askedToStop(ports, step);
}

/** In mode `approve`, traffic moves only after a person's approval is on record; room may be made before it. */
export async function mayWrite(ports: Ports, step: RunStep, write: Write, purpose: Purpose): Promise<Proceed> {
  const proceed = await mayProceed(ports, step, purpose);
  if (proceed.kind === 'stopped' || purpose === 'undo' || !movesTraffic(write) || step.request.trigger.by === 'operator') return proceed;
  const { controls } = await ports.controls.readControls();
  if (controls.mode !== 'approve') return proceed;
  const approval = await ports.ledger.readEntry(step.request.runId, approvalId);
  if (approval?.event.type === 'ApprovalGiven') return proceed;
  return { kind: 'stopped', reason: 'modeObserve', detail: 'mode is approve and nobody has approved' };
}

export const approvalId = 'approval';

const movesTraffic = (write: Write): boolean => write.target === 'gate' || write.target === 'origin';

/** What the API and the watch write to stop a run; read at every guard so that it reaches children too. */
export interface RunControl {
  readonly stop: { readonly kind: 'abort' | 'yield'; readonly by: string; readonly reason: string };
}

async function askedToStop(ports: Ports, step: RunStep): Promise<Proceed> {
  try {
    const control = await ports.state.read<RunControl>({ kind: 'runControl', id: step.request.runId });
    if (control === null) return { kind: 'go' };
    const { kind, by, reason } = control.value.stop;
    return { kind: 'stopped', reason: kind === 'abort' ? 'abortAsked' : 'yielded', detail: `${by}: ${reason}` };
  } catch (error) {
    if (error instanceof TransientError) return { kind: 'go' };
    throw error;
  }
}
