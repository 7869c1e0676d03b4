import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPlan } from '../../../src/domain/check/checkPlan.ts';
import type { Verdict } from '../../../src/domain/assessment.ts';
import type { FleetFacts } from '../../../src/domain/facts.ts';
import type { Fleet, Policy } from '../../../src/domain/fleet.ts';
import { planRun, type PlanInput } from '../../../src/domain/planning/index.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { sharesOf } from '../traffic/sharesOf.ts';
import { known } from '../../../src/domain/reading.ts';
import type { RunRequest } from '../../../src/domain/run.ts';
import { withFreeCores, withHpa, withLoad, withPool } from './change.ts';
import { assessed, at, request, sampleFacts, sampleFleet } from './threeRegions.ts';

const sample = sampleFleet();
const names = sample.stamps.map(({ name }) => name);

/** Small enough to read in a counterexample. */
interface Situation {
  readonly window: number;
  readonly demand: number;
  readonly weights: readonly number[];
  readonly freeCores: readonly number[];
  readonly cpu: number | null;
  readonly poolState: string;
  readonly mode: RunRequest['mode'];
  readonly kind: 'failover' | 'drain';
  readonly lost: string;
  readonly verdicts: readonly Verdict[];
  readonly shed: Policy['shedTier3'];
  readonly ceiling: number;
}

const situations: fc.Arbitrary<Situation> = fc.record({
  window: fc.constantFrom(0, 0, 10, 30, 60),
  demand: fc.double({ min: 0.1, max: 4, noNaN: true }),
  weights: fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 })),
  freeCores: fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 })),
  cpu: fc.option(fc.integer({ min: 5, max: 120 })),
  poolState: fc.constantFrom('Succeeded', 'Succeeded', 'Succeeded', 'Updating'),
  mode: fc.constantFrom('graceful' as const, 'graceful' as const, 'ungraceful' as const),
  kind: fc.constantFrom('failover' as const, 'drain' as const),
  lost: fc.constantFrom(...names),
  verdicts: fc.tuple(fc.constantFrom<Verdict>('healthy', 'healthy', 'healthy', 'degraded', 'unknown'), fc.constantFrom<Verdict>('healthy', 'healthy', 'healthy', 'degraded', 'unhealthy')),
  shed: fc.constantFrom('never' as const, 'whenShort' as const),
  ceiling: fc.constantFrom(0.5, 0.8, 1),
  });

function inputOf(one: Situation): PlanInput {
  const fleet: Fleet = { ...sample, workloads: sample.workloads.map((workload) => (workload.name === 'recommendations' ? { ...workload, tier: 3 } : workload)), policy: { ...sample.policy, shedTier3: one.shed, utilisationCeiling: one.ceiling } };
  const others = names.filter((name) => name !== one.lost);
  return {
    fleet,
    facts: factsOf(fleet, one),
    assessment: assessed({ [one.lost]: one.kind === 'drain' ? 'healthy' : 'unhealthy', [others[0] ?? '']: one.verdicts[0] ?? 'healthy', [others[1] ?? '']: one.verdicts[1] ?? 'healthy' }),
    request: request({ kind: one.kind, mode: one.mode, stamps: [one.lost], trigger: { by: 'operator', subject: 's', name: 'n' } }),
    revision: 1,
  };
}

function factsOf(fleet: Fleet, one: Situation): FleetFacts {
  let facts = sampleFacts(fleet, one.window);
  if (facts.demand.kind === 'known') facts = { ...facts, demand: known({ ...facts.demand.value, groups: facts.demand.value.groups.map((group) => ({ ...group, requestsPerSecond: group.requestsPerSecond * one.demand })) }, at) };
  if (facts.traffic.kind === 'known') facts = { ...facts, traffic: known({ originGroups: facts.traffic.value.originGroups.map((group) => ({ ...group, origins: group.origins.map((origin, index) => ({ ...origin, weight: one.weights[index] ?? 1 })) })) }, at) };
  names.forEach((name, index) => {
    facts = withHpa(withFreeCores(facts, name, one.freeCores[index] ?? 0), name, 'web', { currentCpuUtilisationPercent: one.cpu });
    facts = withLoad(facts, name, { requestsPerSecond: 1000 * one.demand, byWorkload: { web: 1000 * one.demand, recommendations: 400 * one.demand } });
  });
  return withPool(facts, 'centralus', { provisioningState: one.poolState });
}

