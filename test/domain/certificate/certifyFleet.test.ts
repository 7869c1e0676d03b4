import { describe, expect, it } from 'vitest';
import { certifyFleet } from '../../../src/domain/certificate/index.ts';
import { known, unknown } from '../../../src/domain/reading.ts';
import { withFreeCores, withLoad, withOrigin, withStamp } from '../planning/change.ts';
import { allHealthy, assessed, at, sampleFacts, sampleFleet } from '../planning/threeRegions.ts';

const fleet = sampleFleet();
const facts = sampleFacts(fleet);
const certify = (changed = facts, losses: 'singles' | 'pairs' = 'singles', assessment = allHealthy) => certifyFleet({ fleet, facts: changed, assessment, losses }).losses;

describe('certifyFleet', () => {
  it('answers for every single loss, in fleet order, with the time to make room', () => {
    expect(certify()).toEqual(fleet.stamps.map(({ name }) => ({ lose: [name], survives: 'yes', binding: null, readyInSeconds: 275, unknown: [] })));
  });

  it('adds every pair when asked', () => {
    expect(certify(facts, 'pairs').map(({ lose }) => lose)).toEqual([['eastus2'], ['centralus'], ['westus3'], ['eastus2', 'centralus'], ['eastus2', 'westus3'], ['centralus', 'westus3']]);
  });

  it('tells yes from no from unknown', () => {
    const short = certify(withFreeCores(facts, 'centralus', 4));
    expect(short.map(({ survives }) => survives)).toEqual(['no', 'yes', 'no']);
    expect(short[0]?.binding).toMatchObject({ stamp: 'centralus', constraint: 'vcpuQuotaFamily', missing: 20, unit: 'vCPU' });
    const blind = certify(withStamp(facts, 'centralus', () => ({ nodes: unknown('the API server does not answer', at) })));
    expect(blind.map(({ survives }) => survives)).toEqual(['unknown', 'yes', 'unknown']);
    const both = certify(withStamp(withFreeCores(facts, 'centralus', 4), 'centralus', () => ({ load: unknown('no metrics', at) })));
    expect(both[0]?.survives).toBe('no');
  });

  it('certifies nothing without demand or without Front Door\'s settings', () => {
    expect(certify({ ...facts, demand: unknown('no metrics', at) }).map(({ survives }) => survives)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(certify({ ...facts, traffic: unknown('ARM is down', at) }).map(({ survives }) => survives)).toEqual(['unknown', 'unknown', 'unknown']);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('takes a rate of %s for none that was measured', (rate) => {
    if (facts.demand.kind === 'unknown') throw new Error('the sample knows its demand');
    const demand = known({ ...facts.demand.value, groups: facts.demand.value.groups.map((group, index) => (index === 0 ? { ...group, requestsPerSecond: rate } : group)) }, at);
    expect(certify({ ...facts, demand }).map(({ survives }) => survives)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(certify(withLoad(facts, 'centralus', { requestsPerSecond: rate })).map(({ survives }) => survives)).not.toContain('yes');
  });

  it('counts on no stamp that is drained or dead already', () => {
    const drained = withOrigin(withOrigin(facts, 'westus3', { enabled: 'Disabled' }), 'centralus', { enabled: 'Disabled' });
    expect(certify(drained)[0]).toMatchObject({ survives: 'no', binding: { constraint: 'noSurvivor' } });
    const gated = withStamp(withStamp(facts, 'westus3', () => ({ gate: known('closed', at) })), 'centralus', () => ({ gate: known('closed', at) }));
    expect(certify(gated)[0]).toMatchObject({ survives: 'no', binding: { constraint: 'noSurvivor' } });
    const dead = assessed({ eastus2: 'healthy', centralus: 'unhealthy', westus3: 'unhealthy' }, { trafficAlreadyGone: true });
    expect(certify(facts, 'singles', dead)[0]).toMatchObject({ survives: 'no', binding: { constraint: 'noSurvivor' } });
  });
});
