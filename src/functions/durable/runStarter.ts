import type { DurableClient } from 'durable-functions';
import type { DecisionEvent, OrchestrationStarter, RunOpened } from '../../activities/contracts.ts';
import type { RunRequest } from '../../domain/run.ts';
import { decisionEvent, orchestrationNames } from '../../orchestrations/names.ts';
import type { Ports } from '../../ports/ports.ts';
import type { RunStarter } from '../http/deps.ts';
import { isAlreadyThere, orchestrationStarter } from './orchestrationStarter.ts';

/** What is done for an operator besides what Durable does: records, and the claim on the fleet. */
export interface OperatorEffects {
  openRun(starter: OrchestrationStarter, request: RunRequest): Promise<RunOpened>;
  recordDecision(runId: string, decision: DecisionEvent): Promise<void>;
}

/** What the API asks of Durable. Durable's own management addresses are never given out. */
export function runStarter(client: DurableClient, { fleet, controlRegion }: Pick<Ports, 'fleet' | 'controlRegion'>, effects: OperatorEffects): RunStarter {
  return {
    openRun: (request) => effects.openRun(orchestrationStarter(client, fleet), request),
    async requestAssessment(reason) {
      await ignoreRunning(client.startNew(orchestrationNames.watch, { instanceId: `watch-${controlRegion}`, input: { reason } }));
    },
    /** The record is what counts; the event only wakes a run of this region that waits for a person. */
    async raiseDecision(runId, decision) {
      await effects.recordDecision(runId, decision);
      await unlessGone(client.raiseEvent(runId, decisionEvent, decision));
    },
  };
}

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
    if (!isAlreadyThere(error)) throw error;
  }
}
