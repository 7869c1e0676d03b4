import type { Certificate } from '../domain/certificate/index.ts';
import type { FenceHold, RunOutcome, RunPhase, RunRequest } from '../domain/run.ts';
import type { Mode, StampName } from '../domain/fleet.ts';
import type { ApprovalOnRecord } from '../domain/ledgerView/runStanding.ts';
import type { PlanPartName } from '../domain/planWrites.ts';
import type { SimulateInput, Simulation } from '../domain/simulate/index.ts';

/**
 * Every activity by name: what it takes and what it gives. Orchestrations call activities only through these names,
 * and a start-up check compares them with what is registered, because a misspelt name hangs for ever on Durable.
 * Inputs are objects: bare booleans and nulls do not survive the trip.
 */
export interface ActivityContracts {
  observeFleet: { input: { readonly reason: string }; output: { readonly start: RunRequest | null; readonly open: readonly RunRequest[] } };
  startRun: { input: RunRequest; output: RunStarted };
  takeFence: { input: RunScope; output: FenceStep };
  keepFence: { input: RunStep; output: KeptFence };
  makePlan: { input: RunStep; output: PlanStep };
  enterPhase: { input: RunStep & { readonly phase: RunPhase }; output: { readonly entered: RunPhase } };
  askApproval: { input: RunStep & { readonly until: number }; output: Proceed };
  recordApproval: { input: RunStep & { readonly decision: ApprovalDecision }; output: Proceed };
  applyPart: { input: RunStep & { readonly part: PlanPart; readonly stamp: StampName | null }; output: ApplyStep };
  verifySurge: { input: RunStep & { readonly stamp: StampName; readonly what: 'nodes' | 'pods' }; output: SurgeStep };
  proveCapacity: { input: RunStep; output: ProofStep };
  /** `until`: epoch milliseconds, after which what is not seen is given up. */
  verifyShift: { input: RunStep & { readonly until: number }; output: ShiftStep };
  holdDrill: { input: RunStep; output: HoldStep };
  undoWrites: { input: RunStep & { readonly ofRun: string; readonly what: 'traffic' | 'room' }; output: UndoStep };
  callHooks: { input: RunStep; output: { readonly called: number } };
  closeRun: { input: RunScope & { readonly hold: FenceHold | null; readonly outcome: RunOutcome; readonly why: string }; output: { readonly closed: 'closed' | 'handedOver' } };
}

export type ActivityName = keyof ActivityContracts;
export type ActivityInput<N extends ActivityName> = ActivityContracts[N]['input'];
export type ActivityOutput<N extends ActivityName> = ActivityContracts[N]['output'];

/** The parts of a plan, in the order of a graceful run. */
export type PlanPart = PlanPartName;

export interface RunScope {
  readonly request: RunRequest;
}

/** What a step of a run needs: the request, the fence it holds and the revision of the plan it works on. */
export interface RunStep {
  readonly request: RunRequest;
  readonly hold: FenceHold;
  readonly revision: number;
}

/** Why a run must stop where it is; each has its own way to end. */
export type StopReason = 'fenceLost' | 'killSwitch' | 'modeObserve' | 'abortAsked' | 'yielded' | 'recordImpossible';

export interface Stopped {
  readonly kind: 'stopped';
  readonly reason: StopReason;
  readonly detail: string;
}

export type Proceed = { readonly kind: 'go' } | Stopped;

/** `taken`: another run has the fleet, and none was opened. */
export type RunStarted = { readonly kind: 'started' | 'exists' } | { readonly kind: 'taken'; readonly runId: string };

/** `approved`: a person has said yes, perhaps through the API of the other control-plane region. */
export type KeptFence = Proceed | { readonly kind: 'approved'; readonly by: string };

export type FenceStep =
  | {
      readonly kind: 'held';
      readonly hold: FenceHold;
      readonly mode: Mode;
      /** Above 1 where the run is gone on with. */
      readonly nextRevision: number;
      readonly request: RunRequest;
      readonly approval: ApprovalOnRecord;
    }
  | { readonly kind: 'busy'; readonly holder: string }
  | Stopped;

export type PlanStep =
  | { readonly kind: 'planned'; readonly digest: PlanDigest }
  | { readonly kind: 'blocked'; readonly why: string }
  | Stopped;

