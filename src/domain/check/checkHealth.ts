import type { StampName } from '../fleet.ts';
import type { Finding, Plan } from '../plan.ts';
import type { CheckContext } from './checkContext.ts';
import { error, verdictOf, warning } from './finding.ts';

/** I6, I7, I10: what is known of the regions that a plan takes traffic from, and gives it to. */
export function checkHealth(plan: Plan, { assessment }: CheckContext): Finding[] {
  const findings: Finding[] = [];
  if (assessment.observerSuspect && plan.kind !== 'failback') {
    findings.push(plan.kind === 'drain' ? warning('I7', 'more than half of the regions seem to fail: the observer is the suspect') : error('I7', 'more than half of the regions seem to fail: the observer is the suspect'));
  }
  if (plan.kind === 'failover') findings.push(...plan.stamps.flatMap((stamp) => checkFailing(plan, stamp, verdictOf(assessment, stamp))));
  const receiving = plan.shifts.filter((shift) => takesMore(shift)).map((shift) => shift.stamp);
  const opened = plan.gates.filter((gate) => gate.before === 'closed' && gate.after === 'open').map((gate) => gate.stamp);
  const targets = new Set<StampName>([...receiving, ...opened, ...(plan.kind === 'failback' ? plan.stamps : [])]);
  for (const stamp of targets) {
    const verdict = verdictOf(assessment, stamp);
    if (verdict === 'unhealthy' || verdict === 'unknown') findings.push(error('I10', `${stamp} would get traffic and is ${verdict}`));
    else if (verdict === 'degraded') findings.push(warning('I10', `${stamp} would get traffic and is degraded`));
  }
  for (const { stamp, pools } of plan.surges) {
    const verdict = verdictOf(assessment, stamp);
    const isHeld = plan.kind === 'drill' && pools.length === 0;
    if (plan.stamps.includes(stamp) && plan.kind !== 'failback' && !isHeld) findings.push(error('limits', `${stamp} is to be drained and surged at once`));
    else if (verdict === 'unhealthy' || verdict === 'unknown') findings.push(warning('I10', `room is made in ${stamp}, which is ${verdict}`));
  }
  return findings;
}

/** In the middle of a run the failed region's own signals stop: only the first plan of a graceful run must know it as failing. */
function checkFailing(plan: Plan, stamp: StampName, verdict: string): Finding[] {
  if (verdict === 'unknown') {
    const report = plan.mode === 'graceful' && plan.revision <= 1 ? error : warning;
    return [report('I6', `${stamp} is unknown, and unknown is not unhealthy`)];
  }
  return verdict === 'healthy' ? [warning('I6', `${stamp} looks healthy now`)] : [];
}

function takesMore(shift: Plan['shifts'][number]): boolean {
  if (shift.after.enabled === 'Disabled') return false;
  return shift.before.enabled === 'Disabled' || shift.after.weight > shift.before.weight;
}
