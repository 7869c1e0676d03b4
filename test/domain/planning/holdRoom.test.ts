import { describe, expect, it } from 'vitest';
import { checkPlan } from '../../../src/domain/check/checkPlan.ts';
import type { FleetFacts, HpaFacts, WorkloadFacts } from '../../../src/domain/facts.ts';
import type { ChainedEntry } from '../../../src/domain/ledgerEvent.ts';
import { planHandBack, planRun, trafficBackAt, verifyCapacity, whyNoReturn } from '../../../src/domain/planning/index.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { known, unknown } from '../../../src/domain/reading.ts';
import type { RunRequest } from '../../../src/domain/run.ts';
import { undoMark } from '../../../src/domain/undo.ts';
import { withHpa, withLoad, withStamp } from './change.ts';
import { allHealthy, at, request, sampleFacts, sampleFleet, workload } from './threeRegions.ts';

const fleet = sampleFleet();
const sample = sampleFacts(fleet);
const drill = request({ kind: 'drill', stamps: ['centralus'], drill: 'monthly', trigger: { by: 'drillSchedule', drill: 'monthly' } });
const drain = request({ kind: 'drain', stamps: ['centralus'], trigger: { by: 'operator', subject: 's', name: 'op' } });

const resultOf = (asked: RunRequest, facts: FleetFacts = sample, previous: Plan | null = null) => planRun({ fleet, facts, assessment: allHealthy, request: asked, revision: previous === null ? 1 : 2, previous });

function planOf(...of: Parameters<typeof resultOf>): Plan {
  const result = resultOf(...of);
  if (result.kind === 'blocked') throw new Error(result.reasons.map(({ message }) => message).join('; '));
  return result.plan;
}

const ownRoom = (plan: Plan) => plan.surges.find(({ stamp }) => stamp === 'centralus');
const running = (facts: FleetFacts, workloads: readonly WorkloadFacts[]): FleetFacts => withStamp(facts, 'centralus', () => ({ workloads: known(workloads, at) }));
const scaledTo = (web: number): readonly WorkloadFacts[] => [workload('web', web), workload('recommendations', 15)];

