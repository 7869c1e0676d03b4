import type { RunRequest } from '../domain/run.ts';
import type { Ports } from '../ports/ports.ts';
import { projectRun } from './runIndex.ts';
import { recordOfRun } from './runLog.ts';

/** Starts an orchestration of a run's kind under the run's id; a running one of that id is left alone. */
export interface OrchestrationStarter {
  start(request: RunRequest): Promise<void>;
}

/**
 * The record first, the orchestration second: Durable protects only running instances from a second start, the ledger
 * protects all. Repeating it after a crash between the two starts what the record promises.
 */
export async function startRun(ports: Ports, starter: OrchestrationStarter, request: RunRequest): Promise<{ readonly kind: 'started' | 'exists' }> {
  const recorded = await recordOfRun(ports, request, 'opened', 0, { type: 'RunOpened', request });
  if (recorded.kind === 'different') return { kind: 'exists' };
  await projectRun(ports, { request, outcome: null, closedAt: null });
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
