import { describe, expect, it } from 'vitest';
import { planRun, verifyCapacity } from '../../../src/domain/planning/index.ts';
import type { LoadFacts, WorkloadFacts } from '../../../src/domain/facts.ts';
import type { Plan, PlanResult } from '../../../src/domain/plan.ts';
import { known } from '../../../src/domain/reading.ts';
import { withLoad, withStamp } from './change.ts';
import { allHealthy, assessed, at, deadEast, greyEast, request, sampleFacts, sampleFleet, workload } from './threeRegions.ts';

const fleet = sampleFleet();
const facts = sampleFacts(fleet);
const byOperator = { by: 'operator', subject: 's', name: 'an operator' } as const;

function planned(result: PlanResult): Plan {
  if (result.kind === 'blocked') throw new Error(result.reasons.map(({ message }) => message).join('\n'));
  return result.plan;
}

const codes = (result: PlanResult): readonly string[] => (result.kind === 'blocked' ? result.reasons.map(({ code }) => code) : []);

describe('planRun: a failover', () => {
  it('makes room only where the traffic goes, then closes the gate and disables the origin', () => {
    const plan = planned(planRun({ fleet, facts, assessment: greyEast, request: request(), revision: 1 }));
    expect(plan.surges.map(({ stamp }) => stamp)).toEqual(['centralus']);
    expect(plan.surges[0]?.pools).toEqual([{ pool: 'user1', before: { minCount: 3, maxCount: 9 }, after: { minCount: 14, maxCount: 18 }, nodesWanted: 14 }]);
    expect(plan.gates).toEqual([{ stamp: 'eastus2', before: 'open', after: 'closed' }]);
    expect(plan.shifts.map(({ origin, after }) => [origin, after])).toEqual([['web-eastus2', { weight: 500, enabled: 'Disabled' }]]);
    expect(plan.expected.stamps.map(({ shareAfter }) => Math.round(shareAfter * 1000))).toEqual([0, 667, 333]);
  });

  it('makes room where users come from a region to which the model routes nobody, while it serves 1,000', () => {
    const demand = facts.demand.kind === 'unknown' ? facts.demand : known({ ...facts.demand.value, groups: facts.demand.value.groups.map((group) => ({ ...group, latencyMsByStamp: { ...group.latencyMsByStamp, eastus2: 90 } })) }, at);
    const plan = planned(planRun({ fleet, facts: { ...facts, demand }, assessment: greyEast, request: request(), revision: 1 }));
    expect(plan.surges.map(({ stamp }) => stamp)).toEqual(['centralus']);
  });

  it('plans the same surge when the traffic has gone already', () => {
    const graceful = planned(planRun({ fleet, facts, assessment: greyEast, request: request(), revision: 1 }));
    const ungraceful = planned(planRun({ fleet, facts, assessment: deadEast, request: request({ mode: 'ungraceful' }), revision: 1 }));
    expect(ungraceful.surges).toEqual(graceful.surges);
  });

  it('raises no HPA above what the fleet file allows', () => {
    const bounded = { ...fleet, workloads: fleet.workloads.map((one) => ({ ...one, surgeMaxReplicas: 50 })) };
    const plan = planned(planRun({ fleet: bounded, facts, assessment: deadEast, request: request({ mode: 'ungraceful' }), revision: 1 }));
    // web needs 63 and recommendations 33: 50 at most, and 33 with the slack of 33 / 0.8 = 42
    expect(plan.surges[0]?.hpas.map(({ workload: name, after }) => [name, after])).toEqual([['web', { minReplicas: 50, maxReplicas: 50 }], ['recommendations', { minReplicas: 33, maxReplicas: 42 }]]);
  });

  const ungracefulWith = (change: Partial<WorkloadFacts>): Plan => {
    const changed = withStamp(facts, 'centralus', ({ workloads }) => (workloads.kind === 'unknown' ? {} : { workloads: known(workloads.value.map((one) => (one.name === 'web' ? { ...one, ...change } : one)), at) }));
    return planned(planRun({ fleet, facts: changed, assessment: deadEast, request: request({ mode: 'ungraceful' }), revision: 1 }));
  };

  it('asks for as many replicas more as there are pods that fail', () => {
    // 26 of 29 are ready and use 69 % of 70 %: 26 x (69 / 70) x 2 x 1.1 = 56.4, so 57 that are ready, besides the 3 that fail
    expect(ungracefulWith({ readyReplicas: 26, availableReplicas: 26, failingReplicas: 3 }).surges[0]?.hpas[0]).toMatchObject({ workload: 'web', after: { minReplicas: 60 }, replicasWanted: 57 });
  });

  it('raises no HPA that 0 replicas switch off, and says so', () => {
    const plan = ungracefulWith({ requestedReplicas: 0, scheduledReplicas: 0, readyReplicas: 0, availableReplicas: 0 });
    expect(plan.surges[0]?.hpas.map(({ workload: name }) => name)).toEqual(['recommendations']);
    expect(plan.notes).toContainEqual(expect.stringMatching(/centralus: hpaDisabled \(web\) is short of 55 replicas/));
  });

  it('tells which workload the users who move will not find, and goes on', () => {
    const checkout = { ...fleet, workloads: fleet.workloads.map((one) => (one.name === 'recommendations' ? { ...one, stamps: ['eastus2', 'westus3'] } : one)) };
    const result = planRun({ fleet: checkout, facts, assessment: greyEast, request: request(), revision: 1 });
    // 1,000 requests/s go to centralus, 40 % of them for recommendations
    expect(result.kind === 'planned' ? result.findings.map(({ message }) => message) : []).toContainEqual(expect.stringMatching(/noSurvivor \(recommendations\) is short of 400 requests\/s; centralus does not run recommendations/));
    expect(planned(result).shifts).toHaveLength(1);
  });

  it('moves no traffic on suspicion alone', () => {
    const plan = planned(planRun({ fleet, facts, assessment: allHealthy, request: request({ scope: 'surgeOnly' }), revision: 1 }));
    expect(plan.surges).toHaveLength(1);
    expect([plan.gates, plan.shifts]).toEqual([[], []]);
  });

  it('is blocked without a healthy survivor (I1), by a survivor that is not well, and by a suspect observer (I7)', () => {
    const alone = assessed({ eastus2: 'unhealthy', centralus: 'unhealthy', westus3: 'unknown' });
    expect(codes(planRun({ fleet, facts, assessment: alone, request: request(), revision: 1 }))).toEqual(['lastHealthyOrigin']);
    const unwell = assessed({ eastus2: 'unhealthy', centralus: 'unknown', westus3: 'healthy' });
    expect(codes(planRun({ fleet, facts, assessment: unwell, request: request(), revision: 1 }))).toEqual(['survivorUnhealthy']);
    expect(codes(planRun({ fleet, facts, assessment: { ...greyEast, observerSuspect: true }, request: request(), revision: 1 }))).toEqual(['observerSuspect']);
  });

  it('gives a deeply equal plan for the same input', () => {
    const input = { fleet, facts, assessment: greyEast, request: request(), revision: 1 };
    expect(planRun(structuredClone(input))).toEqual(planRun(input));
  });
});

