import type { Assessment } from '../assessment.ts';
import type { SignalSettings } from '../fleet.ts';

/**
 * I7: more than half of the regions began to fail within one window, so the observer is the suspect. The window is the time that
 * hysteresis takes and one interval more; regions that fail one after the other, further apart, are a real second failure.
 */
export function isObserverSuspect(stamps: readonly Assessment[], settings: SignalSettings): boolean {
  const windowMs = (settings.failAfter + 1) * settings.watchIntervalSeconds * 1000;
  const onsets = stamps.flatMap((stamp) => (stamp.failingSince === null || stamp.failingSince === undefined ? [] : [stamp.failingSince])).toSorted((a, b) => a - b);
  const most = Math.max(0, ...onsets.map((start, index) => onsets.slice(index).filter((onset) => onset - start <= windowMs).length));
  return most * 2 > stamps.length;
}
