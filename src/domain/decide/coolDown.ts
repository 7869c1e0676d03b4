import type { StampName } from '../fleet.ts';
import type { RunOutcome } from '../run.ts';
import type { DecideInput } from './decision.ts';

/** A run that could not start is tried again sooner: room or facts may have come. */
const retryBlockedMinutes = 5;

export interface CoolDown {
  readonly until: number;
  readonly why: string;
  readonly outcome: RunOutcome;
}

/** Why automation leaves this region alone for now, and until when; null when it need not. An exercise holds back exercises only. */
export function coolDownOf({ recentRuns, fleet, now }: Pick<DecideInput, 'recentRuns' | 'fleet' | 'now'>, stamp: StampName, before: 'failover' | 'drill'): CoolDown | null {
  const waits = recentRuns
    .filter((run) => run.stamps.includes(stamp) && (before === 'drill' || run.kind !== 'drill'))
    .map(({ kind, runId, outcome, closedAt }) => {
      const until = closedAt + waitMinutes(outcome, fleet.policy.regionCoolDownMinutes) * 60_000;
      return { until, outcome, why: `${kind} ${runId} of ${stamp} ended ${outcome}, cool-down until ${new Date(until).toISOString()}` };
    })
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
