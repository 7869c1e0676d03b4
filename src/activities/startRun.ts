import type { RunRequest } from '../domain/run.ts';
import type { Ports } from '../ports/ports.ts';
import { claimFleet } from './claimFleet.ts';
import type { OrchestrationStarter, RunStarted } from './contracts.ts';
import { projectRun } from './runIndex.ts';
import { recordOfRun } from './runLog.ts';

/**
 * The claim first, so that no two runs are opened at once; then the record; the orchestration last: Durable protects only
 * running instances of its own hub from a second start, claim and ledger protect all. Repeating it after a crash on the way
 * starts what the record promises.
 */
export async function startRun(ports: Ports, starter: OrchestrationStarter, request: RunRequest): Promise<RunStarted> {
  const claimed = await claimFleet(ports, request);
  if (claimed.kind === 'taken') return claimed;
  const recorded = await recordOfRun(ports, request, 'opened', 0, { type: 'RunOpened', request });
  if (recorded.kind === 'different') return { kind: 'exists' };
  await projectRun(ports, { request, outcome: null, closedAt: null, openShifts: 'none' });
  await starter.start(request);
  await ports.notify.notify({
    kind: 'runOpened',
    runId: request.runId,
    title: `${request.kind} of ${request.stamps.join(', ')} (${request.mode})`,
    text: request.reason,
    until: request.expiresAt,
  });
  return { kind: recorded.kind === 'exists' ? 'exists' : 'started' };
}
