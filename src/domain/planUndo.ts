import type { FleetAssessment } from './assessment.ts';
import type { StampName } from './fleet.ts';
import type { Write } from './ledgerEvent.ts';
import type { PlannedWrite } from './planWrites.ts';
import { partMark, sameSetting, type PendingUndo } from './undo.ts';

/** What is put back, in the order in which it is written, and what is left as it is, with the reason. */
export interface UndoPlan {
  readonly writes: readonly PlannedWrite[];
  readonly kept: readonly KeptSetting[];
}

export interface KeptSetting {
  readonly stamp: StampName;
  readonly key: string;
  readonly why: string;
}

/** What the target of an undo goes back to now: all the way, a part of it, or not at all, with the reason. */
export type RestoreTo = (undo: PendingUndo, current: Write) => Write | { readonly keep: string };

const allTheWay: RestoreTo = ({ restore }) => restore;

/**
 * Puts back only what still has the value that the run gave it (I12); what is back already needs nothing. `found`: what the
 * targets have now, by key; those that could not be read, or are gone, are not in it.
 */
export function planUndo(pending: readonly PendingUndo[], found: ReadonlyMap<string, Write>, restoreTo: RestoreTo = allTheWay): UndoPlan {
  const writes: PlannedWrite[] = [];
  const kept: KeptSetting[] = [];
  for (const undo of pending) {
    const { key, stamp, ours, restore } = undo;
    const current = found.get(key);
    const keep = (why: string): unknown => kept.push({ stamp, key, why });
    if (current === undefined) keep('could not be read, left as it is');
    else if (sameSetting(current, restore)) continue;
    else if (!ours.some((one) => sameSetting(one, current))) keep('changed by another owner meanwhile, left as it is (I12)');
    else {
      const target = restoreTo(undo, current);
      if ('keep' in target) keep(target.keep);
      else {
        // Ids of entries hold no slash: Cosmos DB takes none, and what lies in the store must be what was hashed.
        const id = key.replaceAll('/', ':');
        if (!sameSetting(target, current)) writes.push({ key: sameSetting(target, restore) ? id : `${id}${partMark}${valueOf(target)}`, write: target, undo: current });
        if (!sameSetting(target, restore)) keep('goes back as far as the load lets it; the rest when it needs less, or the surge runs out');
      }
    }
  }
  return { writes, kept };
}

const valueOf = (write: Write): string => (typeof write.set === 'string' ? write.set : Object.values(write.set).join('-'));

/** I10: the first stamp that the undo would send traffic to and that is unhealthy; null where there is none. */
export function worseTarget(pending: readonly PendingUndo[], assessment: FleetAssessment | null): StampName | null {
  const unhealthy = new Set((assessment?.stamps ?? []).filter(({ verdict }) => verdict === 'unhealthy').map(({ stamp }) => stamp));
  return pending.find(({ stamp, restore }) => bringsTraffic(restore) && unhealthy.has(stamp))?.stamp ?? null;
}

/** Stamps that the undo would give traffic which they have not now. */
export const comingBack = (pending: readonly PendingUndo[], found: ReadonlyMap<string, Write>): readonly StampName[] => [
  ...new Set(pending.flatMap(({ key, stamp, ours, restore }) => {
    const current = found.get(key);
    const isTaken = current !== undefined && !sameSetting(current, restore) && ours.some((one) => sameSetting(one, current));
    return isTaken && bringsTraffic(restore) ? [stamp] : [];
  })),
];

const bringsTraffic = (write: Write): boolean => (write.target === 'gate' && write.set === 'open') || (write.target === 'origin' && write.set.enabled === 'Enabled');
