import type { Fleet, StampName } from '../fleet.ts';
import type { ChainedEntry, Write } from '../ledgerEvent.ts';
import { isUndoEntry, pendingUndo, sameSetting, targetKey, trafficTargets } from '../undo.ts';

/**
 * Stamps that a run took out of service and has not given back: their gate was closed, or every origin of theirs disabled. Only what is
 * on record as made counts: a stamp that may still serve must not pass for a drained one.
 */
export function leftDrained(entries: readonly ChainedEntry[], fleet: Fleet): readonly StampName[] {
  const made = entries.flatMap(({ id, event }) => (event.type === 'WriteSucceeded' && !isUndoEntry(id) && takesOut(event.write) ? [event.write] : []));
  const standing = new Set(
    pendingUndo(entries, trafficTargets).filter(({ ours }) => ours.some((one) => made.some((write) => sameSetting(write, one)))).map(({ key }) => key),
  );
  return fleet.stamps.flatMap(({ name: stamp, origins }) => {
    const isGated = standing.has(targetKey({ target: 'gate', stamp, set: 'closed', expiresAt: 0 }));
    const isDisabled = origins.every(({ originGroup, origin }) => standing.has(targetKey({ target: 'origin', stamp, originGroup, origin, set: { weight: 1, enabled: 'Disabled' } })));
    return isGated || isDisabled ? [stamp] : [];
  });
}

const takesOut = (write: Write): boolean => (write.target === 'gate' && write.set === 'closed') || (write.target === 'origin' && write.set.enabled === 'Disabled');
