import { describe, expect, it } from 'vitest';
import { checkPlan } from '../../../src/domain/check/checkPlan.ts';
import type { FleetFacts } from '../../../src/domain/facts.ts';
import type { Fleet } from '../../../src/domain/fleet.ts';
import { planRun, withoutLateNodes } from '../../../src/domain/planning/index.ts';
import type { Plan, PlanResult } from '../../../src/domain/plan.ts';
import { known, unknown } from '../../../src/domain/reading.ts';
import type { RunRequest } from '../../../src/domain/run.ts';
import { withFreeCores, withHpa, withOrigin, withPool, withStamp } from './change.ts';
import { allHealthy, assessed, at, deadEast, greyEast, request, sampleFacts, sampleFleet } from './threeRegions.ts';

const fleet = sampleFleet();
const atWindow0 = sampleFacts(fleet);
/** Wide enough for every stamp to be eligible everywhere: 1,000 requests a second each, by equal weights. */
const atWindow60 = sampleFacts(fleet, 60);
const shedding: Fleet = { ...fleet, workloads: fleet.workloads.map((one) => (one.name === 'recommendations' ? { ...one, tier: 3 } : one)), policy: { ...fleet.policy, shedTier3: 'whenShort' } };

const plan = (facts: FleetFacts, overrides: Partial<RunRequest> = {}, of: Fleet = fleet, assessment = overrides.kind === 'drain' ? allHealthy : greyEast): PlanResult => planRun({ fleet: of, facts, assessment, request: request(overrides), revision: 1 });

function planned(result: PlanResult): Plan {
  if (result.kind === 'blocked') throw new Error(result.reasons.map(({ message }) => message).join('\n'));
  return result.plan;
}

const errorsOf = (one: Plan, facts: FleetFacts, of: Fleet = fleet, assessment = greyEast) => checkPlan(one, { fleet: of, facts, assessment }).filter(({ severity }) => severity === 'error');

describe('when one survivor has no room', () => {
  it('at window 0 nothing can be done but to say which setting and which shortage stand in the way', () => {
    const result = plan(withFreeCores(atWindow0, 'centralus', 8));
    if (result.kind !== 'blocked') throw new Error('planned');
    expect(result.reasons.map(({ code }) => code)).toEqual(['shortOfRoom', 'weightsInert']);
    expect(result.reasons[1]?.message).toMatch(/additionalLatencyInMilliseconds/);
    const [short] = result.reasons;
    expect(short?.code === 'shortOfRoom' ? short.shortfalls.map(({ stamp, constraint, missing }) => [stamp, constraint, missing]) : []).toEqual([['centralus', 'vcpuQuotaFamily', 16]]);
  });

  it('inside a latency window the other survivor takes more, and the weights that change come before the drain', () => {
    const facts = withFreeCores(atWindow60, 'centralus', 0);
    const shifted = planned(plan(facts));
    expect(shifted.reach).toBe('full');
    expect(shifted.shifts.map(({ stamp }) => stamp)).toEqual(['centralus', 'eastus2']);
    expect(shifted.shifts[0]?.after.weight).toBeLessThan(500);
    expect(shifted.gates).toEqual([]);
    expect(shifted.surges.find(({ stamp }) => stamp === 'centralus')?.pools ?? []).toEqual([]);
    const central = shifted.expected.stamps.find(({ stamp }) => stamp === 'centralus');
    expect(central?.shareAfter).toBeLessThan(0.5);
    expect(errorsOf(shifted, facts)).toEqual([]);
  });

  it('keeps all weights when none needs to change', () => {
    expect(planned(plan(atWindow60)).shifts.map(({ stamp }) => stamp)).toEqual(['eastus2']);
  });
});

