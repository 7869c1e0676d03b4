import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replicasNeeded } from '../../../src/domain/capacity/index.ts';
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
