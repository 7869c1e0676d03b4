import type { FleetAssessment, Verdict } from '../assessment.ts';
import type { Fleet, OriginGroupName, StampName } from '../fleet.ts';
import type { DrainedStamp } from './decision.ts';

/** Verdicts with which a region can take over users. Unknown is not unhealthy, and no ground to stand on either (I6). */
const canServe: readonly Verdict[] = ['healthy', 'degraded'];

/** I1: the first origin group that would be left without a region known to serve, once these stamps are lost; null when none. */
export function groupWithoutSurvivor(
  input: { readonly fleet: Fleet; readonly assessment: FleetAssessment; readonly drained: readonly DrainedStamp[] },
  lost: readonly StampName[],
): OriginGroupName | null {
  const out = new Set([...lost, ...input.drained.map((one) => one.stamp)]);
  const serving = new Set(input.assessment.stamps.filter((stamp) => canServe.includes(stamp.verdict) && !out.has(stamp.stamp)).map((stamp) => stamp.stamp));
  const groups = new Set(input.fleet.stamps.filter((stamp) => lost.includes(stamp.name)).flatMap((stamp) => stamp.origins.map((origin) => origin.originGroup)));
  for (const group of groups) {
    const survives = input.fleet.stamps.some((stamp) => serving.has(stamp.name) && stamp.origins.some((origin) => origin.originGroup === group));
    if (!survives) return group;
  }
  return null;
}
