import type { ChainedEntry } from '../domain/ledgerEvent.ts';
import { loadBefore, trafficBackAt, type LentRoom } from '../domain/planning/index.ts';
import { originalUndo, pendingUndo, roomTargets, takenBackBy } from '../domain/undo.ts';
import type { Ports } from '../ports/ports.ts';
import { readRunIndex } from './runIndex.ts';

/**
 * Room that a run has lent and that has not gone back yet, newest first. What a failback took back of it is in the failback's
 * record (`undoneBy` names one that is under way). An earlier run may have left room that this one found: what was there before both
 * is what is restored, or the room would stay for good; and the load that goes with it is the one from before both.
 */
export async function pendingRoom(ports: Ports, ofRun: string, undoneBy: string): Promise<readonly LentRoom[]> {
  const own = await ports.ledger.readRun(ofRun);
  if (pendingUndo(own, roomTargets).length === 0) return [];
  const { runs } = await readRunIndex(ports);
  const closed = runs.flatMap(({ request, closedAt }) => (closedAt === null || request.runId === ofRun ? [] : [request.runId]));
  const others = new Map<string, readonly ChainedEntry[]>();
  await Promise.all([...new Set([...closed, undoneBy])].filter((runId) => runId !== ofRun).map(async (runId) => others.set(runId, await ports.ledger.readRun(runId))));
  const everyEntry = [...own, ...[...others.values()].flat()];
  const pendingOf = (runId: string, entries: readonly ChainedEntry[]): readonly LentRoom[] =>
    pendingUndo([...entries, ...takenBackBy(everyEntry, runId)], roomTargets).map((undo) => ({ ...undo, loadBefore: loadBefore(entries, undo.stamp), trafficBackAt: trafficBackAt(entries, undo.stamp) }));
  const lent = closed.flatMap((runId) => pendingOf(runId, others.get(runId) ?? []));
  return pendingOf(ofRun, own).map((undo) => {
    const { restore, loadBefore: before } = originalUndo(undo, lent);
    return { ...undo, restore, loadBefore: before };
  });
}
