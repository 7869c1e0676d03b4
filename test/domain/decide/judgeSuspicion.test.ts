import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/domain/assessment.ts';
import { confirmedRequest, judgeSuspicion } from '../../../src/domain/decide/judgeSuspicion.ts';
import { allHealthy, assessed, deadEast, greyEast, request } from '../planning/threeRegions.ts';

const suspicion = request({ scope: 'surgeOnly' });

function seen(verdict: Verdict, roundVerdict: Verdict) {
  const base = assessed({ eastus2: verdict, centralus: 'healthy', westus3: 'healthy' });
  return { ...base, stamps: base.stamps.map((one) => (one.stamp === 'eastus2' ? { ...one, roundVerdict } : one)) };
}

describe('judgeSuspicion', () => {
  it.each<[Verdict, Verdict, 'confirmed' | 'open' | 'cleared']>([
    ['unhealthy', 'unhealthy', 'confirmed'],
    ['unhealthy', 'healthy', 'open'],
    ['healthy', 'unhealthy', 'open'],
    ['unknown', 'unknown', 'open'],
    ['degraded', 'degraded', 'open'],
    ['healthy', 'healthy', 'cleared'],
    ['unknown', 'healthy', 'cleared'],
  ])('%s, in this round %s: %s', (verdict, roundVerdict, expected) => {
    expect(judgeSuspicion(suspicion, seen(verdict, roundVerdict))).toBe(expected);
  });

  it('of several stamps each must be confirmed, or each cleared', () => {
    const two = { ...suspicion, stamps: ['eastus2', 'centralus'] };
    expect(judgeSuspicion(two, greyEast)).toBe('open');
    expect(judgeSuspicion(two, allHealthy)).toBe('cleared');
    expect(judgeSuspicion(two, assessed({ eastus2: 'unhealthy', centralus: 'unhealthy', westus3: 'healthy' }))).toBe('confirmed');
  });

  it('stays open while nothing can be read, and asks nothing of a run that is for traffic', () => {
    expect(judgeSuspicion(suspicion, null)).toBe('open');
    expect(judgeSuspicion(request(), null)).toBe('confirmed');
  });
});

describe('confirmedRequest', () => {
  it('moves traffic, and waits for nothing where users have left already', () => {
    expect(confirmedRequest(suspicion, greyEast)).toEqual({ ...suspicion, scope: 'full' });
    expect(confirmedRequest(suspicion, deadEast)).toEqual({ ...suspicion, scope: 'full', mode: 'ungraceful' });
  });
});
