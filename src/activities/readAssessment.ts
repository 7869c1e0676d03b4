import type { Assessment, FleetAssessment } from '../domain/assessment.ts';
import { TransientError } from '../ports/outcome.ts';
import type { Ports } from '../ports/ports.ts';
import type { StateKey } from '../ports/state.ts';

export const assessmentKey = (controlRegion: string): StateKey => ({ kind: 'assessment', id: controlRegion });

/** The last assessment of this control-plane region; null when there is none or the store does not answer. */
export async function readAssessment(ports: Ports): Promise<FleetAssessment | null> {
  try {
    const stored = await ports.state.read<FleetAssessment>(assessmentKey(ports.controlRegion));
    return stored?.value ?? null;
  } catch (error) {
    if (error instanceof TransientError) return null;
    throw error;
  }
}

export const assessmentOf = (fleet: FleetAssessment | null, stamp: string): Assessment | null =>
  fleet?.stamps.find((assessment) => assessment.stamp === stamp) ?? null;