describe('planRun: the way back', () => {
  const drained = known({ originGroups: facts.traffic.kind === 'known' ? facts.traffic.value.originGroups.map((group) => ({ ...group, origins: group.origins.map((origin) => (origin.stamp === 'eastus2' ? { ...origin, enabled: 'Disabled' as const } : origin)) })) : [] }, at);

  it('restores the normal weight and opens the gate, with room made in the target first', () => {
    const plan = planned(planRun({ fleet, facts: { ...facts, traffic: drained }, assessment: allHealthy, request: request({ kind: 'failback', trigger: byOperator }), revision: 1 }));
    expect(plan.shifts.map(({ after }) => after)).toEqual([{ weight: 500, enabled: 'Enabled' }]);
    expect(plan.gates).toEqual([{ stamp: 'eastus2', before: 'closed', after: 'open' }]);
    expect(plan.surges.map(({ stamp }) => stamp)).toEqual(['eastus2']);
  });

  it('refuses a target that is worse (I10)', () => {
    expect(codes(planRun({ fleet, facts: { ...facts, traffic: drained }, assessment: greyEast, request: request({ kind: 'failback', trigger: byOperator }), revision: 1 }))).toEqual(['targetWorse']);
  });
});

describe('verifyCapacity (I2)', () => {
  const plan = planned(planRun({ fleet, facts, assessment: greyEast, request: request(), revision: 1 }));

  it('names what is missing, and proves once pods and nodes are there', () => {
    const before = verifyCapacity(plan, facts, fleet);
    expect(before).toEqual({ kind: 'notYet', missing: ['centralus: pool user1 has 8 of 14 nodes ready', 'centralus: web has 29 of 63 pods ready', 'centralus: recommendations has 15 of 33 pods ready', 'centralus: the load would be 138 % of ready capacity, above the ceiling of 80 %'] });
    const stamp = facts.stamps['centralus'];
    if (stamp?.nodes.kind !== 'known') throw new Error('no nodes');
    const [first] = stamp.nodes.value;
    if (first === undefined) throw new Error('no node');
    const grown = Array.from({ length: 6 }, (_, index) => ({ ...first, name: `new-${index}` }));
    const ready = { ...stamp, workloads: known([workload('web', 63), workload('recommendations', 33)], at), nodes: known([...stamp.nodes.value, ...grown], at) };
    expect(verifyCapacity(plan, { ...facts, stamps: { ...facts.stamps, centralus: ready } }, fleet).kind).toBe('proved');
    const webOn = (readyOnNodes: readonly string[]) =>
      verifyCapacity(plan, { ...facts, stamps: { ...facts.stamps, centralus: { ...ready, workloads: known([{ ...workload('web', 63), readyOnNodes }, workload('recommendations', 33)], at) } } }, fleet);
    expect(webOn(['user1-0', 'user1-3'])).toEqual({ kind: 'notYet', missing: ['centralus: ready pods of web lie in 1 of 2 zones'] });
    expect(webOn(['user1-0', 'user1-1']).kind).toBe('proved');
    const serving = (load: Partial<LoadFacts>) => verifyCapacity(plan, withLoad({ ...facts, stamps: { ...facts.stamps, centralus: ready } }, 'centralus', load), fleet);
    expect(serving({ errorRate: 0.12 })).toEqual({ kind: 'notYet', missing: ['centralus: 12 % of its requests fail under the load it has'] });
    expect(serving({ latencyMs: 3000 })).toEqual({ kind: 'notYet', missing: ['centralus: its requests take 3000 ms under the load it has'] });
    expect(serving({ errorRate: 0.001, latencyMs: 200 }).kind).toBe('proved');
  });
});
