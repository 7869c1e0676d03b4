import type { FleetAssessment } from '../assessment.ts';
import type { GateState, OriginFacts } from '../facts.ts';
import type { Finding, Plan } from '../plan.ts';
import type { CheckContext } from './checkContext.ts';
import { error, verdictOf, warning } from './finding.ts';

/**
 * I1: plays the plan's gates and shifts, one write after the other, and looks after each whether every origin group that had a
 * serving origin still has one. Gates that the plan does not name are taken as open.
 */
export function checkServing(plan: Plan, { fleet, facts, assessment }: CheckContext): Finding[] {
  if (plan.gates.length === 0 && plan.shifts.length === 0) return [];
  if (facts.traffic.kind === 'unknown') {
    return [error('I1', `origins cannot be read (${facts.traffic.why}), so that none can be shown to stay`)];
  }
  const groups = facts.traffic.value.originGroups.map((group) => ({ name: group.name, latencyWindowMs: group.latencyWindowMs, origins: group.origins.map((origin) => ({ ...origin })) }));
  const gates = new Map<string, GateState>(plan.gates.map((gate) => [gate.stamp, gate.before]));
  const findings: Finding[] = [];
  const hadOne = new Set(groups.filter((group) => serves(group.origins, gates, assessment)).map((group) => group.name));
  const look = (after: string): void => {
    for (const group of groups) {
      if (hadOne.has(group.name) && !serves(group.origins, gates, assessment)) {
        findings.push(error('I1', `after ${after} origin group ${group.name} has no enabled, healthy origin`));
        hadOne.delete(group.name);
      }
    }
  };
  for (const gate of plan.gates) {
    gates.set(gate.stamp, gate.after);
    look(`setting the gate of ${gate.stamp} to ${gate.after}`);
  }
  for (const shift of plan.shifts) {
    const group = groups.find((one) => one.name === shift.originGroup);
    const index = group?.origins.findIndex((one) => one.origin === shift.origin && one.stamp === shift.stamp) ?? -1;
    const origin = group?.origins[index];
    if (group === undefined || origin === undefined) {
      findings.push(error('limits', `Front Door has no origin ${shift.origin} of ${shift.stamp} in group ${shift.originGroup}`));
      continue;
    }
    group.origins[index] = { ...origin, weight: shift.after.weight, enabled: shift.after.enabled };
    look(`setting ${shift.origin} to ${shift.after.enabled}`);
    if (plan.reach === 'partial' && group.latencyWindowMs === 0) {
      findings.push(error('limits', `weights of group ${group.name} do nothing while its latency sensitivity is 0 ms: raise additionalLatencyInMilliseconds, or drain in full`));
    }
  }
  if (plan.kind !== 'failback' && plan.reach === 'full') {
    for (const stamp of fleet.stamps.filter((one) => plan.stamps.includes(one.name) && gates.get(one.name) !== 'closed')) {
      for (const group of groups) {
        const left = group.origins.filter((origin) => origin.stamp === stamp.name && origin.enabled === 'Enabled');
        if (left.length > 0) findings.push(warning('I1', `${stamp.name} stays enabled in group ${group.name}: a drain moves all its origins`));
      }
    }
  }
  return findings;
}

function serves(origins: readonly OriginFacts[], gates: ReadonlyMap<string, GateState>, assessment: FleetAssessment): boolean {
  return origins.some((origin) => {
    const verdict = verdictOf(assessment, origin.stamp);
    return origin.enabled === 'Enabled' && gates.get(origin.stamp) !== 'closed' && (verdict === 'healthy' || verdict === 'degraded');
  });
}
