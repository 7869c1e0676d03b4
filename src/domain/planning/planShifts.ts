import type { GateStep, OriginShift } from '../plan.ts';
import { normalWeight } from './routingStates.ts';
import { stampAt, type PlanContext } from './planContext.ts';

/** 0 % is `Disabled`: a weight has no zero. One write for each origin that is not off already. */
export function shiftsAway({ model, asked }: PlanContext): OriginShift[] {
  return model.groups.flatMap((group) =>
    group.origins
      .filter(({ facts, stampIndex }) => asked.has(stampIndex) && facts.enabled === 'Enabled')
      .map(({ facts }) => ({
        stamp: facts.stamp,
        originGroup: group.name,
        origin: facts.origin,
        before: { weight: facts.weight, enabled: facts.enabled },
        after: { weight: facts.weight, enabled: 'Disabled' as const },
      })),
  );
}

/** Back on, at the normal weight, in one write for each origin. */
export function shiftsBack(context: PlanContext): OriginShift[] {
  const { model, asked } = context;
  return model.groups.flatMap((group) =>
    group.origins
      .filter(({ stampIndex }) => asked.has(stampIndex))
      .map(({ facts, stampIndex }) => ({
        stamp: facts.stamp,
        originGroup: group.name,
        origin: facts.origin,
        before: { weight: facts.weight, enabled: facts.enabled },
        after: { weight: normalWeight(context, stampIndex, group.name, facts.origin, facts.weight), enabled: 'Enabled' as const },
      }))
      .filter(({ before, after }) => before.weight !== after.weight || before.enabled !== after.enabled),
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
