import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPlan } from '../../../src/domain/check/checkPlan.ts';
import type { Finding, Plan } from '../../../src/domain/plan.ts';
import { unknown, known } from '../../../src/domain/reading.ts';
import { fleetAssessment, now, originFacts, sampleFacts, sampleFleet, samplePlan, stampFacts, stampNames } from './fixture.ts';

const context = (change: Partial<Parameters<typeof checkPlan>[1]> = {}) => ({
  fleet: sampleFleet(), facts: sampleFacts(), assessment: fleetAssessment({ eastus2: 'unhealthy' }), ...change,
});
const check = (plan: Plan, change: Parameters<typeof context>[0] = {}): readonly Finding[] => checkPlan(plan, context(change));
const finding = (severity: Finding['severity'], invariant: Finding['invariant'], message: RegExp) =>
  expect.arrayContaining([{ severity, invariant, message: expect.stringMatching(message) as string }]);
const [surge] = samplePlan().surges;
if (surge === undefined) throw new Error('the sample plan has a surge');
const [poolSurge] = surge.pools;
const [hpaSurge] = surge.hpas;
if (poolSurge === undefined || hpaSurge === undefined) throw new Error('the sample plan raises a pool and an HPA');
const [shift] = samplePlan().shifts;
if (shift === undefined) throw new Error('the sample plan shifts an origin');

