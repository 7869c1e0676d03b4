import type { DurableClient } from 'durable-functions';
import { readFleetRuns } from '../../activities/runIndex.ts';
import { approvalId } from '../../activities/guard.ts';
import { startRun } from '../../activities/startRun.ts';
import { stopRunOnRecord } from '../../activities/stopRunOnRecord.ts';
import type { DecisionEvent } from '../../activities/contracts.ts';
import { decisionEvent, orchestrationNames } from '../../orchestrations/names.ts';
import type { Ports } from '../../ports/ports.ts';
import type { RunStarter } from '../http/deps.ts';
import { orchestrationStarter } from './orchestrationStarter.ts';

/** What the API asks of Durable. Durable's own management addresses are never given out. */
export function runStarter(client: DurableClient, ports: Ports): RunStarter {
  return {
    async openRun(request) {
      const { activeRun } = await readFleetRuns(ports);
      if (activeRun !== null && activeRun.runId !== request.runId) {
        return { kind: 'busy', runId: activeRun.runId, what: `${activeRun.kind} of ${activeRun.stamps.join(', ')}` };
      }
      const started = await startRun(ports, orchestrationStarter(client, ports.fleet), request);
      if (started.kind === 'taken') return { kind: 'busy', runId: started.runId, what: `run ${started.runId}` };
      return { kind: started.kind === 'started' ? 'opened' : 'exists', runId: request.runId };
    },
    async requestAssessment(reason) {
      await ignoreRunning(client.startNew(orchestrationNames.watch, { instanceId: `watch-${ports.controlRegion}`, input: { reason } }));
    },
    /**
     * A person's word is put on record, where the run reads it in whichever control-plane region it is executed; the event only
     * wakes one of this region that waits for a person.
     */
    async raiseDecision(runId, decision) {
      if (decision.decision === 'abort') await stopRunOnRecord(ports, runId, { kind: 'abort', by: decision.by, reason: decision.reason });
      else await recordApproval(ports, runId, decision.by);
      const event: DecisionEvent = decision;
      await unlessGone(client.raiseEvent(runId, decisionEvent, event));
    },
  };
}

/** Under the same id as the run's own record of it: whoever comes first. */
const recordApproval = (ports: Ports, runId: string, by: string) =>
  ports.ledger.record({ id: approvalId, runId, at: ports.clock.now(), controlRegion: ports.controlRegion, epoch: 0, stamps: [], event: { type: 'ApprovalGiven', by } });

/** A run of another control-plane region, or one that has just ended, is not in this task hub: the record reaches it. */
async function unlessGone(raised: Promise<void>): Promise<void> {
  try {
    await raised;
  } catch (error) {
    if (!(error instanceof Error && /HTTP (404|410)|No instance/i.test(error.message))) throw error;
  }
}

/** A look at the fleet is under way already: what it sees is new enough. */
async function ignoreRunning(started: Promise<unknown>): Promise<void> {
  try {
    await started;
  } catch (error) {
    if (!(error instanceof Error && /already exists|HTTP 409/.test(error.message))) throw error;
  }
}
