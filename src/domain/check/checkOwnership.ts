import type { FleetFacts, HpaFacts } from '../facts.ts';
import type { StampName, WorkloadName } from '../fleet.ts';
import type { CountBounds, Finding, OriginSetting, Plan, ReplicaBounds, ShedStep } from '../plan.ts';
import type { CheckContext } from './checkContext.ts';
import { error, warning } from './finding.ts';

/**
 * I4, I12: the `before` of every step is what its undo writes back, so it must be what the facts say is there (or the step
 * is done already: `after` is there); and what a reconciler would revert is not written at all.
 */
export function checkOwnership(plan: Plan, { facts }: CheckContext): Finding[] {
  return [...checkPools(plan, facts), ...checkHpas(plan, facts), ...checkOrigins(plan, facts)];
}

function checkPools(plan: Plan, facts: FleetFacts): Finding[] {
  const findings: Finding[] = [];
  for (const surge of plan.surges) {
    const read = facts.stamps[surge.stamp]?.pools;
    for (const { pool, before, after } of surge.pools) {
      const found = read?.kind === 'known' ? read.value.find((one) => one.name === pool) : undefined;
      if (found === undefined) findings.push(error('I4', `${surge.stamp}: pool ${pool} cannot be read, so that no undo can be put on record`));
      else if (!sameCounts(found, before) && !sameCounts(found, after)) {
        findings.push(differs(`${surge.stamp}: pool ${pool}`, `${before.minCount}..${before.maxCount}`, `${found.minCount}..${found.maxCount}`));
      }
    }
  }
  return findings;
}

function checkHpas(plan: Plan, facts: FleetFacts): Finding[] {
  const findings: Finding[] = [];
  for (const { stamp, hpas } of plan.surges) {
    const found = hpasOf(facts, stamp);
    for (const step of hpas) findings.push(...checkHpa(stamp, step, found.get(step.workload)));
  }
  for (const shed of plan.sheds) findings.push(...checkHpa(shed.stamp, shed, hpasOf(facts, shed.stamp).get(shed.workload)));
  return findings;
}

function hpasOf(facts: FleetFacts, stamp: StampName): ReadonlyMap<WorkloadName, HpaFacts> {
  const byWorkload = new Map<WorkloadName, HpaFacts>();
  const read = facts.stamps[stamp]?.workloads;
  if (read?.kind === 'known') for (const { name, hpa } of read.value) if (hpa !== null) byWorkload.set(name, hpa);
  return byWorkload;
}

const nothing: readonly Finding[] = [];

function checkHpa(stamp: StampName, step: Omit<ShedStep, 'stamp'>, found: HpaFacts | undefined): readonly Finding[] {
  const { before, after } = step;
  const isAsPlanned = found !== undefined && (sameReplicas(found, before) || sameReplicas(found, after));
  if (isAsPlanned && found.owner.kind !== 'reconciler') return nothing;
  const name = `${stamp}: HPA ${step.namespace}/${step.hpa}`;
  if (found === undefined) return [error('I4', `${name} cannot be read, so that no undo can be put on record`)];
  const findings = isAsPlanned ? [] : [differs(name, `${before.minReplicas}..${before.maxReplicas}`, `${found.minReplicas}..${found.maxReplicas}`)];
  if (found.owner.kind === 'reconciler') {
    const { manager, how, ignoresBounds } = found.owner;
    findings.push(ignoresBounds === 'reverted' ? error('I12', `${name} is owned by ${manager} (${how}), which would revert its bounds`) : warning('I12', `${name} is owned by ${manager} (${how}), which is told to ignore its bounds`));
  }
  return findings;
}

function checkOrigins(plan: Plan, { traffic }: FleetFacts): Finding[] {
  if (traffic.kind === 'unknown') return [];
  return plan.shifts.flatMap(({ originGroup, origin, before, after }): Finding[] => {
    const found = traffic.value.originGroups.find(({ name }) => name === originGroup)?.origins.find((one) => one.origin === origin);
    if (found === undefined || sameSetting(found, before) || sameSetting(found, after)) return [];
    return [differs(`origin ${originGroup}/${origin}`, `${before.enabled} at ${before.weight}`, `${found.enabled} at ${found.weight}`)];
  });
}

const sameCounts = (a: CountBounds, b: CountBounds): boolean => a.minCount === b.minCount && a.maxCount === b.maxCount;
const sameReplicas = (a: ReplicaBounds, b: ReplicaBounds): boolean => a.minReplicas === b.minReplicas && a.maxReplicas === b.maxReplicas;
const sameSetting = (a: OriginSetting, b: OriginSetting): boolean => a.enabled === b.enabled && a.weight === b.weight;

const differs = (what: string, planned: string, found: string): Finding => error('I12', `${what} is ${found} now, and the plan's undo would write ${planned}`);
