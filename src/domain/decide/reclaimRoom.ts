import type { Policy } from '../fleet.ts';
import type { ChainedEntry } from '../ledgerEvent.ts';
import type { RunRequest } from '../run.ts';
import { pendingUndo, roomTargets } from '../undo.ts';

/** A run that has ended, and when: epoch milliseconds. */
export interface EndedRun {
  readonly request: RunRequest;
  readonly closedAt: number;
}

/** What was left as found is looked at again now and then, not at every round. */
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
  const expiresAt = expiryOf(run, policy);
  const tries = entries.filter(({ event }) => event.type === 'SurgeHandedBack');
  const firstTryAt = tries.find(({ at }) => at >= expiresAt)?.at ?? now;
  if (pendingUndo(entries, roomTargets).length === 0 || now > firstTryAt + reclaimWindowMs) return 'settled';
  const triedAt = tries.findLast(({ at }) => at >= run.closedAt)?.at;
  return triedAt !== undefined && now - triedAt < tryAgainAfterMs ? 'wait' : 'take';
}