describe('checkPlan', () => {
  it('finds nothing in a good plan', () => {
    expect(check(samplePlan())).toEqual([]);
  });

  it('I1: refuses to take the last healthy origin of a group, by shift', () => {
    const plan = samplePlan({ gates: [], shifts: stampNames.map((stamp) => ({ ...shift, stamp, origin: `web-${stamp}` })) });
    expect(check(plan)).toEqual(finding('error', 'I1', /after setting web-westus3 to Disabled origin group web has no enabled, healthy origin/));
  });

  it('I1: refuses to take it by gate', () => {
    const plan = samplePlan({ shifts: [], gates: stampNames.map((stamp) => ({ stamp, before: 'open' as const, after: 'closed' as const })) });
    expect(check(plan)).toEqual(finding('error', 'I1', /after setting the gate of westus3 to closed/));
  });

  it('I1: an unhealthy or unknown survivor is none', () => {
    for (const verdict of ['unhealthy', 'unknown'] as const) {
      const assessment = fleetAssessment({ eastus2: 'degraded', centralus: verdict, westus3: verdict });
      expect(check(samplePlan(), { assessment })).toEqual(finding('error', 'I1', /no enabled, healthy origin/));
    }
  });

  it('I1: a disabled survivor is none', () => {
    const facts = sampleFacts({ origins: [originFacts('eastus2'), { ...originFacts('centralus'), enabled: 'Disabled' }, { ...originFacts('westus3'), enabled: 'Disabled' }] });
    expect(check(samplePlan(), { facts, assessment: fleetAssessment() })).toEqual(finding('error', 'I1', /no enabled, healthy origin/));
  });

  it('I1: refuses to move anything while origins cannot be read', () => {
    const facts = sampleFacts({ traffic: unknown('throttled', now) });
    expect(check(samplePlan(), { facts })).toEqual(finding('error', 'I1', /origins cannot be read \(throttled\)/));
  });

  it('I1: warns of a drain that leaves an origin of the stamp enabled', () => {
    expect(check(samplePlan({ gates: [], shifts: [] , surges: [] }))).toEqual([]);
    const plan = samplePlan({ gates: [], shifts: [{ ...shift, after: { weight: 1, enabled: 'Enabled' } }] });
    expect(check(plan)).toEqual(finding('warning', 'I1', /eastus2 stays enabled in group web/));
  });

  it('I2: refuses more load than replicas serve under the ceiling', () => {
    const base = samplePlan();
    const plan = { ...base, expected: { ...base.expected, stamps: base.expected.stamps.map((one) => ({ ...one, workloads: one.workloads.map((workload) => ({ ...workload, requestsPerSecondAfter: 1001 })) })) } };
    expect(check(plan)).toEqual(finding('error', 'I2', /web gets 1001 requests\/s, and 25 replicas serve 1000 under the ceiling of 0.8/));
    expect(check({ ...plan, mode: 'ungraceful' })).toEqual(finding('warning', 'I2', /web gets 1001/));
  });

  it('I2: refuses replicas that the HPA does not allow, or that nothing shows it allows', () => {
    const plan = samplePlan({ surges: [{ ...surge, hpas: [{ ...hpaSurge, after: { minReplicas: 20, maxReplicas: 20 } }] }] });
    expect(check(plan)).toEqual(finding('error', 'I2', /centralus: web needs 25 replicas and its HPA allows 20/));
    const blind = { ...sampleFacts().stamps, westus3: { ...stampFacts(), workloads: unknown('api gone', now) } };
    expect(check(samplePlan({ surges: [] }), { facts: sampleFacts({ stamps: blind }) })).toEqual(finding('error', 'I2', /westus3: the HPA of web cannot be read/));
  });

  it('I2: a surge never lowers anything', () => {
    const lowered = samplePlan({ surges: [{ ...surge, pools: [{ ...poolSurge, after: { minCount: 2, maxCount: 20 }, nodesWanted: 2 }], hpas: [{ ...hpaSurge, after: { minReplicas: 5, maxReplicas: 50 } }] }] });
    expect(check(lowered)).toEqual(finding('error', 'I2', /would lower the bounds of pool user1/));
    expect(check(lowered)).toEqual(finding('error', 'I2', /would lower the bounds of HPA shop\/web/));
  });

  it('I4: refuses what it has no readable state to undo to', () => {
    const blind = { ...sampleFacts().stamps, centralus: { ...stampFacts(), pools: unknown('timed out', now), workloads: unknown('timed out', now) } };
    const found = check(samplePlan(), { facts: sampleFacts({ stamps: blind }) });
    expect(found).toEqual(finding('error', 'I4', /centralus: pool user1 cannot be read/));
    expect(found).toEqual(finding('error', 'I4', /centralus: HPA shop\/web cannot be read/));
  });

  it('I6: a region that is unknown is not failed over by a first, graceful plan', () => {
    const assessment = fleetAssessment({ eastus2: 'unknown' });
    expect(check(samplePlan(), { assessment })).toEqual(finding('error', 'I6', /eastus2 is unknown, and unknown is not unhealthy/));
    expect(check(samplePlan({ revision: 2 }), { assessment })).toEqual(finding('warning', 'I6', /eastus2 is unknown/));
    expect(check(samplePlan({ kind: 'drain' }), { assessment })).toEqual([]);
  });

  it('I7: refuses a failover while the observer is the suspect', () => {
    const assessment = { ...fleetAssessment({ eastus2: 'unhealthy' }), observerSuspect: true };
    expect(check(samplePlan(), { assessment })).toEqual(finding('error', 'I7', /observer is the suspect/));
    expect(check(samplePlan({ kind: 'drain' }), { assessment })).toEqual(finding('warning', 'I7', /observer is the suspect/));
  });

  it('I10: no traffic goes to what is unhealthy or unknown', () => {
    const back = samplePlan({
      kind: 'failback', surges: [], gates: [{ stamp: 'eastus2', before: 'closed', after: 'open' }],
      shifts: [{ ...shift, before: { weight: 500, enabled: 'Disabled' }, after: { weight: 500, enabled: 'Enabled' } }],
    });
    const facts = sampleFacts({ origins: [{ ...originFacts('eastus2'), enabled: 'Disabled' }, originFacts('centralus'), originFacts('westus3')] });
    for (const verdict of ['unhealthy', 'unknown'] as const) {
      expect(check(back, { facts, assessment: fleetAssessment({ eastus2: verdict }) })).toEqual(finding('error', 'I10', new RegExp(`eastus2 would get traffic and is ${verdict}`)));
    }
    expect(check(back, { facts, assessment: fleetAssessment({ eastus2: 'degraded' }) })).toEqual(finding('warning', 'I10', /is degraded/));
    expect(check(back, { facts, assessment: fleetAssessment() }).filter((one) => one.severity === 'error')).toEqual([]);
  });

  it('I12: refuses a plan whose `before` is not there any more, and takes one whose `after` is', () => {
    const moved = (change: { minCount: number; maxCount: number }) => sampleFacts({ stamps: { ...sampleFacts().stamps, centralus: stampFacts({ pool: change }) } });
    expect(check(samplePlan(), { facts: moved({ minCount: 4, maxCount: 12 }) })).toEqual(finding('error', 'I12', /centralus: pool user1 is 4..12 now, and the plan's undo would write 3..12/));
    expect(check(samplePlan(), { facts: moved({ minCount: 9, maxCount: 20 }) })).toEqual([]);
    const hpaMoved = sampleFacts({ stamps: { ...sampleFacts().stamps, westus3: stampFacts({ hpa: { minReplicas: 7 } }) } });
    expect(check(samplePlan(), { facts: hpaMoved })).toEqual(finding('error', 'I12', /westus3: HPA shop\/web is 7..40 now/));
    const originMoved = sampleFacts({ origins: [{ ...originFacts('eastus2'), weight: 300 }, originFacts('centralus'), originFacts('westus3')] });
    expect(check(samplePlan(), { facts: originMoved })).toEqual(finding('error', 'I12', /origin web\/web-eastus2 is Enabled at 300 now/));
  });

  it('I12: refuses an HPA that a reconciler would revert, warns of one that is told to ignore it', () => {
    const owned = (ignoresBounds: 'ignored' | 'reverted') =>
      sampleFacts({ stamps: { ...sampleFacts().stamps, centralus: stampFacts({ hpa: { owner: { kind: 'reconciler', manager: 'keda-operator', how: 'keda', ignoresBounds } } }) } });
    expect(check(samplePlan(), { facts: owned('reverted') })).toEqual(finding('error', 'I12', /owned by keda-operator \(keda\), which would revert/));
    expect(check(samplePlan(), { facts: owned('ignored') })).toEqual(finding('warning', 'I12', /told to ignore/));
  });

  it.each([0, 1001, 1.5, Number.NaN])('limits: weight %s is refused', (weight) => {
    expect(check(samplePlan({ shifts: [{ ...shift, after: { weight, enabled: 'Disabled' } }] }))).toEqual(finding('error', 'limits', /not a whole number from 1 to 1000/));
  });

  it('limits: pools stay within the fleet file\'s bound and the service\'s', () => {
    const withPool = (after: { minCount: number; maxCount: number }, nodesWanted = 9) => samplePlan({ surges: [{ ...surge, pools: [{ ...poolSurge, after, nodesWanted }] }] });
    expect(check(withPool({ minCount: 9, maxCount: 41 }))).toEqual(finding('error', 'limits', /would go to maxCount 41; surgeMaxCount is 40/));
    expect(check(withPool({ minCount: 21, maxCount: 20 }))).toEqual(finding('error', 'limits', /bounds 21..20/));
    expect(check(withPool({ minCount: 9, maxCount: 20 }, 21))).toEqual(finding('error', 'I2', /21 nodes are wanted and maxCount would be 20/));
    const twice = samplePlan({ surges: [{ ...surge, pools: [poolSurge, poolSurge] }] });
    expect(check(twice)).toEqual(finding('error', 'limits', /would be written 2 times; one PUT moves both bounds/));
  });

  it('limits: pools that cannot be scaled by bounds, and busy ones', () => {
    const withPool = (pool: Parameters<typeof stampFacts>[0]) => check(samplePlan(), { facts: sampleFacts({ stamps: { ...sampleFacts().stamps, centralus: stampFacts(pool) } }) });
    expect(withPool({ pool: { autoscaled: 'fixed' } })).toEqual(finding('error', 'limits', /not autoscaled/));
    expect(withPool({ pool: { kind: 'VirtualMachines' } })).toEqual(finding('error', 'limits', /of kind VirtualMachines/));
    expect(withPool({ pool: { provisioningState: 'Scaling' } })).toEqual(finding('warning', 'I3', /is Scaling/));
  });

  it('limits: partial shifts need a latency window', () => {
    const plan = samplePlan({ kind: 'drain', reach: 'partial', gates: [], shifts: [{ ...shift, after: { weight: 100, enabled: 'Enabled' } }] });
    expect(check(plan, { facts: sampleFacts({ latencyWindowMs: 0 }) })).toEqual(finding('error', 'limits', /latency sensitivity is 0 ms/));
    expect(check(plan, { facts: sampleFacts({ latencyWindowMs: 50 }) })).toEqual([]);
  });

  it('limits: names that the fleet file or Front Door does not know', () => {
    expect(check(samplePlan({ stamps: ['mars'] }))).toEqual(finding('error', 'limits', /the fleet file has no stamp mars/));
    expect(check(samplePlan({ stamps: [] }))).toEqual(finding('error', 'limits', /names no stamp/));
    expect(check(samplePlan({ shifts: [{ ...shift, origin: 'web-mars' }] }))).toEqual(finding('error', 'limits', /Front Door has no origin web-mars/));
    expect(check(samplePlan({ surges: [{ ...surge, stamp: 'eastus2' }] }))).toEqual(finding('error', 'limits', /eastus2 is to be drained and surged at once/));
    // A drill may hold pods for its users' return; nodes are what survivors are given.
    expect(check(samplePlan({ kind: 'drill', surges: [{ ...surge, stamp: 'eastus2' }] }))).toEqual(finding('error', 'limits', /eastus2 is to be drained and surged at once/));
    expect(check(samplePlan({ kind: 'drill', surges: [{ ...surge, stamp: 'eastus2', pools: [] }] }))).not.toEqual(finding('error', 'limits', /eastus2 is to be drained and surged at once/));
    expect(check(samplePlan({ shifts: [shift, shift, shift] }))).toEqual(finding('error', 'limits', /would be written 3 times/));
  });

  it('limits: only tier 3 is shed, and only where policy allows it', () => {
    const shed = { stamp: 'centralus', workload: 'recommendations', namespace: 'shop', hpa: 'recommendations', before: { minReplicas: 6, maxReplicas: 40 }, after: { minReplicas: 1, maxReplicas: 2 } };
    expect(check(samplePlan({ sheds: [shed] }))).toEqual(finding('error', 'limits', /not allowed by policy.shedTier3/));
    const fleet = sampleFleet({ policy: { shedTier3: 'whenShort' } });
    expect(check(samplePlan({ sheds: [shed] }), { fleet })).toEqual(finding('error', 'limits', /is of tier 2/));
    const tier3 = { ...fleet, workloads: fleet.workloads.map((one) => ({ ...one, tier: one.name === 'recommendations' ? 3 as const : one.tier })) };
    expect(check(samplePlan({ sheds: [shed] }), { fleet: tier3 })).toEqual([]);
    expect(check(samplePlan({ sheds: [{ ...shed, after: { minReplicas: 0, maxReplicas: 2 } }] }), { fleet: tier3 })).toEqual(finding('error', 'limits', /bounds 0..2 of HPA/));
  });

  it('property, I1: whatever is drained, an error is found exactly when no healthy, open, enabled origin stays', () => {
    const subset = fc.subarray([...stampNames]);
    fc.assert(
      fc.property(subset, subset, subset, subset, (shifted, gated, sick, disabled) => {
        const facts = sampleFacts({ origins: stampNames.map((stamp) => ({ ...originFacts(stamp), enabled: disabled.includes(stamp) ? 'Disabled' as const : 'Enabled' as const })) });
        const assessment = fleetAssessment(Object.fromEntries(sick.map((stamp) => [stamp, 'unhealthy' as const])));
        const plan = samplePlan({
          kind: 'drain', surges: [], expected: { readyInSeconds: 0, surgeCostPerHourUsd: null, stamps: [] },
          gates: gated.map((stamp) => ({ stamp, before: 'open' as const, after: 'closed' as const })),
          shifts: shifted.map((stamp) => ({ ...shift, stamp, origin: `web-${stamp}`, before: { weight: 500, enabled: disabled.includes(stamp) ? 'Disabled' as const : 'Enabled' as const } })),
        });
        const servesBefore = stampNames.some((stamp) => !sick.includes(stamp) && !disabled.includes(stamp));
        const servesAfter = stampNames.some((stamp) => !sick.includes(stamp) && !disabled.includes(stamp) && !shifted.includes(stamp) && !gated.includes(stamp));
        const errors = checkPlan(plan, { fleet: sampleFleet(), facts, assessment }).filter((one) => one.invariant === 'I1' && one.severity === 'error');
        expect(errors.length > 0).toBe(servesBefore && !servesAfter);
      }),
    );
  });

  it('warns that a plan stands on the worst case when demand is unknown', () => {
    expect(check(samplePlan(), { facts: sampleFacts({ demand: unknown('no log', now) }) })).toEqual(finding('warning', 'I2', /demand cannot be read/));
    expect(check(samplePlan(), { facts: sampleFacts({ demand: known({ source: 'accessLog', groups: [] }, now) }) })).toEqual([]);
  });
});
