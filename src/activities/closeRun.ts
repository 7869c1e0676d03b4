import type { Ports } from '../ports/ports.ts';
import type { ActivityInput } from './contracts.ts';
import { projectRun } from './runIndex.ts';
import { recordOfRun } from './runLog.ts';

/** Ends a run: the last entry of its chain, word to people, the fence free for the next one. */
export async function closeRun(ports: Ports, { request, hold, outcome, why }: ActivityInput<'closeRun'>): Promise<{ readonly closed: 'closed' }> {
  const epoch = hold?.epoch ?? 0;
  await recordOfRun(ports, request, `e${epoch}:closed`, epoch, { type: 'RunClosed', outcome, why });
  await projectRun(ports, { request, outcome, closedAt: ports.clock.now() });
  await ports.notify.notify({
    kind: outcome === 'frozen' ? 'frozen' : 'runClosed',
    runId: request.runId,
    title: `${request.kind} of ${request.stamps.join(', ')}: ${outcome}`,
    text: why,
    until: null,
  });
  if (hold !== null) await ports.fence.release(hold);
  return { closed: 'closed' };
}
