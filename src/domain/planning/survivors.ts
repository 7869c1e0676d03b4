import type { Assessment } from '../assessment.ts';
import type { BlockedReason } from '../plan.ts';
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

function serves({ assessments, stampNames }: PlanContext, index: number): boolean {
  const verdict = assessments.get(stampNames[index] ?? '')?.verdict ?? 'unknown';
  return verdict === 'healthy' || verdict === 'degraded';
}

/** Before a graceful shift every stamp that gets more must be known to be well; these are not. */
export function unfitStamps({ assessments, stampNames, asked }: PlanContext): ReadonlySet<number> {
  return new Set(stampNames.flatMap((stamp, index) => (asked.has(index) || isFit(assessments.get(stamp)) ? [] : [index])));
}

export function survivorsUnhealthy({ assessments, stampNames }: PlanContext, indexes: readonly number[]): BlockedReason[] {
  return indexes.map((index) => {
    const stamp = stampNames[index] ?? '';
    const assessment = assessments.get(stamp);
    return { code: 'survivorUnhealthy', stamp, message: `${stamp} would get more traffic and is ${assessment?.verdict ?? 'unknown'}${assessment === undefined ? '' : ` (${assessment.reason})`}; bring it back to health first` };
  });
}

/**
 * Degraded counts against a survivor only when it is seen from outside: nodes and pods that are just being added
 * make the inside look degraded, by our own doing.
 */
export function isFit(assessment: Assessment | undefined): boolean {
  if (assessment === undefined) return false;
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
