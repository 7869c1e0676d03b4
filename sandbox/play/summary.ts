import type { ChainedEntry, LedgerEvent } from '../../src/domain/ledgerEvent.ts';
import type { BlockedReason, Plan } from '../../src/domain/plan.ts';
import { shortfallText } from '../../src/domain/planning/index.ts';
import type { UsersTotals } from '../scenarios/index.ts';
import type { Violation } from '../invariants/watchInvariants.ts';

/** What `--report FILE` gets. Seconds are simulated and counted from the start of the fault; null = it did not come to that. */
export interface Summary {
  readonly scenario: string;
  readonly seed: number;
  readonly region: string;
  readonly kind: string | null;
  readonly mode: string | null;
  readonly outcome: string;
  readonly seconds: { readonly detect: number | null; readonly decide: number | null; readonly room: number | null; readonly shift: number | null; readonly settle: number | null };
  /** What stood in the way of room, with what would fix it; what binds first comes first. */
  readonly shortOf: readonly string[];
  readonly writes: { readonly frontDoor: number; readonly agentPools: number; readonly hpas: number; readonly ledger: number };
  readonly users: { readonly with: Suffered; readonly without: Suffered };
  readonly violations: readonly Violation[];
  readonly ledgerEntries: number;
  readonly ledgerVerified: boolean;
  /** From the death of the acting controller until another one held the fence for its run; null where none died. */
  readonly takenOverSeconds: number | null;
  /** What is not as the scenario's file says it must end. */
  readonly problems: readonly string[];
}

export interface Suffered {
  readonly failedRequests: number;
  readonly userErrorMinutes: number;
}

export interface SummaryInput {
  readonly scenario: string;
  readonly seed: number;
  readonly region: string;
  readonly faultAtMs: number;
  readonly settledAtMs: number | null;
  readonly entries: readonly ChainedEntry[];
  /** The run that the summary is about; null where none was opened. */
  readonly mainRunId: string | null;
  readonly with: UsersTotals;
  readonly without: UsersTotals;
  readonly violations: readonly Violation[];
  readonly ledgerVerified: boolean;
}

/** But for what the scenario's file is judged by. */
export function summarise(input: SummaryInput): Omit<Summary, 'takenOverSeconds' | 'problems'> {
  const run = input.entries.filter(({ runId }) => runId === input.mainRunId);
  const opened = eventOf(run, 'RunOpened');
  const closed = eventOf(run, 'RunClosed');
  const after = (at: number | null): number | null => (at === null ? null : Math.round((at - input.faultAtMs) / 100) / 10);
  const firstAt = (is: (event: LedgerEvent) => boolean, entries = run): number | null => entries.find(({ event }) => is(event))?.at ?? null;
  const decided = firstAt((event) => event.type === 'Decided' && event.decision !== 'nothing', input.entries.filter(({ at }) => at >= input.faultAtMs));
  return {
    scenario: input.scenario,
    seed: input.seed,
    region: input.region,
    kind: opened?.request.kind ?? null,
    mode: lastPlan(run)?.mode ?? opened?.request.mode ?? null,
    outcome: closed?.outcome ?? (opened === null ? 'nothing' : 'running'),
    seconds: {
      detect: after(decided ?? firstAt((event) => event.type === 'RunOpened')),
      decide: after(firstAt((event) => event.type === 'PlanMade')),
      room: after(firstAt((event) => event.type === 'CapacityProved')),
      shift: after(firstAt((event) => event.type === 'WriteSucceeded' && (event.write.target === 'gate' || event.write.target === 'origin'))),
      settle: after(input.settledAtMs),
    },
    shortOf: shortOf(run),
    writes: {
      frontDoor: countWrites(input.entries, 'origin'),
      agentPools: countWrites(input.entries, 'pool'),
      hpas: countWrites(input.entries, 'hpa'),
      ledger: input.entries.length,
    },
    users: { with: suffered(input.with), without: suffered(input.without) },
    violations: input.violations,
    ledgerEntries: input.entries.length,
    ledgerVerified: input.ledgerVerified,
  };
}

export const lastPlan = (entries: readonly ChainedEntry[]): Plan | null =>
  entries.flatMap(({ event }) => (event.type === 'PlanMade' ? [event.plan] : [])).at(-1) ?? null;

export function eventOf<T extends LedgerEvent['type']>(entries: readonly ChainedEntry[], type: T): Extract<LedgerEvent, { type: T }> | null {
  const found = entries.find(({ event }) => event.type === type)?.event;
  return found?.type === type ? (found as Extract<LedgerEvent, { type: T }>) : null; // narrowed by the comparison above
}

/** Of the first plan that lacked something, or was blocked for it; what it says twice, once. */
function shortOf(run: readonly ChainedEntry[]): readonly string[] {
  const lacks = run.map(({ event }) => {
    if (event.type === 'PlanMade') return event.findings.flatMap(({ invariant, message }) => (invariant === 'I2' && message.includes(' is short of ') ? [message] : []));
    if (event.type === 'PlanBlocked') return event.reasons.flatMap(linesOf);
    return [];
  });
  return [...new Set(lacks.find((lines) => lines.length > 0))];
}

function linesOf(reason: BlockedReason): readonly string[] {
  if (reason.code === 'shortOfRoom') return reason.shortfalls.map(shortfallText);
  return reason.code === 'survivorUnhealthy' ? [`${reason.stamp}: survivorUnhealthy (${reason.stamp}): ${reason.message}`] : [];
}

const countWrites = (entries: readonly ChainedEntry[], target: 'origin' | 'pool' | 'hpa'): number =>
  entries.filter(({ event }) => event.type === 'WriteSucceeded' && event.write.target === target).length;

const suffered = ({ failedRequests, userErrorMinutes }: UsersTotals): Suffered => ({
  failedRequests: Math.round(failedRequests),
  userErrorMinutes: Math.round(userErrorMinutes * 10) / 10,
});
