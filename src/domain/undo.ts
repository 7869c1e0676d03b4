import type { ChainedEntry, Write } from './ledgerEvent.ts';
import type { StampName } from './fleet.ts';

/**
 * What a run has changed and not yet put back, newest change first (I4, I11). Several writes to one target collapse into
 * one undo: back to the value that was there before the first of them. A write whose outcome is not on record may have
 * happened and is therefore undone too; one that was refused has not.
 */
export interface PendingUndo {
  readonly key: string;
  readonly stamp: StampName;
  /** Every value this run asked for, newest last: only one of these is still ours to take back (I12). */
  readonly ours: readonly Write[];
  readonly restore: Write;
}

export const trafficTargets: readonly Write['target'][] = ['gate', 'origin'];
export const roomTargets: readonly Write['target'][] = ['pool', 'hpa'];

/** The thing in the world that a write changes. */
export function targetKey(write: Write): string {
  switch (write.target) {
    case 'pool':
      return `pool/${write.stamp}/${write.pool}`;
    case 'hpa':
      return `hpa/${write.stamp}/${write.namespace}/${write.hpa}`;
    case 'origin':
      return `origin/${write.originGroup}/${write.origin}`;
    case 'gate':
      return `gate/${write.stamp}`;
  }
}

export function pendingUndo(entries: readonly ChainedEntry[], targets: readonly Write['target'][]): readonly PendingUndo[] {
  const open = new Map<string, { order: number; ours: Write[]; restore: Write }>();
  entries.forEach(({ id, event }, order) => {
    if (event.type === 'WriteIntended' && !isUndoEntry(id)) {
      const key = targetKey(event.write);
      const before = open.get(key);
      open.set(key, { order, ours: [...(before?.ours ?? []), event.write], restore: before?.restore ?? event.undo });
    }
    if (event.type === 'WriteRefused' && event.reaction !== 'retryLater' && !isUndoEntry(id)) dropRefused(open, event.write);
    if (event.type === 'WriteSucceeded' && isUndoEntry(id)) putBack(open, id, event.write);
  });
  return [...open]
    .filter(([, undo]) => targets.includes(undo.restore.target))
    .toSorted(([, a], [, b]) => b.order - a.order)
    .map(([key, { ours, restore }]) => ({ key, stamp: restore.stamp, ours, restore }));
}

/**
 * The undo that knows what was there before anybody of ours: where the value to go back to was itself lent by an earlier run that
 * has not been handed back yet, that run's own (I5, I12).
 */
export function originalUndo<Undo extends PendingUndo>(undo: Undo, lent: readonly Undo[]): Undo {
  let original = undo;
  const left = [...lent];
  for (;;) {
    const index = left.findIndex(({ ours }) => ours.some((one) => sameSetting(one, original.restore)));
    const found = left[index];
    if (found === undefined) return original;
    original = found;
    left.splice(index, 1);
  }
}

/** Ids of undo steps carry this mark, so that an undo is never undone. */
export const undoMark = ':undo:';

/** And this one after the key, where a target went back a part of the way. */
export const partMark = ':part:';

/** What went back a part of the way has a value of ours still, and more to go. */
function putBack(open: Map<string, { order: number; ours: Write[]; restore: Write }>, id: string, write: Write): void {
  const key = targetKey(write);
  const undo = open.get(key);
  if (undo !== undefined && id.includes(partMark)) open.set(key, { ...undo, ours: [...undo.ours, write] });
  else open.delete(key);
}

export const isUndoEntry = (id: string): boolean => id.includes(undoMark);

/** What other runs took back of this one, a failback of a drain: those entries lie in their own records. */
export const takenBackBy = (entries: readonly ChainedEntry[], ofRun: string): readonly ChainedEntry[] =>
  entries.filter(({ id, runId }) => runId !== ofRun && id.includes(`:${ofRun}${undoMark}`));

function dropRefused(open: Map<string, { order: number; ours: Write[]; restore: Write }>, refused: Write): void {
  const key = targetKey(refused);
  const undo = open.get(key);
  if (undo === undefined) return;
  const ours = undo.ours.filter((write) => !sameSetting(write, refused));
  if (ours.length === 0) open.delete(key);
  else open.set(key, { ...undo, ours });
}

/** Whether two writes ask the same of the same target; a gate's expiry does not count. */
export function sameSetting(a: Write, b: Write): boolean {
  if (targetKey(a) !== targetKey(b)) return false;
  if (a.target === 'gate' || b.target === 'gate') return a.set === b.set;
  return JSON.stringify(sortedEntries(a.set)) === JSON.stringify(sortedEntries(b.set));
}

const sortedEntries = (value: object): [string, unknown][] => Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
