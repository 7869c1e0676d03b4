import { describe, expect, it } from 'vitest';
import type { FleetAssessment, Verdict } from '../../../src/domain/assessment.ts';
import type { FleetFacts } from '../../../src/domain/facts.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { planHandBack, planRun, reassessPlan } from '../../../src/domain/planning/index.ts';
import { known, unknown } from '../../../src/domain/reading.ts';
import { withHpa, withLoad, withOrigin, withPool, withStamp } from './change.ts';
import { at, assessed, deadEast, greyEast, request, sampleFacts, sampleFleet } from './threeRegions.ts';

const fleet = sampleFleet();
const facts = sampleFacts(fleet);

function planOf(mode: 'graceful' | 'ungraceful'): Plan {
  const result = planRun({ fleet, facts, assessment: mode === 'graceful' ? greyEast : deadEast, request: request({ mode }), revision: 1 });
  if (result.kind === 'blocked') throw new Error(result.reasons.map(({ message }) => message).join('\n'));
  return result.plan;
}

const graceful = planOf('graceful');
const ungraceful = planOf('ungraceful');

function central(verdict: Verdict, vantage: 'inside' | 'outside' = 'outside'): FleetAssessment {
  const base = assessed({ eastus2: 'unhealthy', centralus: verdict, westus3: 'healthy' });
  return { ...base, stamps: base.stamps.map((one) => (one.stamp === 'centralus' ? { ...one, signals: [{ stamp: 'centralus', source: vantage === 'outside' ? ('frontDoorOriginErrors' as const) : ('nodeReadiness' as const), vantage, verdict, detail: '', observedAt: at, measure: null }] } : one)) };
}

function withDemand(factor: number): FleetFacts {
  if (facts.demand.kind === 'unknown') return facts;
  return { ...facts, demand: known({ ...facts.demand.value, groups: facts.demand.value.groups.map((group) => ({ ...group, requestsPerSecond: group.requestsPerSecond * factor })) }, at) };
}

describe('reassessPlan', () => {
  it.each<[string, Plan, FleetAssessment, FleetFacts, 'holds' | RegExp]>([
    ['nothing has changed', graceful, greyEast, facts, 'holds'],
    ['a survivor fails', graceful, central('unhealthy'), facts, /centralus.*unhealthy/],
    ['a survivor fails, the traffic has moved', ungraceful, central('unhealthy'), facts, /centralus.*unhealthy/],
    ['users see a survivor degrade', graceful, central('degraded'), facts, /centralus.*degraded/],
    ['that one surge itself makes look degraded from inside', graceful, central('degraded', 'inside'), facts, 'holds'],
    ['a survivor degrades under traffic that has moved anyway', ungraceful, central('degraded'), facts, 'holds'],
    ['a survivor becomes unknown (I6)', graceful, central('unknown'), facts, 'holds'],
    ['somebody else moves the origin', graceful, greyEast, withOrigin(facts, 'eastus2', { weight: 7 }), /somebody else/],
    ['our own write has landed', graceful, greyEast, withOrigin(facts, 'eastus2', { enabled: 'Disabled' }), 'holds'],
    ['load grows within the headroom', graceful, greyEast, withDemand(1.08), 'holds'],
    ['load outgrows the room', graceful, greyEast, withDemand(1.4), /centralus: web would get 2800/],
    ['load outgrows the room, the traffic has moved', ungraceful, deadEast, withDemand(1.4), 'holds'],
    ['demand can no longer be read', graceful, greyEast, { ...withDemand(1.4), demand: unknown('gone', at) }, 'holds'],
  ])('%s', (_, plan, assessment, now, expected) => {
    const answer = reassessPlan(plan, assessment, now, fleet);
    if (expected === 'holds') expect(answer).toEqual({ kind: 'holds' });
    else expect(answer.kind === 'superseded' ? answer.why : answer.kind).toMatch(expected);
  });
});

describe('planHandBack', () => {
  const [surge] = graceful.surges;
  const after = (changed: FleetFacts): FleetFacts => {
    let applied = withPool(changed, 'centralus', { ...surge?.pools[0]?.after, count: 14 });
    for (const { workload, after: bounds } of surge?.hpas ?? []) applied = withHpa(applied, 'centralus', workload, bounds);
    return withLoad(applied, 'centralus', { requestsPerSecond: 1000 });
  };

  it('restores the original bounds, pods before nodes, and never a maxCount below the count', () => {
    const back = planHandBack(graceful.surges, after(facts), fleet);
    expect(back.kept).toEqual([]);
    expect(back.hpas.map(({ workload, to }) => [workload, to])).toEqual([['recommendations', { minReplicas: 9, maxReplicas: 20 }], ['web', { minReplicas: 18, maxReplicas: 38 }]]);
    expect(back.pools.map(({ to }) => to)).toEqual([{ minCount: 3, maxCount: 14 }]);
  });

  it('keeps what the load still needs', () => {
    const busy = planHandBack(graceful.surges, withLoad(after(facts), 'centralus', { requestsPerSecond: 2000, byWorkload: { web: 2000, recommendations: 800 } }), fleet);
    expect(busy.hpas.find(({ workload }) => workload === 'web')?.to).toEqual({ minReplicas: 18, maxReplicas: 55 });
  });

  it('leaves alone what another owner has changed, what is busy and what cannot be read (I12)', () => {
    const changed = planHandBack(graceful.surges, withHpa(withPool(after(facts), 'centralus', { maxCount: 21 }), 'centralus', 'web', { minReplicas: 12 }), fleet);
    expect(changed.kept.map(({ what, why }) => [what, why])).toEqual([['HPA shop/web', expect.stringMatching(/somebody else has set it to 12\.\./)], ['pool user1', expect.stringMatching(/somebody else has set it to 14\.\.21/)]]);
    const gone = planHandBack(graceful.surges, withStamp(after(facts), 'centralus', () => ({ workloads: unknown('timeout', at), pools: unknown('timeout', at) })), fleet);
    expect([gone.hpas, gone.pools, gone.kept.length]).toEqual([[], [], 3]);
    const owned = planHandBack(graceful.surges, withHpa(after(facts), 'centralus', 'web', { owner: { kind: 'reconciler', manager: 'keda-operator', how: 'keda', ignoresBounds: 'reverted' } }), fleet);
    expect(owned.kept.map(({ why }) => why)).toEqual(['a reconciler owns its bounds now']);
  });
});
