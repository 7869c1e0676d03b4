import type { StampName } from '../fleet.ts';
import type { RunOutcome } from '../run.ts';
import type { DecideInput, RecentRun } from './decision.ts';

/** A run that could not start is tried again sooner: room or facts may have come. */
const retryBlockedMinutes = 5;

type BeforeRun = 'failover' | 'failback' | 'drill';

export interface CoolDown {
  readonly until: number;
  readonly why: string;
  readonly outcome: RunOutcome;
}

/**
 * Why automation leaves this region alone for now, and until when; null when it need not. An exercise holds back exercises only,
 * and a way back only one that did not come to its end: without it, it would be tried, and a person asked, at every look.
 */
export function coolDownOf({ recentRuns, fleet, now }: Pick<DecideInput, 'recentRuns' | 'fleet' | 'now'>, stamp: StampName, before: BeforeRun): CoolDown | null {
  const waits = recentRuns
    .filter((run) => run.stamps.includes(stamp) && holdsBack(run, before))
    .map(({ kind, runId, outcome, closedAt }) => {
      const until = closedAt + waitMinutes(outcome, fleet.policy.regionCoolDownMinutes, before) * 60_000;
      return { until, outcome, why: `${kind} ${runId} of ${stamp} ended ${outcome}, cool-down until ${new Date(until).toISOString()}` };
    })
    .filter((wait) => wait.until > now);
  return waits.toSorted((a, b) => b.until - a.until)[0] ?? null;
}

function holdsBack({ kind, outcome }: RecentRun, before: BeforeRun): boolean {
  if (before === 'failback') return kind === 'failback' && outcome !== 'completed';
  return before === 'drill' || kind !== 'drill';
}

function waitMinutes(outcome: RunOutcome, coolDownMinutes: number, before: BeforeRun): number {
  switch (outcome) {
    case 'blocked':
      return Math.min(retryBlockedMinutes, coolDownMinutes);
    case 'surgeHeld':
      return before === 'failback' ? coolDownMinutes : 0;
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
