import type { Policy, StampName } from '../fleet.ts';
import type { ChainedEntry } from '../ledgerEvent.ts';
import type { RunRequest } from '../run.ts';
import { pendingUndo, roomTargets, type PendingUndo } from '../undo.ts';

/** Not back for so long after the first try, a person is told: what is only busy, or not known for a moment, is back by then. */
const overdueMs = 60 * 60_000;

/** Room that is not back although its time is over, and what comes of it. */
export interface RoomOverdue {
  /** What was not put back at the last look, each with the reason. */
  readonly left: readonly string[];
  /** `givenUp`: nobody looks again, the setting stays as it is. */
  readonly next: 'triedAgain' | 'givenUp';
}

/** A run that has ended, and when: epoch milliseconds. */
export interface EndedRun {
  readonly request: RunRequest;
  readonly closedAt: number;
}

/** What stays is looked at again now and then, not at every round. */
const tryAgainAfterMs = 15 * 60_000;

/**
 * What could not be taken back within a day of trying, through its quiet hours, is somebody else's by now (I12). Counted from the first
 * try: a control plane that was away for longer finds the room all the same.
 */
const reclaimWindowMs = 24 * 60 * 60_000;

const expiryOf = ({ request }: EndedRun, { surgeExpiryMinutes }: Pick<Policy, 'surgeExpiryMinutes'>): number => request.requestedAt + surgeExpiryMinutes * 60_000;

/** Whether a run may have left room whose time is over (I5), however it ended: a pool that was busy when the run took its room back has it still. */
export const roomRanOut = (run: EndedRun, policy: Pick<Policy, 'surgeExpiryMinutes'>, now: number): boolean => now >= expiryOf(run, policy);

/** `settled`: nothing more is to be taken back, now or later. */
export function reclaimRoom(run: EndedRun, entries: readonly ChainedEntry[], policy: Pick<Policy, 'surgeExpiryMinutes'>, now: number): 'take' | 'wait' | 'settled' {
  const firstTryAt = triesOf(run, entries, policy)[0]?.at ?? now;
  if (pendingUndo(entries, roomTargets).length === 0 || now > firstTryAt + reclaimWindowMs) return 'settled';
  const triedAt = entries.findLast(({ at, event }) => event.type === 'SurgeHandedBack' && at >= run.closedAt)?.at;
  return triedAt !== undefined && now - triedAt < tryAgainAfterMs ? 'wait' : 'take';
}

/** What a person is to be told of once (I5); null where nothing is, or not yet. `pending`: what still has to go back. */
export function roomOverdue(run: EndedRun, entries: readonly ChainedEntry[], pending: readonly PendingUndo[], policy: Pick<Policy, 'surgeExpiryMinutes'>, now: number): RoomOverdue | null {
  const tries = triesOf(run, entries, policy);
  const firstTryAt = tries[0]?.at ?? now;
  const lastLook = new Map(tries.map(({ kept, stamp }) => [stamp, kept]));
  const left = [...new Set(pending.map(({ stamp }) => stamp))].flatMap((stamp) => lastLook.get(stamp) ?? []);
  if (left.length === 0 || now - firstTryAt < overdueMs) return null;
  return { left, next: now > firstTryAt + reclaimWindowMs ? 'givenUp' : 'triedAgain' };
}

/** Looks at what may go back, from the expiry on. */
const triesOf = (run: EndedRun, entries: readonly ChainedEntry[], policy: Pick<Policy, 'surgeExpiryMinutes'>): readonly { readonly at: number; readonly stamp: StampName; readonly kept: readonly string[] }[] =>
  entries.flatMap(({ at, event }) => (event.type === 'SurgeHandedBack' && at >= expiryOf(run, policy) ? [{ at, stamp: event.stamp, kept: event.kept }] : []));
