import { describe, expect, it } from 'vitest';
import { judgeSettings, judgeShares, planRun } from '../../../src/domain/planning/index.ts';
import { unknown } from '../../../src/domain/reading.ts';
import { withOrigin } from './change.ts';
import { at, greyEast, request, sampleFacts, sampleFleet } from './threeRegions.ts';

const fleet = sampleFleet();
const facts = sampleFacts(fleet);
const result = planRun({ fleet, facts, assessment: greyEast, request: request(), revision: 1 });
if (result.kind === 'blocked') throw new Error('the sample plan is blocked');
const { plan } = result;

describe('judgeShares', () => {
  it.each<[string, Record<string, number>, 'verified' | RegExp]>([
    ['the drained stamp serves nobody', { eastus2: 0, centralus: 0.67, westus3: 0.33 }, 'verified'],
    ['it serves 2 points still, and metrics lag', { eastus2: 0.02, centralus: 0.65, westus3: 0.33 }, 'verified'],
    ['it serves more', { eastus2: 0.021, centralus: 0.649, westus3: 0.33 }, /eastus2 serves 2\.1 %, planned 0\.0 %/],
    ['the survivors split what left in another way', { eastus2: 0, centralus: 0.2, westus3: 0.8 }, 'verified'],
  ])('%s', (_, shares, expected) => {
    const verdict = judgeShares(plan, shares);
    if (expected === 'verified') expect(verdict).toEqual({ kind: 'verified', by: 'shares' });
    else expect(verdict).toEqual({ kind: 'notYet', why: expect.stringMatching(expected) });
  });
});

describe('judgeSettings', () => {
  it('is verified once Front Door has every setting, and says why nothing better is known', () => {
    expect(judgeSettings(plan, withOrigin(facts, 'eastus2', { enabled: 'Disabled' }).traffic, 'no metrics')).toEqual({ kind: 'verified', by: 'settings' });
    expect(judgeSettings(plan, facts.traffic, 'no metrics')).toEqual({ kind: 'notYet', why: 'no metrics' });
    expect(judgeSettings(plan, unknown('throttled', at), 'no metrics')).toEqual({ kind: 'notYet', why: 'no metrics; throttled' });
  });
});
