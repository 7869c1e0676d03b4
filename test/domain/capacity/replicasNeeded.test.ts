import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replicasNeeded } from '../../../src/domain/capacity/index.ts';
import type { FoundBefore } from '../../../src/domain/capacity/replicasNeeded.ts';
import type { WorkloadFacts } from '../../../src/domain/facts.ts';
import { sampleFleet } from '../planning/threeRegions.ts';
import { workload, workloadFacts } from './smallStamp.ts';

const policy = { ...sampleFleet().policy, utilisationCeiling: 0.8, headroomFactor: 1.1 };
const web = workload('web', { requestsPerSecondPerReplica: 50 });

function facts(ready: number, cpuPercent: number | null, target: number | null = 70, budget: number | null = null): WorkloadFacts {
  const base = workloadFacts('web');
  return { ...base, readyReplicas: ready, disruptionBudgetMinAvailable: budget, hpa: base.hpa === null ? null : { ...base.hpa, targetCpuUtilisationPercent: target, currentCpuUtilisationPercent: cpuPercent } };
}

describe('replicasNeeded', () => {
  it.each<[string, WorkloadFacts | null, number | null, number, number]>([
    ['by requests alone: 600 x 1.1 / (50 x 0.8) = 16.5', null, null, 600, 17],
    ['exactly a whole number is not rounded up: 400 x 1.1 / 40 = 11', null, null, 400, 11],
    ['by utilisation where pods are busier than rated: 10 x 70/70 x 600/300 x 1.1 = 22', facts(10, 70), 300, 600, 22],
    ['the larger of the two: by utilisation only 5', facts(10, 16), 300, 600, 17],
    ['a missing cpu metric counts as 100 %: 10 x 100/70 x 2 x 1.1 = 31.4', facts(10, null), 300, 600, 32],
    ['a target above the ceiling is held to the ceiling: 10 x 80/80 x 2 x 1.1', facts(10, 80, 95), 300, 600, 22],
    ['an HPA that does not scale on cpu: requests alone', facts(10, null, null), 300, 600, 17],
    ['an almost idle stamp tells nothing about cpu', facts(10, 40), 20, 600, 17],
    ['never below a disruption budget', facts(10, 5, 70, 30), 300, 600, 30],
    ['never below one', null, null, 0, 1],
  ])('%s', (_, state, now, after, expected) => {
    expect(replicasNeeded(web, state, { now, after }, policy)).toBe(expected);
  });

  it.each<[string, FoundBefore, number, number]>([
    // 600 x 1.1 / 40 = 16.5, so 17; half of the headroom carries 600 x 1.1 / 1.05 = 628.6
    ['kept while half of the headroom is left', { replicas: 17, requestsPerSecond: 600, by: 'firstPlan' }, 628, 17],
    ['not kept where it is not: 629 x 1.1 / 40 = 17.3', { replicas: 17, requestsPerSecond: 600, by: 'firstPlan' }, 629, 18],
    ['what the utilisation rule found is kept as well', { replicas: 22, requestsPerSecond: 600, by: 'firstPlan' }, 620, 22],
    ['not what a later plan kept already: 620 x 1.1 / 40 = 17.05', { replicas: 17, requestsPerSecond: 600, by: 'laterPlan' }, 620, 18],
    ['less load needs fewer', { replicas: 17, requestsPerSecond: 600, by: 'firstPlan' }, 500, 15],
    ['nor is one replica that a plan left to a workload that it shed: 17', { replicas: 1, requestsPerSecond: 600, by: 'firstPlan' }, 600, 17],
  ])('what the plan before found is %s', (_, found, after, expected) => {
    expect(replicasNeeded(web, facts(10, 10), { now: 300, after, found }, policy)).toBe(expected);
  });

  it('whatever the plan before found, half of the headroom is left', () => {
    const load = fc.double({ min: 0.001, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(load, load, fc.integer({ min: 0, max: 3000 }), fc.double({ min: 1, max: 3, noNaN: true }), fc.constantFrom('firstPlan', 'laterPlan'), (foundFor, after, replicas, headroom, by) => {
        const needed = replicasNeeded(web, null, { now: null, after, found: { replicas, requestsPerSecond: foundFor, by } }, { ...policy, headroomFactor: headroom });
        expect(needed * 50 * 0.8).toBeGreaterThanOrEqual(after * (1 + (headroom - 1) / 2) * (1 - 1e-8));
      }),
      { numRuns: 1000, seed: 5 },
    );
  });

  it('more load, less rated, lower ceiling or more headroom never need fewer; what it answers carries the load', () => {
    const load = fc.double({ min: 0, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(load, load, fc.double({ min: 1, max: 500, noNaN: true }), fc.double({ min: 0.1, max: 1, noNaN: true }), fc.double({ min: 1, max: 3, noNaN: true }), fc.integer({ min: 0, max: 100 }), fc.option(fc.integer({ min: 1, max: 200 })), (now, after, rated, ceiling, headroom, ready, cpu) => {
        const one = { ...web, requestsPerSecondPerReplica: rated };
        const rules = { ...policy, utilisationCeiling: ceiling, headroomFactor: headroom };
        const needed = (load: number, with_: typeof one = one, under: typeof rules = rules): number => replicasNeeded(with_, facts(ready, cpu), { now, after: load }, under);
        const base = needed(after);
        expect(base * rated * ceiling).toBeGreaterThanOrEqual(after * headroom * (1 - 1e-8));
        expect(needed(after * 1.5)).toBeGreaterThanOrEqual(base);
        expect(needed(after, { ...one, requestsPerSecondPerReplica: rated * 2 })).toBeLessThanOrEqual(base);
        expect(needed(after, one, { ...rules, utilisationCeiling: ceiling / 2 })).toBeGreaterThanOrEqual(base);
        expect(needed(after, one, { ...rules, headroomFactor: headroom * 1.2 })).toBeGreaterThanOrEqual(base);
      }),
      { numRuns: 1000, seed: 4 },
    );
  });
});
