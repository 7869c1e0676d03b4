import { describe, expect, it } from 'vitest';
import { renderDecision } from '../../../src/domain/render/renderDecision.ts';
import { renderPlan, renderPlanResult } from '../../../src/domain/render/renderPlan.ts';
import { now, samplePlan } from '../check/fixture.ts';

describe('renderPlan', () => {
  it('reads as a plan', () => {
    expect(renderPlan(samplePlan())).toBe(`Failover of eastus2, graceful (revision 1, 2026-11-22T19:00:00.000Z)
  Room
    centralus: pool user1 nodes 3..12 -> 9..20, 9 wanted
    centralus: web (HPA shop/web) replicas 6..40 -> 25..50, 25 wanted
    westus3: pool user1 nodes 3..12 -> 9..20, 9 wanted
    westus3: web (HPA shop/web) replicas 6..40 -> 25..50, 25 wanted
  Traffic
    eastus2: gate open -> closed
    eastus2: origin web/web-eastus2 weight 500 -> disabled
  Afterwards
    room ready in 3 min 15 s, about USD 4.60 an hour
    centralus: 600 -> 900 requests/s, 50 % of all; web 12 -> 25 replicas
    westus3: 600 -> 900 requests/s, 50 % of all; web 12 -> 25 replicas
  Notes
    shares stand on the country table`);
  });

  it('says what is not done', () => {
    const shed = { stamp: 'centralus', workload: 'recommendations', namespace: 'shop', hpa: 'recommendations', before: { minReplicas: 6, maxReplicas: 40 }, after: { minReplicas: 1, maxReplicas: 2 } };
    const plan = samplePlan({ kind: 'failback', reach: 'partial', surges: [], gates: [], shifts: [], sheds: [shed], notes: [], expected: { readyInSeconds: 40, surgeCostPerHourUsd: null, stamps: [] } });
    expect(renderPlan(plan)).toBe(`Failback to eastus2, graceful, in part (revision 1, 2026-11-22T19:00:00.000Z)
  Room
    no room needs to be made
  Shed
    centralus: recommendations (HPA shop/recommendations) replicas 6..40 -> 1..2
  Traffic
    no traffic is moved
  Afterwards
    room ready in 40 s, cost unknown`);
  });

  it('shows findings, and why a plan is blocked with what would fix it', () => {
    const findings = [{ severity: 'warning', invariant: 'I10', message: 'westus3 is degraded' }] as const;
    expect(renderPlanResult({ kind: 'planned', plan: samplePlan(), findings }).split('\n').slice(-2)).toEqual(['  Findings', '    warning I10: westus3 is degraded']);
    const shortfalls = [{ stamp: 'westus3', constraint: 'vcpuQuotaFamily', subject: 'standardDSv5Family', missing: 48, unit: 'vCPU', fix: 'raise the quota to 248' }] as const;
    expect(renderPlanResult({ kind: 'blocked', reasons: [{ code: 'shortOfRoom', shortfalls, message: 'westus3 is short of room' }] })).toBe(`Blocked
  shortOfRoom: westus3 is short of room
    westus3: standardDSv5Family lacks 48 vCPU (vcpuQuotaFamily); raise the quota to 248`);
  });
});

describe('renderDecision', () => {
  const run = { kind: 'failover', mode: 'graceful', stamps: ['eastus2'], scope: 'full', trigger: 'watch' } as const;

  it.each([
    [{ kind: 'nothing', why: 'all is well' }, 'Nothing is done: all is well'],
    [{ kind: 'start', run, why: 'errors' }, 'Starts a graceful failover of eastus2: errors'],
    [{ kind: 'start', run: { ...run, kind: 'failback' }, why: 'well again' }, 'Starts a graceful failback to eastus2: well again'],
    [{ kind: 'askApproval', run, deadlineAt: now, why: 'errors' }, 'Asks to start a graceful failover of eastus2, until 2026-11-22T19:00:00.000Z: errors'],
    [{ kind: 'surgeOnly', run, why: 'suspicion' }, 'Makes room for the loss of eastus2 and moves nothing: suspicion'],
    [{ kind: 'supersede', runId: 'r1', run, why: 'second failure' }, 'Run r1 turns into a graceful failover of eastus2: second failure'],
    [{ kind: 'freeze', why: 'all fail' }, 'Frozen, a person is needed: all fail'],
    [{ kind: 'escalate', stamps: ['eastus2'], why: 'run out' }, 'A person is needed for eastus2: run out'],
  ] as const)('%j', (decision, text) => {
    expect(renderDecision(decision)).toBe(text);
  });
});