describe('when no survivor has room for all', () => {
  const short = withFreeCores(withFreeCores(atWindow60, 'centralus', 0), 'westus3', 0);

  it('a failover moves the part for which there is room, and leaves the gate open', () => {
    const partial = planned(plan(short));
    expect(partial.reach).toBe('partial');
    expect(partial.gates).toEqual([]);
    expect(partial.shifts).toHaveLength(1);
    const [shift] = partial.shifts;
    expect(shift?.after.enabled).toBe('Enabled');
    expect(shift?.after.weight).toBeGreaterThanOrEqual(1);
    expect(shift?.after.weight).toBeLessThan(500);
    expect(partial.expected.stamps[0]?.shareAfter).toBeGreaterThan(0);
    expect(partial.expected.stamps[0]?.shareAfter).toBeLessThan(0.34);
    expect(errorsOf(partial, short)).toEqual([]);
  });

  it('a drain is all or nothing', () => {
    const result = plan(short, { kind: 'drain', trigger: { by: 'operator', subject: 's', name: 'n' } });
    expect(result.kind === 'blocked' ? result.reasons.map(({ code }) => code) : []).toEqual(['shortOfRoom']);
  });

  it('an ungraceful failover makes what room there is, for the lower tier last, and says what is missing', () => {
    const result = plan(short, { mode: 'ungraceful' }, fleet, deadEast);
    const ungraceful = planned(result);
    expect(ungraceful.shifts.map(({ stamp }) => stamp)).toEqual(['eastus2']);
    expect(result.kind === 'planned' ? result.findings.map(({ severity }) => severity) : []).toEqual(['warning', 'warning']);
    for (const { hpas } of ungraceful.surges) {
      const web = hpas.find(({ workload }) => workload === 'web');
      const recommendations = hpas.find(({ workload }) => workload === 'recommendations');
      expect(web?.replicasWanted).toBeGreaterThan(29);
      expect(recommendations?.replicasWanted ?? 15).toBeLessThanOrEqual(15);
    }
    expect(errorsOf(ungraceful, short, fleet, deadEast)).toEqual([]);
  });

  it('sheds tier 3 where the policy lets it, and only where it is short', () => {
    const facts = withFreeCores(atWindow0, 'centralus', 0);
    const none = plan(facts, {}, { ...shedding, policy: { ...shedding.policy, shedTier3: 'never' } });
    expect(none.kind).toBe('blocked');
    const room = withFreeCores(atWindow0, 'centralus', 12);
    const shed = planned(plan(room, {}, shedding));
    expect(shed.sheds).toEqual([{ stamp: 'centralus', workload: 'recommendations', namespace: 'shop', hpa: 'recommendations', before: { minReplicas: 9, maxReplicas: 20 }, after: { minReplicas: 1, maxReplicas: 1 } }]);
    expect(shed.expected.stamps.find(({ stamp }) => stamp === 'centralus')?.workloads.map(({ workload }) => workload)).toEqual(['web']);
    expect(errorsOf(shed, room, shedding)).toEqual([]);
    expect(planned(plan(atWindow0, {}, shedding)).sheds).toEqual([]);
    expect(planned(plan(room, { mode: 'ungraceful' }, shedding, deadEast)).sheds).toEqual(shed.sheds);
  });

  it('sheds nothing on suspicion alone: that would hurt users for what may be nothing', () => {
    expect(planned(plan(withFreeCores(atWindow0, 'centralus', 12), { scope: 'surgeOnly' }, shedding)).sheds).toEqual([]);
  });
});

describe('a suspicion that finds too little room', () => {
  const facts = withFreeCores(atWindow60, 'centralus', 0);
  const suspicion = planned(plan(facts, { scope: 'surgeOnly' }));

  it('is planned anew by weights once the failure is confirmed', () => {
    const confirmed = planned(planRun({ fleet, facts, assessment: greyEast, request: request(), revision: 2, previous: suspicion }));
    expect(confirmed.shifts.map(({ stamp }) => stamp)).toEqual(['centralus', 'eastus2']);
  });
});

