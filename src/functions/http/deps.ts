import type { InvocationContext } from '@azure/functions';
import type { CapacityAnswers, DecisionEvent, RunOpened } from '../../activities/contracts.ts';
import type { FleetAssessment } from '../../domain/assessment.ts';
import type { ActiveRun, DrainedStamp, RecentRun } from '../../domain/decide/decision.ts';
import type { PlanResult } from '../../domain/plan.ts';
import type { RunRequest } from '../../domain/run.ts';
import type { Ports } from '../../ports/ports.ts';
import type { TokenVerifier } from './auth/tokenVerifier.ts';

/** What the routes stand on. Built once by the composition root; the starter is made per call, from the Durable client. */
export interface HttpDeps extends Pick<Ports, 'fleet' | 'controlRegion' | 'clock' | 'ledger' | 'state' | 'controls'> {
  readonly tokens: TokenVerifier;
  readonly view: FleetView;
  /** Plans as the run would, with fresh facts, and writes nothing. */
  planDryRun(request: RunRequest): Promise<PlanResult>;
  readonly capacity: CapacityAnswers;
  /** Letters and digits that nobody can guess and that have not been given before, at least 8. */
  randomId(): string;
  /** For what only the operators of the app should see; never gets a token or a body. */
  log(message: string, error?: unknown): void;
  starterOf(context: InvocationContext): RunStarter;
}

/** What the watch saw last and which runs there are; cheap projections, not the ledger. */
export interface FleetView {
  readAssessment(): Promise<FleetAssessment | null>;
  readRuns(): Promise<FleetRunsView>;
}

export interface FleetRunsView {
  readonly activeRun: ActiveRun | null;
  readonly drained: readonly DrainedStamp[];
  readonly recentRuns: readonly RecentRun[];
}

export interface RunStarter {
  /** Creates the run's record and starts it. `exists`: this very run was opened before; `busy`: another one holds the fleet. */
  openRun(request: RunRequest): Promise<RunOpened>;
  /** Starts a look at the fleet now and does not wait for it. */
  requestAssessment(reason: string): Promise<void>;
  /** Puts an operator's word on record for the run and wakes it. */
  raiseDecision(runId: string, decision: DecisionEvent): Promise<void>;
}
