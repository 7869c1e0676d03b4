import type { FleetAssessment } from '../assessment.ts';
import type { FleetFacts } from '../facts.ts';
import type { Plan } from '../plan.ts';
import { assessmentOf } from './assessmentOf.ts';
import { isFit } from './survivors.ts';

export type Reassessed = { readonly kind: 'holds' } | { readonly kind: 'superseded'; readonly why: string };

/**
 * Whether a plan still fits the world, asked before each step. A survivor that fails supersedes any plan; one that
 * users see degrade supersedes a graceful plan. Unknown supersedes nothing (I6): the next write's own checks stop it.
 */
export function reassessPlan(plan: Plan, assessment: FleetAssessment, facts: FleetFacts): Reassessed {
  for (const { stamp, shareAfter, requestsPerSecondNow, requestsPerSecondAfter } of plan.expected.stamps) {
    if (shareAfter === 0 && requestsPerSecondAfter === 0) continue;
    const now = assessmentOf(assessment, stamp);
    if (now?.verdict === 'unhealthy') return { kind: 'superseded', why: `${stamp}, which the plan sends traffic to, is unhealthy: ${now.reason}` };
    const gains = requestsPerSecondAfter > requestsPerSecondNow;
    if (plan.mode === 'graceful' && gains && now?.verdict === 'degraded' && !isFit(now)) return { kind: 'superseded', why: `${stamp}, which the plan sends more traffic to, is degraded: ${now.reason}` };
  }
  return factsChanged(plan, facts);
}

/** Whether somebody else moved an origin that the plan moves. */
export function factsChanged(plan: Plan, facts: FleetFacts): Reassessed {
  if (facts.traffic.kind === 'unknown') return { kind: 'holds' };
  const origins = facts.traffic.value.originGroups.flatMap((group) => group.origins.map((origin) => ({ ...origin, group: group.name })));
  for (const { stamp, originGroup, origin, before, after } of plan.shifts) {
    const now = origins.find((one) => one.stamp === stamp && one.group === originGroup && one.origin === origin);
    if (now === undefined) return { kind: 'superseded', why: `origin ${originGroup}/${origin} of ${stamp} is not there any more` };
    const is = (set: typeof before): boolean => now.weight === set.weight && now.enabled === set.enabled;
    if (!is(before) && !is(after)) return { kind: 'superseded', why: `origin ${originGroup}/${origin} of ${stamp} is ${now.enabled} at weight ${now.weight}: somebody else has changed it` };
  }
  return { kind: 'holds' };
}
