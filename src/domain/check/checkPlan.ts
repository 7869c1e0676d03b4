import type { Finding, Plan } from '../plan.ts';
import type { CheckContext } from './checkContext.ts';
import { checkHealth } from './checkHealth.ts';
import { checkLimits } from './checkLimits.ts';
import { checkOwnership } from './checkOwnership.ts';
import { checkRoom } from './checkRoom.ts';
import { checkServing } from './checkServing.ts';

/**
 * The linter over any plan, computed or made by a person. It trusts nothing that the planner says of itself:
 * every finding is worked out from the plan's steps and the facts. An `error` blocks the plan.
 * Keeps I1 (someone serves after every write), I2 (room before load), I6/I7/I10 (no start on what is not known, none into what is
 * worse), I12 (what the plan believes was there is there) and the limits of the services.
 */
export function checkPlan(plan: Plan, context: CheckContext): readonly Finding[] {
  return [
    ...checkLimits(plan, context),
    ...checkServing(plan, context),
    ...checkRoom(plan, context),
    ...checkHealth(plan, context),
    ...checkOwnership(plan, context),
  ];
}