describe('replicas that may not be', () => {
  const bounded: Fleet = { ...fleet, workloads: fleet.workloads.map((one) => (one.name === 'web' ? { ...one, surgeMaxReplicas: 40 } : one)) };
  const reconciled = ['web', 'recommendations'].reduce((facts, workload) => withHpa(facts, 'centralus', workload, { owner: { kind: 'reconciler', manager: 'kustomize-controller', how: 'flux', ignoresBounds: 'reverted' } }), atWindow0);
  const centralus = (result: PlanResult) => planned(result).surges.find(({ stamp }) => stamp === 'centralus');

  it('on suspicion room is made as far as the fleet file lets it be, with nodes for no more, and the linter only warns', () => {
    const result = plan(atWindow0, { scope: 'surgeOnly' }, bounded);
    const surge = centralus(result);
    expect(surge?.hpas.find(({ workload }) => workload === 'web')).toMatchObject({ replicasWanted: 40, after: { minReplicas: 40, maxReplicas: 40 } });
    expect(surge?.pools[0]?.nodesWanted).toBeLessThan(centralus(plan(atWindow0, { scope: 'surgeOnly' }))?.pools[0]?.nodesWanted ?? 0);
    expect(errorsOf(planned(result), atWindow0, bounded)).toEqual([]);
    expect(checkPlan(planned(result), { fleet: bounded, facts: atWindow0, assessment: greyEast })).toContainEqual({ severity: 'warning', invariant: 'I2', message: 'centralus: web needs 63 replicas and its HPA allows 40' });
  });

  it('the same plan with a shift in it is an error: traffic would come to too few replicas', () => {
    const shifts = planned(plan(atWindow0)).shifts;
    expect(errorsOf({ ...planned(plan(atWindow0, { scope: 'surgeOnly' }, bounded)), shifts }, atWindow0, bounded).map(({ invariant }) => invariant)).toContain('I2');
  });

  it('on suspicion with nothing that could be raised the run is blocked, and says who holds it', () => {
    const result = plan(reconciled, { scope: 'surgeOnly' });
    expect(result.kind === 'blocked' ? result.reasons.flatMap((reason) => (reason.code === 'shortOfRoom' ? reason.shortfalls.map(({ constraint }) => constraint) : [])) : []).toContain('hpaOwnedByReconciler');
  });

  it('and no node is asked for in an ungraceful run either', () => {
    expect(centralus(plan(reconciled, { mode: 'ungraceful' }, fleet, deadEast))).toBeUndefined();
  });

  it('a bound is got around by weights as a quota is', () => {
    const facts = withStamp(atWindow60, 'centralus', ({ network }) => (network.kind === 'unknown' ? {} : { network: known({ ...network.value, resourceQuotas: [{ namespace: 'shop', resource: 'pods', used: 44, hard: 44 }] }, at) }));
    expect(planned(plan(facts)).shifts.map(({ stamp }) => stamp)).toEqual(['centralus', 'eastus2']);
  });

  it('behind another priority no weight moves anybody: blocked, and not a partial run that moves nothing', () => {
    const standby = withFreeCores(withOrigin(withOrigin(atWindow60, 'westus3', { enabled: 'Disabled' }), 'centralus', { priority: 2 }), 'centralus', 0);
    const result = plan(standby);
    expect(result.kind === 'blocked' ? result.reasons.map(({ code }) => code) : []).toEqual(['shortOfRoom']);
  });
});

describe('nodes that did not come', () => {
  const asked = planned(plan(atWindow0));
  const late = withPool(atWindow0, 'centralus', { minCount: 14, maxCount: 18, count: 10 });

  it('are not counted on again, and are told as late rather than as a bound of the fleet file', () => {
    const counted = withoutLateNodes(late, [asked], at);
    expect(counted.late).toMatchObject([{ stamp: 'centralus', constraint: 'nodesLate', subject: 'user1', missing: 6, unit: 'nodes', fix: expect.stringContaining('Standard_D4s_v5') as string }]);
    const again = planRun({ fleet, facts: counted.facts, assessment: greyEast, request: request(), revision: 2, previous: asked });
    const [short] = again.kind === 'blocked' ? again.reasons : [];
    expect(short?.code === 'shortOfRoom' ? short.shortfalls.map(({ constraint }) => constraint) : []).toEqual(['nodesLate']);
  });

  it('are given the time that nodes may take', () => {
    expect(withoutLateNodes(late, [asked], at - 1)).toEqual({ facts: late, late: [] });
  });
});

