import type { StampName } from '../fleet.ts';
import type { RunOutcome } from '../run.ts';
import type { DecideInput } from './decision.ts';

/** A run that could not start is tried again sooner: room or facts may have come. */
const retryBlockedMinutes = 5;

/** Why automation leaves this region alone for now, and until when; null when it need not. */
export function coolDownUntil({ recentRuns, fleet, now }: Pick<DecideInput, 'recentRuns' | 'fleet' | 'now'>, stamp: StampName): { readonly until: number; readonly why: string } | null {
  const waits = recentRuns
    .filter((run) => run.stamps.includes(stamp))
    .map((run) => ({ until: run.closedAt + waitMinutes(run.outcome, fleet.policy.regionCoolDownMinutes) * 60_000, why: `${run.kind} ${run.runId} of ${stamp} ended ${run.outcome}` }))
    .filter((wait) => wait.until > now);
  return waits.toSorted((a, b) => b.until - a.until)[0] ?? null;
}

function waitMinutes(outcome: RunOutcome, coolDownMinutes: number): number {
  switch (outcome) {
    case 'blocked':
      return Math.min(retryBlockedMinutes, coolDownMinutes);
    case 'surgeHeld':
    case 'superseded':
      return 0;
    case 'completed':
    case 'undone':
    case 'aborted':
    case 'frozen':
    case 'declined':
      return coolDownMinutes;
  }
}
