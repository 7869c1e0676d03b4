import type { Assessment } from '../assessment.ts';
import type { BlockedReason } from '../plan.ts';
import { assessmentOf } from './assessmentOf.ts';
import type { PlanContext } from './planContext.ts';

/** I1: every origin group that the request's stamps serve keeps an enabled origin in a stamp that is healthy or merely degraded. */
export function groupsLeftWithoutHealthyOrigin(context: PlanContext): BlockedReason[] {
  return context.model.groups.flatMap((group): BlockedReason[] => {
    if (!group.origins.some(({ stampIndex }) => context.asked.has(stampIndex))) return [];
    const left = group.origins.filter(({ facts, stampIndex }) => facts.enabled === 'Enabled' && !context.asked.has(stampIndex) && !context.out.has(stampIndex) && serves(context, stampIndex));
    if (left.length > 0) return [];
    return [{ code: 'lastHealthyOrigin', originGroup: group.name, message: `no healthy, enabled origin would be left in origin group ${group.name}` }];
  });
}

function serves({ input, stampNames }: PlanContext, index: number): boolean {
  const verdict = assessmentOf(input.assessment, stampNames[index] ?? '')?.verdict ?? 'unknown';
  return verdict === 'healthy' || verdict === 'degraded';
}

/** Before a graceful shift every stamp that gets more must be known to be well; these are not. */
export function unfitStamps({ input, stampNames, asked }: PlanContext): ReadonlySet<number> {
  return new Set(stampNames.flatMap((stamp, index) => (asked.has(index) || isFit(assessmentOf(input.assessment, stamp)) ? [] : [index])));
}

export function survivorsUnhealthy({ input, stampNames }: PlanContext, indexes: readonly number[]): BlockedReason[] {
  return indexes.map((index) => {
    const stamp = stampNames[index] ?? '';
    const assessment = assessmentOf(input.assessment, stamp);
    return { code: 'survivorUnhealthy', stamp, message: `${stamp} would get more traffic and is ${assessment?.verdict ?? 'unknown'}${assessment === null ? '' : ` (${assessment.reason})`}` };
  });
}

/**
 * Degraded counts against a survivor only when it is seen from outside: nodes and pods that are just being added
 * make the inside look degraded, by our own doing.
 */
export function isFit(assessment: Assessment | null): boolean {
  if (assessment === null) return false;
  switch (assessment.verdict) {
    case 'healthy':
      return true;
    case 'degraded':
      return !assessment.signals.some(({ vantage, verdict }) => vantage === 'outside' && (verdict === 'degraded' || verdict === 'unhealthy'));
    case 'unhealthy':
    case 'unknown':
      return false;
  }
}
