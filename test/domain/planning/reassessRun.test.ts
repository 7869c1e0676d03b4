import { describe, expect, it } from 'vitest';
import type { FleetAssessment, Verdict } from '../../../src/domain/assessment.ts';
import type { FleetFacts } from '../../../src/domain/facts.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { planRun, reassessRun } from '../../../src/domain/planning/index.ts';
import { known, unknown } from '../../../src/domain/reading.ts';
import type { RunRequest } from '../../../src/domain/run.ts';
import { withOrigin } from './change.ts';
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

function reassessed(plan: Plan, assessment: FleetAssessment, now: FleetFacts | null, overrides: { readonly request?: Partial<RunRequest>; readonly drained?: readonly string[]; readonly maxRegionsFailing?: number } = {}) {
  const { maxRegionsFailing = 1 } = overrides;
  return reassessRun({ request: request({ mode: plan.mode, ...overrides.request }), plan, assessment, drained: overrides.drained ?? [], facts: now, fleet: { ...fleet, policy: { ...fleet.policy, maxRegionsFailing } } });
}

describe('reassessRun', () => {
  it.each<[string, Plan, FleetAssessment, FleetFacts | null, 'holds' | RegExp]>([
    ['nothing has changed', graceful, greyEast, facts, 'holds'],
    ['users see a survivor degrade', graceful, central('degraded'), facts, /centralus.*degraded/],
    ['that one surge itself makes look degraded from inside', graceful, central('degraded', 'inside'), facts, 'holds'],
    ['a survivor degrades under traffic that has moved anyway', ungraceful, central('degraded'), facts, 'holds'],
    ['a survivor degrades, at a step that reads no facts', graceful, central('degraded'), null, 'holds'],
    ['a survivor becomes unknown (I6)', graceful, central('unknown'), facts, 'holds'],
    ['everything seems to fail at once (I7)', graceful, { ...central('unhealthy'), observerSuspect: true }, facts, 'holds'],
    ['somebody else moves the origin (I12)', graceful, greyEast, withOrigin(facts, 'eastus2', { weight: 7 }), /somebody else/],
    ['our own write has landed', graceful, greyEast, withOrigin(facts, 'eastus2', { enabled: 'Disabled' }), 'holds'],
    ['load grows within the headroom', graceful, greyEast, withDemand(1.08), 'holds'],
    ['load outgrows the room (I2)', graceful, greyEast, withDemand(1.4), /centralus: web would get 2800/],
    ['load outgrows the room, the traffic has moved', ungraceful, deadEast, withDemand(1.4), 'holds'],
    ['demand can no longer be read', graceful, greyEast, { ...withDemand(1.4), demand: unknown('gone', at) }, 'holds'],
  ])('%s', (_, plan, assessment, now, expected) => {
    const answer = reassessed(plan, assessment, now);
    if (expected === 'holds') expect(answer).toEqual({ kind: 'holds' });
    else expect(answer.kind === 'superseded' ? answer.why : answer.kind).toMatch(expected);
  });

  it('room made on suspicion alone is not planned anew for what would only matter to traffic', () => {
    expect(reassessed(graceful, central('degraded'), withDemand(1.4), { request: { scope: 'surgeOnly' } })).toEqual({ kind: 'holds' });
  });

  it('a region that fails joins a failover or a drain, and makes it one; a drill yields to it', () => {
    const both = { maxRegionsFailing: 2 };
    for (const kind of ['failover', 'drain'] as const) {
      expect(reassessed(graceful, central('unhealthy'), null, { ...both, request: { kind } })).toMatchObject({ kind: 'superseded', why: 'centralus failed in the middle of the run', request: { kind: 'failover', stamps: ['eastus2', 'centralus'] } });
    }
    expect(reassessed(graceful, central('unhealthy'), null, { ...both, request: { kind: 'drill' } })).toEqual({ kind: 'yields', why: 'centralus failing: the drill yields' });
  });

  it('what was begun is finished when more fail than policy allows, or what fails is drained already', () => {
    expect(reassessed(graceful, central('unhealthy'), null)).toEqual({ kind: 'holds' });
    expect(reassessed(graceful, central('unhealthy'), null, { maxRegionsFailing: 2, drained: ['centralus'] })).toEqual({ kind: 'holds' });
  });

  it('I10: a failback ends when its region fails again, and not for what happens to others', () => {
    const back: Plan = { ...graceful, kind: 'failback', stamps: ['centralus'] };
    expect(reassessed(back, central('unhealthy'), facts, { request: { kind: 'failback', stamps: ['centralus'] } })).toMatchObject({ kind: 'superseded', why: 'centralus failed again' });
    expect(reassessed({ ...back, stamps: ['westus3'] }, central('unhealthy'), facts, { request: { kind: 'failback', stamps: ['westus3'] } })).toEqual({ kind: 'holds' });
  });
});
