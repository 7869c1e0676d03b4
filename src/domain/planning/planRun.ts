import type { BlockedReason, PlanResult } from '../plan.ts';
import { blocked } from './blocked.ts';
import { buildPlanContext, type PlanInput } from './planContext.ts';
import { planDeparture } from './planDeparture.ts';
import { planFailback } from './planFailback.ts';

/**
 * The complete plan of a run, or the typed reasons why nothing can be done. Pure: the same input gives a deeply equal
 * answer. Keeps I1 (for each origin group), I2 (graceful), I6, I7 and I10 by construction; `checkPlan` looks again.
 */
export function planRun(input: PlanInput): PlanResult {
  const refusals = [...unknownStamps(input), ...suspectObserver(input)];
  if (refusals.length > 0) return blocked(refusals);
  const context = buildPlanContext(input);
  switch (input.request.kind) {
    case 'failover':
    case 'drain':
    case 'drill':
      return planDeparture(context);
    case 'failback':
      return planFailback(context);
  }
}

function unknownStamps({ fleet, request }: PlanInput): BlockedReason[] {
  const names = fleet.stamps.map(({ name }) => name);
  return request.stamps.filter((stamp) => !names.includes(stamp)).map((stamp) => ({ code: 'unknownStamp', stamp, message: `there is no stamp "${stamp}"; the stamps are ${names.join(', ')}` }));
}

/** I7: automation stops; a person who asks has seen more than we have. */
function suspectObserver({ assessment, request }: PlanInput): BlockedReason[] {
  const automatic = request.trigger.by !== 'operator';
  return assessment.observerSuspect && automatic ? [{ code: 'observerSuspect', message: 'more than half of the regions seem to fail at once: the observer is the suspect, a person must decide' }] : [];
}
