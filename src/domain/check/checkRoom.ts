import type { Fleet, StampName, WorkloadName } from '../fleet.ts';
import type { Finding, Plan } from '../plan.ts';
import type { CheckContext } from './checkContext.ts';
import { error, warning } from './finding.ts';

/** Allowed above the ceiling, as a fraction: what rounding may add. */
const tolerance = 1e-6;

/**
 * I2: load after the shift against replicas x requests per second x ceiling, and whether the HPA lets these replicas be.
 * Too little room is told, and stops nothing, where the plan moves no traffic, as on suspicion alone, and in an ungraceful run,
 * whose traffic has moved already.
 */
export function checkRoom(plan: Plan, { fleet, facts }: CheckContext): Finding[] {
  const report = plan.mode === 'graceful' && plan.gates.length + plan.shifts.length > 0 ? error : warning;
  const findings: Finding[] = [];
  if (facts.demand.kind === 'unknown' && plan.shifts.length > 0) {
    findings.push(warning('I2', `demand cannot be read (${facts.demand.why}): the plan stands on the worst case`));
  }
  const workloads = new Map(fleet.workloads.map((one) => [one.name, one]));
  for (const stamp of plan.expected.stamps) {
    if (stamp.workloads.length === 0 || (plan.kind !== 'failback' && plan.stamps.includes(stamp.stamp))) continue;
    const maxReplicas = maxReplicasAfter(plan, facts, stamp.stamp);
    for (const expected of stamp.workloads) {
      const workload = workloads.get(expected.workload);
      if (workload === undefined) {
        findings.push(error('limits', `the fleet file has no workload ${expected.workload}`));
        continue;
      }
      const safe = expected.replicasNeeded * workload.requestsPerSecondPerReplica * fleet.policy.utilisationCeiling;
      const load = expected.requestsPerSecondAfter;
      if (load > safe * (1 + tolerance)) {
        findings.push(report('I2', `${stamp.stamp}: ${workload.name} gets ${Math.round(load)} requests/s, and ${expected.replicasNeeded} replicas serve ${Math.round(safe)} under the ceiling of ${fleet.policy.utilisationCeiling}`));
      }
      const max = maxReplicas.get(workload.name);
      if (max === undefined) findings.push(report('I2', `${stamp.stamp}: the HPA of ${workload.name} cannot be read, so that nothing shows it lets ${expected.replicasNeeded} replicas be`));
      else if (max < expected.replicasNeeded) findings.push(report('I2', `${stamp.stamp}: ${workload.name} needs ${expected.replicasNeeded} replicas and its HPA allows ${max}`));
    }
  }
  return [...findings, ...checkDirection(plan, fleet)];
}

/** Of each workload whose HPA was read or is written. */
function maxReplicasAfter(plan: Plan, facts: CheckContext['facts'], stamp: StampName): ReadonlyMap<WorkloadName, number> {
  const byWorkload = new Map<WorkloadName, number>();
  const read = facts.stamps[stamp]?.workloads;
  if (read?.kind === 'known') for (const { name, hpa } of read.value) if (hpa !== null) byWorkload.set(name, hpa.maxReplicas);
  for (const { workload, after } of plan.surges.find((one) => one.stamp === stamp)?.hpas ?? []) byWorkload.set(workload, after.maxReplicas);
  return byWorkload;
}

/** A surge only raises; what is shed is tier 3, and only where policy allows it. */
function checkDirection(plan: Plan, fleet: Fleet): Finding[] {
  const findings: Finding[] = [];
  for (const surge of plan.surges) {
    for (const pool of surge.pools) {
      if (pool.after.minCount < pool.before.minCount || pool.after.maxCount < pool.before.maxCount) {
        findings.push(error('I2', `${surge.stamp}: the surge would lower the bounds of pool ${pool.pool}`));
      }
    }
    for (const hpa of surge.hpas) {
      if (hpa.after.minReplicas < hpa.before.minReplicas || hpa.after.maxReplicas < hpa.before.maxReplicas) {
        findings.push(error('I2', `${surge.stamp}: the surge would lower the bounds of HPA ${hpa.namespace}/${hpa.hpa}`));
      }
    }
  }
  for (const shed of plan.sheds) {
    const tier = fleet.workloads.find((one) => one.name === shed.workload)?.tier;
    if (fleet.policy.shedTier3 === 'never') findings.push(error('limits', `${shed.stamp}: shedding ${shed.workload} is not allowed by policy.shedTier3`));
    else if (tier !== 3) findings.push(error('limits', `${shed.stamp}: ${shed.workload} is of tier ${tier ?? 'unknown'}; only tier 3 may be shed`));
  }
  return findings;
}
