import type { GateStep, OriginSetting, OriginShift } from '../plan.ts';
import type { RoutingState } from '../traffic/index.ts';
import { stampAt } from './fleetContext.ts';
import type { PlanContext } from './planContext.ts';

/** One write for each origin whose setting differs from what it is now. 0 % is `Disabled`: a weight has no zero. */
export function shiftsTo({ model }: PlanContext, state: RoutingState): OriginShift[] {
  return model.groups.flatMap((group, at) =>
    group.origins.flatMap(({ facts }, position): OriginShift[] => {
      const wanted = state[at]?.[position];
      if (wanted === undefined) return [];
      const before = { weight: facts.weight, enabled: facts.enabled };
      const after: OriginSetting = wanted.serves === 'disabled' ? { weight: facts.weight, enabled: 'Disabled' } : { weight: wanted.weight, enabled: 'Enabled' };
      return before.weight === after.weight && before.enabled === after.enabled ? [] : [{ stamp: facts.stamp, originGroup: group.name, origin: facts.origin, before, after }];
    }),
  );
}

/** The fast lever: closing a gate drains within the probes' interval, whatever state Front Door's control plane is in. */
export function gatesTo(context: PlanContext, after: GateStep['after']): GateStep[] {
  const steps: GateStep[] = [];
  for (const index of context.asked) {
    const { name, gate } = stampAt(context, index);
    const read = context.stampFacts[index]?.gate;
    const before = read?.kind === 'known' ? read.value : after === 'closed' ? 'open' : 'closed';
    if (gate !== null && before !== after) steps.push({ stamp: name, before, after });
  }
  return steps;
}
