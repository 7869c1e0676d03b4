import type { StampName } from '../fleet.ts';
import type { Finding, Plan, ShedStep } from '../plan.ts';
import type { CheckContext } from './checkContext.ts';
import { error, warning } from './finding.ts';

/** Writes to one origin in a run, by default at most. */
const writesPerOrigin = 2;

/** Names that exist, and the published bounds: weights 1..1000, pools 0..1000 (system pools from 1), HPAs from 1. */
export function checkLimits(plan: Plan, { fleet, facts }: CheckContext): Finding[] {
  const names = new Set(fleet.stamps.map((stamp) => stamp.name));
  const named = [...plan.stamps, ...plan.surges.map((one) => one.stamp), ...plan.sheds.map((one) => one.stamp), ...plan.gates.map((one) => one.stamp), ...plan.shifts.map((one) => one.stamp)];
  const findings = [...new Set(named)].filter((stamp) => !names.has(stamp)).map((stamp) => error('limits', `the fleet file has no stamp ${stamp}`));
  if (plan.stamps.length === 0) findings.push(error('limits', 'the plan names no stamp'));
  for (const { origin, originGroup, after } of plan.shifts) {
    if (!Number.isInteger(after.weight) || after.weight < 1 || after.weight > 1000) {
      findings.push(error('limits', `weight ${after.weight} of ${originGroup}/${origin} is not a whole number from 1 to 1000; 0 % is written as Disabled`));
    }
  }
  for (const [origin, writes] of countBy(plan.shifts.map((shift) => `${shift.originGroup}/${shift.origin}`))) {
    if (writes > writesPerOrigin) findings.push(error('limits', `${origin} would be written ${writes} times; ${writesPerOrigin} are allowed in a run`));
  }
  return [...findings, ...checkPools(plan, { fleet, facts }), ...checkHpas(plan)];
}

function checkPools(plan: Plan, { fleet, facts }: Pick<CheckContext, 'fleet' | 'facts'>): Finding[] {
  const findings: Finding[] = [];
  for (const surge of plan.surges) {
    const stamp = fleet.stamps.find((one) => one.name === surge.stamp);
    const pools = facts.stamps[surge.stamp]?.pools;
    for (const [pool, writes] of countBy(surge.pools.map((one) => one.pool))) {
      if (writes > 1) findings.push(error('limits', `${surge.stamp}: pool ${pool} would be written ${writes} times; one PUT moves both bounds`));
    }
    for (const { pool, after, nodesWanted } of surge.pools) {
      const at = `${surge.stamp}: pool ${pool}`;
      const ref = stamp?.cluster.pools.find((one) => one.name === pool);
      const fact = pools?.kind === 'known' ? pools.value.find((one) => one.name === pool) : undefined;
      const least = fact?.mode === 'System' ? 1 : 0;
      if (ref === undefined) findings.push(error('limits', `${at} is not in the fleet file`));
      else if (after.maxCount > ref.surgeMaxCount) findings.push(error('limits', `${at} would go to maxCount ${after.maxCount}; surgeMaxCount is ${ref.surgeMaxCount}`));
      if (!Number.isInteger(after.minCount) || !Number.isInteger(after.maxCount) || after.minCount < least || after.maxCount > 1000 || after.minCount > after.maxCount) {
        findings.push(error('limits', `${at}: bounds ${after.minCount}..${after.maxCount} are not within ${least}..1000`));
      }
      if (nodesWanted > after.maxCount) findings.push(error('I2', `${at}: ${nodesWanted} nodes are wanted and maxCount would be ${after.maxCount}`));
      if (fact?.autoscaled === 'fixed') findings.push(error('limits', `${at} is not autoscaled: it has no bounds to move`));
      if (fact !== undefined && fact.kind !== 'VirtualMachineScaleSets') findings.push(error('limits', `${at} is of kind ${fact.kind}, which is not scaled by bounds`));
      if (fact !== undefined && fact.provisioningState !== 'Succeeded') findings.push(warning('I3', `${at} is ${fact.provisioningState}: another operation may be in progress`));
    }
  }
  return findings;
}

function checkHpas(plan: Plan): Finding[] {
  const findings: Finding[] = [];
  const check = (stamp: StampName, { namespace, hpa, after }: Pick<ShedStep, 'namespace' | 'hpa' | 'after'>): void => {
    if (Number.isInteger(after.minReplicas) && Number.isInteger(after.maxReplicas) && after.minReplicas >= 1 && after.maxReplicas >= after.minReplicas) return;
    findings.push(error('limits', `${stamp}: bounds ${after.minReplicas}..${after.maxReplicas} of HPA ${namespace}/${hpa} are not possible`));
  };
  for (const { stamp, hpas } of plan.surges) for (const step of hpas) check(stamp, step);
  for (const shed of plan.sheds) check(shed.stamp, shed);
  return findings;
}

function countBy(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
