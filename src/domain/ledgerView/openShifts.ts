import type { ChainedEntry, Reaction, Write } from '../ledgerEvent.ts';
import { isUndoEntry, targetKey } from '../undo.ts';
import { inOrder } from './inOrder.ts';

type OriginWrite = Extract<Write, { target: 'origin' }>;

/** A Front Door change that a run asked for and that was not made, for a reason that passes. */
export interface OpenShift {
  readonly write: OriginWrite;
  /** What was there before the run. */
  readonly undo: OriginWrite;
  readonly refusals: number;
  readonly firstAskedAt: number;
  readonly lastAskedAt: number;
}

/** No answer, another operation under way, changes suspended: asking again later may do. All else is for a person. */
const passes: readonly Reaction[] = ['retryLater', 'busy', 'conflict'];

/** One whose outcome is not on record may have been made: it counts as open until it has been looked at. */
export function openShifts(entries: readonly ChainedEntry[]): readonly OpenShift[] {
  const open = new Map<string, OpenShift>();
  for (const { id, at, event } of inOrder(entries)) {
    if ((event.type !== 'WriteIntended' && event.type !== 'WriteSucceeded' && event.type !== 'WriteRefused') || event.write.target !== 'origin') continue;
    const key = targetKey(event.write);
    const before = open.get(key);
    if (event.type === 'WriteSucceeded') open.delete(key);
    else if (isUndoEntry(id)) continue;
    else if (event.type === 'WriteIntended') {
      const undo = before?.undo ?? event.undo;
      if (undo.target === 'origin') open.set(key, { write: event.write, undo, refusals: before?.refusals ?? 0, firstAskedAt: before?.firstAskedAt ?? at, lastAskedAt: at });
    } else if (!passes.includes(event.reaction)) open.delete(key);
    else if (before !== undefined) open.set(key, { ...before, refusals: before.refusals + 1, lastAskedAt: at });
  }
  return [...open.values()];
}

const firstWaitMinutes = 5;
const longestWaitMinutes = 15;

/** Epoch milliseconds of the next attempt: 5 minutes after the first refusal, then twice as long, at most 15 minutes. */
export const askAgainAt = ({ refusals, lastAskedAt }: OpenShift): number => lastAskedAt + Math.min(longestWaitMinutes, firstWaitMinutes * 2 ** Math.max(0, refusals - 1)) * 60_000;