/** What the orchestration needs to know of a plan; the plan itself lies in the ledger, read by revision. */
export interface PlanDigest {
  readonly revision: number;
  readonly stamps: readonly StampName[];
  readonly surgeStamps: readonly StampName[];
  readonly sheds: number;
  readonly gates: number;
  readonly shifts: number;
  /** Runs whose surges are handed back once this one has settled: those that had drained the stamps. */
  readonly handBackRuns: readonly string[];
  readonly summary: string;
}

/** `unanswered`: clusters, pools and gates that gave no answer; asking again may do. What Front Door does not answer is refused: the reconciler asks again. */
export type Written = { readonly kind: 'applied'; readonly refused: readonly string[]; readonly unanswered: readonly string[] } | Stopped;

/** `nodes`: `none` where pools were asked, and none of the stamp's has been raised by us of late: no node is to be waited for. */
export type ApplyStep = (Extract<Written, { kind: 'applied' }> & { readonly nodes: 'mayCome' | 'none' }) | Stopped;

export type SurgeStep =
  | { readonly kind: 'ready' }
  | { readonly kind: 'notYet'; readonly wanted: number; readonly ready: number }
  /** The facts changed: the parent's proof says how. */
  | { readonly kind: 'superseded' }
  | Stopped;

export type ProofStep =
  | { readonly kind: 'proved' }
  | { readonly kind: 'notYet'; readonly why: readonly string[] }
  | { readonly kind: 'awaitingConfirmation' }
  | { readonly kind: 'cleared' }
  | { readonly kind: 'superseded'; readonly why: string; readonly request: RunRequest }
  | { readonly kind: 'impossible'; readonly why: readonly string[] }
  | Stopped;

export type ShiftStep =
  | { readonly kind: 'verified'; readonly by: 'shares' | 'settings' }
  | { readonly kind: 'notYet'; readonly why: string }
  | { readonly kind: 'unverified'; readonly why: string }
  | { readonly kind: 'superseded'; readonly why: string; readonly request: RunRequest }
  | Stopped;

export type HoldStep = { readonly kind: 'holding' } | { readonly kind: 'mustEnd'; readonly why: string } | Stopped;

export type UndoStep =
  | { readonly kind: 'undone'; readonly kept: readonly string[] }
  | { readonly kind: 'heldBack'; readonly why: string }
  | Stopped;

export type ApprovalDecision =
  | { readonly kind: 'approved'; readonly by: string }
  | { readonly kind: 'missed' }
  | { readonly kind: 'aborted'; readonly by: string };

/** Starts an orchestration of a run's kind under the run's id; a running one of that id is left alone. */
export interface OrchestrationStarter {
  start(request: RunRequest): Promise<void>;
}

/** `starter` is the Durable client of the invocation. */
export type Activities = { readonly [N in ActivityName]: (input: ActivityInput<N>, starter: OrchestrationStarter) => Promise<ActivityOutput<N>> };

/** What became of a run that a person asks for. `exists`: this very run was opened before; `busy`: another one holds the fleet. */
export type RunOpened =
  | { readonly kind: 'opened'; readonly runId: string }
  | { readonly kind: 'exists'; readonly runId: string }
  | { readonly kind: 'busy'; readonly runId: string; readonly what: string };

/** What the API answers about capacity. */
export interface CapacityAnswers {
  /** Null when none can be computed yet. `pairs` also asks for the loss of every two stamps. */
  certificate(losses: 'singles' | 'pairs'): Promise<Certificate | null>;
  simulate(question: Pick<SimulateInput, 'lose' | 'demandFactor' | 'policy'>): Promise<Simulation>;
}

/** Raised by the API as the external event `decision`; one wait of that name is open at a time. */
export interface DecisionEvent {
  readonly decision: 'approve' | 'abort';
  readonly by: string;
  readonly reason: string;
}

/** Every name once: the compiler asks for a name that is missing. */
const names: Readonly<Record<ActivityName, true>> = {
  observeFleet: true, startRun: true, takeFence: true, keepFence: true, makePlan: true, enterPhase: true, askApproval: true, recordApproval: true, applyPart: true,
  verifySurge: true, proveCapacity: true, verifyShift: true, holdDrill: true, undoWrites: true, callHooks: true, closeRun: true,
};

export const activityNames = Object.keys(names) as readonly ActivityName[]; // the keys of a record of them
