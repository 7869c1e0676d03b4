import { describe, expect, it } from 'vitest';
import { judgeSettings, judgeShares, judgeSharesAtLast, planRun } from '../../../src/domain/planning/index.ts';
import { unknown } from '../../../src/domain/reading.ts';
import { withLoad, withOrigin } from './change.ts';
import { allHealthy, at, greyEast, request, sampleFacts, sampleFleet } from './threeRegions.ts';

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

describe('judgeSharesAtLast', () => {
  const back = planRun({ fleet, facts: withLoad(withOrigin(sampleFacts(fleet, 60), 'eastus2', { enabled: 'Disabled' }), 'eastus2', { requestsPerSecond: 0 }), assessment: allHealthy, request: request({ kind: 'failback', trigger: { by: 'operator', subject: 's', name: 'n' } }), revision: 1 });
  if (back.kind === 'blocked') throw new Error(back.reasons.map(({ message }) => message).join());

  it.each<[string, number, 'verified' | 'notYet']>([
    ['more users came back than were predicted', 0.4, 'verified'],
    ['fewer did, and most of them', 0.25, 'verified'],
    ['hardly any did', 0.1, 'notYet'],
    ['nobody did', 0, 'notYet'],
  ])('of a third of the fleet: %s', (_, share, kind) => {
    const shares = { eastus2: share, centralus: (1 - share) / 2, westus3: (1 - share) / 2 };
    expect(judgeShares(back.plan, shares).kind).toBe('notYet');
    expect(judgeSharesAtLast(back.plan, shares).kind).toBe(kind);
  });

  it('a stamp that is to be empty is not done with some users left', () => {
    expect(judgeSharesAtLast(plan, { eastus2: 0.03, centralus: 0.67, westus3: 0.3 }).kind).toBe('notYet');
  });
});

describe('judgeSettings', () => {
  it('is verified once Front Door has every setting, and says why nothing better is known', () => {
    expect(judgeSettings(plan, withOrigin(facts, 'eastus2', { enabled: 'Disabled' }).traffic, 'no metrics')).toEqual({ kind: 'verified', by: 'settings' });
    expect(judgeSettings(plan, facts.traffic, 'no metrics')).toEqual({ kind: 'notYet', why: 'no metrics' });
    expect(judgeSettings(plan, unknown('throttled', at), 'no metrics')).toEqual({ kind: 'notYet', why: 'no metrics; throttled' });
  });
});