function planOf(input: PlanInput): Plan | null {
  const result = planRun(input);
  return result.kind === 'planned' ? result.plan : null;
}

describe('every plan that planRun makes', () => {
  it('passes the linter', () => {
    let plans = 0;
    fc.assert(
      fc.property(situations, (situation) => {
        const input = inputOf(situation);
        const plan = planOf(input);
        if (plan === null) return;
        plans += 1;
        expect(checkPlan(plan, input).filter(({ severity }) => severity === 'error')).toEqual([]);
      }),
      { numRuns: 600, seed: 11 },
    );
    expect(plans).toBeGreaterThan(150);
  });

  it('I2: gives each survivor, when graceful, replicas for all that Front Door will send it', () => {
    let checked = 0;
    fc.assert(
      fc.property(situations, (situation) => {
        const input = inputOf(situation);
        const plan = planOf(input);
        if (plan === null || plan.mode === 'ungraceful' || input.facts.traffic.kind === 'unknown' || input.facts.demand.kind === 'unknown') return;
        const traffic = { originGroups: input.facts.traffic.value.originGroups.map((group) => ({ ...group, origins: group.origins.map((origin) => ({ ...origin, ...(plan.shifts.find((shift) => shift.origin === origin.origin)?.after) })) })) };
        const after = sharesOf({ stamps: names, traffic, demand: input.facts.demand.value, out: [] });
        for (const { stamp, workloads } of plan.expected.stamps) {
          const rps = after.stamps.find((one) => one.stamp === stamp)?.requestsPerSecond ?? 0;
          for (const { workload: name, replicasNeeded } of workloads) {
            const workload = input.fleet.workloads.find((one) => one.name === name);
            if (workload === undefined) throw new Error(name);
            expect(replicasNeeded * workload.requestsPerSecondPerReplica * input.fleet.policy.utilisationCeiling).toBeGreaterThanOrEqual(rps * workload.trafficShare * (1 - 1e-9));
            checked += 1;
          }
        }
      }),
      { numRuns: 600, seed: 12 },
    );
    expect(checked).toBeGreaterThan(150);
  });

  it('I1 and limits: leaves an enabled origin, asks for whole weights from 1 to 1000 and writes each origin once', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const input = inputOf(situation);
        const plan = planOf(input);
        if (plan === null) return;
        expect(plan.shifts.filter(({ after }) => after.enabled === 'Disabled').length).toBeLessThan(names.length);
        expect(new Set(plan.shifts.map(({ origin }) => origin)).size).toBe(plan.shifts.length);
        for (const { after } of plan.shifts) expect(Number.isInteger(after.weight) && after.weight >= 1 && after.weight <= 1000).toBe(true);
      }),
      { numRuns: 400, seed: 13 },
    );
  });

  it('is the same for the same input', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        expect(planRun(structuredClone(inputOf(situation)))).toEqual(planRun(inputOf(situation)));
      }),
      { numRuns: 150, seed: 14 },
    );
  });
});

describe('more of what is needed never refuses what less of it allowed', () => {
  it('more quota', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const input = inputOf(situation);
        if (planRun(input).kind === 'blocked') return;
        const richer = names.reduce((facts, name) => withFreeCores(facts, name, 2000), input.facts);
        expect(planRun({ ...input, facts: richer }).kind).toBe('planned');
      }),
      { numRuns: 300, seed: 15 },
    );
  });
});