describe('a drill holds the room of its own stamp for the return (I2)', () => {
  it('raises the minimum of each HPA to what runs before its users leave, and nothing else', () => {
    const plan = planOf(drill);
    expect(ownRoom(plan)).toEqual({
      stamp: 'centralus',
      pools: [],
      hpas: [
        { workload: 'web', namespace: 'shop', hpa: 'web', before: { minReplicas: 18, maxReplicas: 38 }, after: { minReplicas: 29, maxReplicas: 38 }, replicasWanted: 29 },
        { workload: 'recommendations', namespace: 'shop', hpa: 'recommendations', before: { minReplicas: 9, maxReplicas: 20 }, after: { minReplicas: 15, maxReplicas: 20 }, replicasWanted: 15 },
      ],
    });
    expect(plan.notes).toContain('centralus keeps the pods that run there now: its users come back to them at once');
    expect(checkPlan(plan, { fleet, facts: sample, assessment: allHealthy }).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('asks nothing of an HPA whose minimum is as high already, and waits for no pod that does not come up', () => {
    const high = withHpa(sample, 'centralus', 'web', { minReplicas: 29 });
    expect(ownRoom(planOf(drill, high))?.hpas.map((hpa) => hpa.workload)).toEqual(['recommendations']);
    const failing = running(sample, [{ ...workload('web', 29), readyReplicas: 27, failingReplicas: 2 }, workload('recommendations', 15)]);
    expect(ownRoom(planOf(drill, failing))?.hpas[0]).toMatchObject({ after: { minReplicas: 29 }, replicasWanted: 27 });
  });

  it.each<[string, HpaFacts['owner'], RegExp]>([
    ['KEDA', { kind: 'reconciler', manager: 'keda-operator', how: 'keda', ignoresBounds: 'reverted' }, /web.*short of 11 replicas.*raise minReplicaCount/],
    ['Flux', { kind: 'reconciler', manager: 'kustomize-controller', how: 'flux', ignoresBounds: 'reverted' }, /web.*short of 11 replicas.*let it ignore them/],
  ])('does not begin where %s holds a minimum below it', (_, owner, why) => {
    const result = resultOf(drill, withHpa(sample, 'centralus', 'web', { owner }));
    expect(result).toMatchObject({ kind: 'blocked', reasons: [{ code: 'shortOfRoom', shortfalls: [{ stamp: 'centralus', constraint: 'hpaOwnedByReconciler', subject: 'web', missing: 11 }], message: expect.stringMatching(why) }] });
    expect(resultOf(drill, withHpa(sample, 'centralus', 'web', { owner, minReplicas: 29 })).kind).toBe('planned');
  });

  it('does not begin where what runs there cannot be read', () => {
    const facts = withStamp(sample, 'centralus', () => ({ workloads: unknown('timeout', at) }));
    expect(resultOf(drill, facts)).toMatchObject({ kind: 'blocked', reasons: [{ code: 'factsUnknown', inputs: ['centralus.workloads'] }] });
  });

  it('keeps in a later plan what an earlier one holds', () => {
    const first = planOf(drill);
    const held = withHpa(withHpa(sample, 'centralus', 'web', { minReplicas: 29 }), 'centralus', 'recommendations', { minReplicas: 15 });
    expect(ownRoom(planOf(drill, held, first))).toBeUndefined();
  });

  it('is proved before its users leave: pods ready, minimums as they were set', () => {
    // The survivors have had their room; nobody is to be waited for but centralus.
    const plan: Plan = { ...planOf(drill), expected: { readyInSeconds: 0, surgeCostPerHourUsd: 0, stamps: [] } };
    const held = withHpa(withHpa(sample, 'centralus', 'web', { minReplicas: 29 }), 'centralus', 'recommendations', { minReplicas: 15 });
    expect(verifyCapacity(plan, held, fleet)).toEqual({ kind: 'proved', stamps: [] });
    const oneShort = withStamp(held, 'centralus', ({ workloads }) => ({ workloads: known((workloads.kind === 'known' ? workloads.value : []).map((one) => (one.name === 'web' ? { ...one, readyReplicas: 28 } : one)), at) }));
    expect(verifyCapacity(plan, oneShort, fleet)).toEqual({ kind: 'notYet', missing: ['centralus: web has 28 of the 29 pods ready that its users come back to'] });
    expect(verifyCapacity(plan, sample, fleet)).toMatchObject({ kind: 'impossible', why: [expect.stringMatching(/HPA of web is back at 18/), expect.stringMatching(/recommendations is back at 9/)] });
    expect(verifyCapacity(plan, withStamp(held, 'centralus', () => ({ workloads: unknown('timeout', at) })), fleet)).toMatchObject({ kind: 'notYet' });
  });
});

describe('room that a drill held goes back once its users have settled (I5)', () => {
  const plan = planOf(drill);
  const back = at + 900_000;
  const entries = [
    { id: 'r1:1:plan', at, event: { type: 'PlanMade', plan } },
    { id: `r1:1:r1${undoMark}gate:centralus:outcome`, at: back, event: { type: 'WriteSucceeded', write: { target: 'gate', stamp: 'centralus', set: 'open', expiresAt: 0 } } },
    { id: `r1:1:r1${undoMark}origin:web:web-westus3:outcome`, at: back, event: { type: 'WriteSucceeded', write: { target: 'origin', stamp: 'westus3', originGroup: 'web', origin: 'web-westus3', set: { weight: 500, enabled: 'Enabled' } } } },
  ] as unknown as readonly ChainedEntry[];

  it('and is theirs until then: half an hour from their return', () => {
    const hpa = { target: 'hpa', stamp: 'centralus', namespace: 'shop', hpa: 'web' } as const;
    const held = { ...hpa, set: { minReplicas: 29, maxReplicas: 38 } };
    const restore = { ...hpa, set: { minReplicas: 18, maxReplicas: 38 } };
    const handBack = (trafficBack: number | null, now: number) =>
      planHandBack([{ key: 'hpa/centralus/shop/web', stamp: 'centralus', ours: [held], restore, loadBefore: {}, trafficBackAt: trafficBack }], new Map([['hpa/centralus/shop/web', held]]), sample.stamps, fleet, now);
    expect(handBack(back, back + 29 * 60_000)).toMatchObject({ writes: [], kept: [{ stamp: 'centralus', why: expect.stringContaining('only just come back') }] });
    expect(handBack(back, back + 30 * 60_000)).toMatchObject({ writes: [{ write: restore }], kept: [] });
    expect(handBack(null, back).writes).toHaveLength(1);
  });

  it('which binds the stamps that it held alone, and not before they have their users back', () => {
    expect(trafficBackAt(entries, 'centralus')).toBe(back);
    expect(trafficBackAt(entries, 'westus3')).toBeNull();
    expect(trafficBackAt(entries.slice(0, 1), 'centralus')).toBeNull();
  });
});

describe('an undo gives a stamp its users back while it can serve them (I2)', () => {
  const plan = planOf(drain);
  const record = (of: Plan) => [{ id: 'r1:1:plan', at, event: { type: 'PlanMade', plan: of } }] as unknown as readonly ChainedEntry[];
  const why = (workloads: readonly WorkloadFacts[], of: Plan = plan) => whyNoReturn(record(of), 'centralus', known(workloads, at), fleet);

  it('a drain puts on record what served them, holds nothing, and later plans keep that', () => {
    expect(ownRoom(plan)).toBeUndefined();
    const leaving = [{ stamp: 'centralus', workloads: [{ workload: 'web', readyReplicas: 29, requestsPerSecond: 1000 }, { workload: 'recommendations', readyReplicas: 15, requestsPerSecond: 400 }] }];
    expect(plan.leaving).toEqual(leaving);
    const emptied = withLoad(running(sample, scaledTo(18)), 'centralus', { requestsPerSecond: 0, byWorkload: {} });
    expect(planOf(drain, emptied, plan).leaving).toEqual(leaving);
    expect(planOf(drill).leaving).toBeUndefined();
  });

  it('with as many pods as served them, or as many as carry them under the ceiling', () => {
    const rated = fleet.workloads.find(({ name }) => name === 'web')?.requestsPerSecondPerReplica ?? 0;
    const enough = Math.ceil(1000 / (rated * fleet.policy.utilisationCeiling));
    expect(enough).toBeLessThan(29);
    expect(why(scaledTo(29))).toBeNull();
    expect(why(scaledTo(enough))).toBeNull();
    expect(why(scaledTo(enough - 1))).toBe(`centralus has scaled down meanwhile: web has ${enough - 1} of the 29 replicas that served its users`);
  });

  it('which must be known, load or none', () => {
    const unmeasured = planOf(drain, withStamp(sample, 'centralus', () => ({ load: unknown('timeout', at) })));
    expect(why(scaledTo(28), unmeasured)).toMatch(/web has 28 of the 29/);
    expect(whyNoReturn(record(plan), 'centralus', unknown('timeout', at), fleet)).toBe('what runs in centralus is not known (timeout)');
    expect(whyNoReturn(record(planOf(drill)), 'centralus', unknown('timeout', at), fleet)).toBeNull();
  });
});
