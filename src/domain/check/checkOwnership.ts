import type { HpaFacts, PoolFacts } from '../facts.ts';
import type { CountBounds, Finding, OriginSetting, Plan, ReplicaBounds } from '../plan.ts';
import type { CheckContext } from './checkPlan.ts';
import { error, warning } from './finding.ts';

/**
 * I4, I12: the `before` of every step is what its undo writes back, so it must be what the facts say is there (or the step
 * is done already: `after` is there); and what a reconciler would revert is not written at all.
 */
export function checkOwnership(plan: Plan, { facts }: CheckContext): Finding[] {
  const findings: Finding[] = [];
  for (const surge of plan.surges) {
    const stamp = facts.stamps[surge.stamp];
    for (const { pool, before, after } of surge.pools) {
      const found = stamp?.pools.kind === 'known' ? stamp.pools.value.find((one: PoolFacts) => one.name === pool) : undefined;
      if (found === undefined) findings.push(error('I4', `${surge.stamp}: pool ${pool} cannot be read, so that no undo can be put on record`));
      else if (!sameCounts(found, before) && !sameCounts(found, after)) {
        findings.push(differs(`${surge.stamp}: pool ${pool}`, `${before.minCount}..${before.maxCount}`, `${found.minCount}..${found.maxCount}`));
      }
    }
  }
  const hpaSteps = [...plan.surges.flatMap((surge) => surge.hpas.map((hpa) => ({ stamp: surge.stamp, ...hpa }))), ...plan.sheds];
  for (const { stamp, workload, namespace, hpa, before, after } of hpaSteps) {
    const read = facts.stamps[stamp]?.workloads;
    const found: HpaFacts | null | undefined = read?.kind === 'known' ? read.value.find((one) => one.name === workload)?.hpa : undefined;
    const name = `${stamp}: HPA ${namespace}/${hpa}`;
    if (found === undefined || found === null) {
      findings.push(error('I4', `${name} cannot be read, so that no undo can be put on record`));
      continue;
    }
    if (!sameReplicas(found, before) && !sameReplicas(found, after)) {
      findings.push(differs(name, `${before.minReplicas}..${before.maxReplicas}`, `${found.minReplicas}..${found.maxReplicas}`));
    }
    if (found.owner.kind === 'reconciler') {
      const { manager, how, ignoresBounds } = found.owner;
      findings.push(ignoresBounds === 'reverted' ? error('I12', `${name} is owned by ${manager} (${how}), which would revert its bounds`) : warning('I12', `${name} is owned by ${manager} (${how}), which is told to ignore its bounds`));
    }
  }
  if (facts.traffic.kind === 'known') {
    const origins = facts.traffic.value.originGroups.flatMap((group) => group.origins.map((origin) => ({ group: group.name, ...origin })));
    for (const { originGroup, origin, before, after } of plan.shifts) {
      const found = origins.find((one) => one.group === originGroup && one.origin === origin);
      if (found !== undefined && !sameSetting(found, before) && !sameSetting(found, after)) {
        findings.push(differs(`origin ${originGroup}/${origin}`, `${before.enabled} at ${before.weight}`, `${found.enabled} at ${found.weight}`));
      }
    }
  }
  return findings;
}

const sameCounts = (a: CountBounds, b: CountBounds): boolean => a.minCount === b.minCount && a.maxCount === b.maxCount;
const sameReplicas = (a: ReplicaBounds, b: ReplicaBounds): boolean => a.minReplicas === b.minReplicas && a.maxReplicas === b.maxReplicas;
const sameSetting = (a: OriginSetting, b: OriginSetting): boolean => a.enabled === b.enabled && a.weight === b.weight;

const differs = (what: string, planned: string, found: string): Finding => error('I12', `${what} is ${found} now, and the plan's undo would write ${planned}`);
