import { describe, expect, it } from 'vitest';
import { renderPlan, renderPlanResult } from '../../../src/domain/render/renderPlan.ts';
import { samplePlan } from '../check/fixture.ts';

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
