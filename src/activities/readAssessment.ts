import type { FleetAssessment } from '../domain/assessment.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import type { StateKey } from '../ports/state.ts';

export const assessmentKey = (controlRegion: string): StateKey => ({ kind: 'assessment', id: controlRegion });

/** What this process saw last: a run in progress goes on with it while the store does not answer (I9). */
const seenLast = new WeakMap<Ports, FleetAssessment>();

export function rememberAssessment(ports: Ports, assessment: FleetAssessment): void {
  seenLast.set(ports, assessment);
}

/**
 * The last assessment of this control-plane region; null when there is none, or neither the store nor this process has a fresh
 * one. The one that this process made within the watch's own interval is the last one, save for a look that an alert asked
 * another process for: that one is seen within the interval too.
 */
export async function readAssessment(ports: Ports): Promise<FleetAssessment | null> {
  const own = seenLast.get(ports);
  if (own !== undefined && ports.clock.now() - own.at < ports.fleet.signals.watchIntervalSeconds * 1000) return own;
  try {
    const stored = await ports.state.read<FleetAssessment>(assessmentKey(ports.controlRegion));
    return stored?.value ?? null;
  } catch (error) {
    if (error instanceof TransientError) return seenByThisProcess(ports);
    throw error;
  }
}

export function seenByThisProcess(ports: Ports): FleetAssessment | null {
  const seen = seenLast.get(ports) ?? null;
  const isFresh = seen !== null && ports.clock.now() - seen.at <= ports.fleet.signals.staleAfterSeconds * 1000;
  return isFresh ? seen : null;
}
