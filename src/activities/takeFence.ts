import type { Ports } from '../ports/ports.ts';
import type { FenceStep, RunScope } from './contracts.ts';
import { runStanding } from '../domain/ledgerView/runStanding.ts';
import { recordOfRun } from './runLog.ts';

/**
 * One attempt (I3). A taker goes on from the ledger: its first plan is the revision after the last one on record, for what
 * the run has come to be about. One that another control-plane region has ended meanwhile is left alone (I11).
 */
export async function takeFence(ports: Ports, { request }: RunScope): Promise<FenceStep> {
  const { controls } = await ports.controls.readControls();
  if (controls.killSwitch === 'on') return { kind: 'stopped', reason: 'killSwitch', detail: `kill switch set by ${controls.setBy}` };
  const acquired = await ports.fence.acquire(request.runId);
  if (acquired.kind === 'busy') return { kind: 'busy', holder: acquired.holder };
  const { hold, previous } = acquired;
  const standing = runStanding(await ports.ledger.readRun(request.runId));
  if (standing.closed !== null) {
    await ports.fence.release(hold);
    return { kind: 'stopped', reason: 'fenceLost', detail: `ended elsewhere meanwhile: ${standing.closed.outcome}` };
  }
  const takenOverFrom = standing.executedBy === null || standing.executedBy === ports.controlRegion ? null : standing.executedBy;
  await recordOfRun(ports, request, `e${hold.epoch}:fence`, hold.epoch, { type: 'FenceTaken', previousRunId: previous?.runId ?? null, takenOverFrom });
  return { kind: 'held', hold, mode: controls.mode, nextRevision: standing.lastRevision + 1, request: standing.request ?? request, approval: standing.approval };
}
