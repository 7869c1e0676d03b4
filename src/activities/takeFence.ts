import type { Ports } from '../ports/ports.ts';
import type { FenceStep, RunScope } from './contracts.ts';
import { recordOfRun } from './runLog.ts';

/** One attempt (I3). A taker goes on from the ledger: its first plan is the revision after the last one on record. */
export async function takeFence(ports: Ports, { request }: RunScope): Promise<FenceStep> {
  const { controls } = await ports.controls.readControls();
  if (controls.killSwitch === 'on') return { kind: 'stopped', reason: 'killSwitch', detail: `kill switch set by ${controls.setBy}` };
  const acquired = await ports.fence.acquire(request.runId);
  if (acquired.kind === 'busy') return { kind: 'busy', holder: acquired.holder };
  const entries = await ports.ledger.readRun(request.runId);
  const lastRevision = entries.reduce((last, { event }) => (event.type === 'PlanMade' ? Math.max(last, event.plan.revision) : last), 0);
  await recordOfRun(ports, request, `e${acquired.hold.epoch}:fence`, acquired.hold.epoch, { type: 'FenceTaken', previousRunId: acquired.previousRunId });
  return { kind: 'held', hold: acquired.hold, mode: controls.mode, nextRevision: lastRevision + 1 };
}
