import type { Assessment, FleetAssessment } from '../assessment.ts';
import type { SignalSettings, StampName } from '../fleet.ts';
import type { Observation } from '../observation.ts';
import { assessStamp, type OwnDrain } from './assessStamp.ts';
import { isObserverSuspect } from './isObserverSuspect.ts';

/** Our own part in what is seen of the fleet. */
export interface OwnDrains {
  readonly drained: readonly StampName[];
  /** Epoch milliseconds at which a run of ours last gave a stamp its traffic back. */
  readonly returned: Readonly<Record<StampName, number>>;
}

/**
 * Judges every stamp that has an observation or a memory (I6), and the observer itself (I7).
 * `previous` is what the last call answered; `ours` says which stamps we ourselves hold or have held drained, whose missing
 * traffic and closed gate are no evidence. The answer is in the order in which stamps first appear.
 */
export function assessFleet(
  previous: readonly Assessment[],
  observations: readonly Observation[],
  settings: SignalSettings,
  now: number,
  ours: OwnDrains = { drained: [], returned: {} },
): FleetAssessment {
  const memory = new Map(previous.map((assessment) => [assessment.stamp, assessment]));
  const byStamp = new Map<StampName, Observation[]>(previous.map((assessment) => [assessment.stamp, []]));
  for (const observation of observations) {
    const known = byStamp.get(observation.stamp);
    if (known === undefined) byStamp.set(observation.stamp, [observation]);
    else known.push(observation);
  }
  const stamps = [...byStamp].map(([stamp, own]) =>
    assessStamp({ stamp, previous: memory.get(stamp) ?? null, observations: own, settings, now, ownDrain: ownDrainOf(stamp, ours) }),
  );
  return { at: now, stamps, observerSuspect: isObserverSuspect(stamps, settings) };
}

const ownDrainOf = (stamp: StampName, { drained, returned }: OwnDrains): OwnDrain =>
  drained.includes(stamp) ? { state: 'drained' } : { state: 'inService', returnedAt: returned[stamp] ?? null };