describe('what a run is refused for', () => {
  it.each<[string, () => PlanResult, readonly string[]]>([
    ['a stamp that is not there', () => plan(atWindow0, { stamps: ['mars'] }), ['unknownStamp']],
    ['a stamp that is drained already', () => plan(withOrigin(atWindow0, 'eastus2', { enabled: 'Disabled' })), ['alreadyDrained']],
    ['a stamp that serves already', () => plan(atWindow0, { kind: 'failback', trigger: { by: 'operator', subject: 's', name: 'n' } }, { ...fleet, stamps: fleet.stamps.map((one) => ({ ...one, gate: null })) }, allHealthy), ['notDrained']],
    ['settings that cannot be read', () => plan({ ...atWindow0, traffic: unknown('ARM is down', at) }), ['factsUnknown']],
    ['all stamps at once', () => plan(atWindow0, { stamps: ['eastus2', 'centralus', 'westus3'] }), ['lastHealthyOrigin']],
    ['a survivor that users see degraded', () => plan(atWindow0, {}, fleet, outsideDegraded), ['survivorUnhealthy']],
  ])('%s', (_, make, codes) => {
    const result = make();
    expect(result.kind === 'blocked' ? result.reasons.map(({ code }) => code) : []).toEqual(codes);
  });

  const outsideDegraded = {
    ...greyEast,
    stamps: greyEast.stamps.map((one) => (one.stamp === 'centralus' ? { ...one, verdict: 'degraded' as const, signals: [{ stamp: 'centralus', source: 'frontDoorOriginErrors' as const, vantage: 'outside' as const, verdict: 'degraded' as const, detail: '', observedAt: at, measure: null }] } : one)),
  };

  it('a survivor that only looks degraded from inside does not stop it: that is our own surge', () => {
    const inside = { ...outsideDegraded, stamps: outsideDegraded.stamps.map((one) => ({ ...one, signals: one.signals.map((signal) => ({ ...signal, source: 'nodeReadiness' as const, vantage: 'inside' as const })) })) };
    expect(plan(atWindow0, {}, fleet, inside).kind).toBe('planned');
  });

  it('an unwell stamp that gains nothing does not stop it', () => {
    expect(plan(atWindow0, {}, fleet, assessed({ eastus2: 'unhealthy', centralus: 'healthy', westus3: 'unknown' })).kind).toBe('planned');
  });

  it('is not alreadyDrained in a later revision of the run that drained it', () => {
    const first = planned(plan(atWindow0));
    const again = planRun({ fleet, facts: withOrigin(atWindow0, 'eastus2', { enabled: 'Disabled' }), assessment: greyEast, request: request(), revision: 2, previous: first });
    expect(planned(again).surges.map(({ stamp }) => stamp)).toEqual(['centralus']);
  });
});

describe('each origin group by itself (I1)', () => {
  const groups: Fleet = { ...fleet, stamps: fleet.stamps.map((stamp) => (stamp.name === 'eastus2' ? { ...stamp, origins: [...stamp.origins, { originGroup: 'api', origin: 'api-eastus2', normalWeight: 500, priority: 1 }] } : stamp)) };
  const facts: FleetFacts = atWindow0.traffic.kind === 'unknown' ? atWindow0 : { ...atWindow0, traffic: { ...atWindow0.traffic, value: { originGroups: [...atWindow0.traffic.value.originGroups, { name: 'api', latencyWindowMs: 0, probeDrainSeconds: 60, origins: [{ stamp: 'eastus2', origin: 'api-eastus2', hostName: 'x', weight: 500, priority: 1, enabled: 'Enabled' }] }] } } };

  it('refuses to take the last one of any group', () => {
    const result = plan(facts, {}, groups);
    expect(result.kind === 'blocked' ? result.reasons : []).toMatchObject([{ code: 'lastHealthyOrigin', originGroup: 'api' }]);
  });
});

describe('bounds', () => {
  it('raises minCount and maxCount of a pool together, never above surgeMaxCount, and lowers nothing', () => {
    const facts = withPool(atWindow0, 'centralus', { minCount: 9, maxCount: 30 });
    for (const { pools, hpas } of planned(plan(facts)).surges) {
      for (const { before, after } of pools) {
        expect(after.minCount).toBeGreaterThanOrEqual(before.minCount);
        expect(after.maxCount).toBeGreaterThanOrEqual(before.maxCount);
        expect(after.maxCount).toBeLessThanOrEqual(40);
      }
      for (const { before, after } of hpas) {
        expect(after.minReplicas).toBeGreaterThanOrEqual(before.minReplicas);
        expect(after.maxReplicas).toBeGreaterThanOrEqual(before.maxReplicas);
      }
    }
  });

  it('makes room without moving traffic when Front Door cannot be read and the stamp is dead', () => {
    const plan_ = planned(plan({ ...atWindow0, traffic: unknown('ARM is down', at) }, { mode: 'ungraceful' }, fleet, deadEast));
    expect(plan_.surges.map(({ stamp }) => stamp)).toContain('centralus');
    expect([plan_.gates, plan_.shifts]).toEqual([[], []]);
  });
});
