import type { RunRequest } from '../domain/run.ts';
import type { Ports } from '../ports/ports.ts';
import type { OrchestrationStarter, RunOpened } from './contracts.ts';
import { readFleetRuns } from './runIndex.ts';
import { startRun } from './startRun.ts';

/** Opens a run that a person asks for, unless another one holds the fleet. */
export async function openRun(ports: Ports, starter: OrchestrationStarter, request: RunRequest): Promise<RunOpened> {
  const { activeRun } = await readFleetRuns(ports);
  if (activeRun !== null && activeRun.runId !== request.runId) {
    return { kind: 'busy', runId: activeRun.runId, what: `${activeRun.kind} of ${activeRun.stamps.join(', ')}` };
  }
  const started = await startRun(ports, starter, request);
  if (started.kind === 'taken') return { kind: 'busy', runId: started.runId, what: `run ${started.runId}` };
  return { kind: started.kind === 'started' ? 'opened' : 'exists', runId: request.runId };
}
