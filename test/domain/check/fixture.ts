import { loadFleet } from '../../../src/config/loadFleet.ts';
import type { Assessment, FleetAssessment, Verdict } from '../../../src/domain/assessment.ts';
import type { FleetFacts, HpaFacts, OriginFacts, PoolFacts, StampFacts } from '../../../src/domain/facts.ts';
import type { Fleet } from '../../../src/domain/fleet.ts';
import type { Plan } from '../../../src/domain/plan.ts';
import { known, unknown } from '../../../src/domain/reading.ts';
import { resolve } from 'node:path';

/** 2026-11-22T19:00:00Z */
export const now = 1_795_374_000_000;
export const stampNames = ['eastus2', 'centralus', 'westus3'] as const;

const sample = loadFleet(resolve(import.meta.dirname, '../../../sandbox/fleets/three-regions.yaml'));

export function sampleFleet(change: Partial<{ policy: Partial<Fleet['policy']>; signals: Partial<Fleet['signals']> }> = {}): Fleet {

  if (sample.kind === 'invalid') throw new Error(JSON.stringify(sample.problems));
  return { ...sample.fleet, policy: { ...sample.fleet.policy, ...change.policy }, signals: { ...sample.fleet.signals, ...change.signals } };
}

export function assessmentOf(stamp: string, verdict: Verdict, more: Partial<Assessment> = {}): Assessment {
  return {
    stamp, at: now, verdict, roundVerdict: verdict, reason: `${stamp} is ${verdict}`, signals: [], knownSignals: 5,
    unhealthyInARow: verdict === 'unhealthy' ? 3 : 0, healthyInARow: verdict === 'healthy' ? 20 : 0, since: now - 3_600_000,
    trafficAlreadyGone: false, failingSince: verdict === 'unhealthy' ? now - 90_000 : null, ...more,
  };
}

export const fleetAssessment = (verdicts: Partial<Record<string, Verdict>> = {}): FleetAssessment => ({
  at: now,
  stamps: stampNames.map((stamp) => assessmentOf(stamp, verdicts[stamp] ?? 'healthy')),
  observerSuspect: false,
});

const origin = (stamp: string): OriginFacts => ({ stamp, origin: `web-${stamp}`, hostName: `${stamp}.example.test`, weight: 500, priority: 1, enabled: 'Enabled' });

const pool: PoolFacts = {
  name: 'user1', mode: 'User', kind: 'VirtualMachineScaleSets', vmSize: 'Standard_D8s_v5', autoscaled: 'autoscaled', count: 6, minCount: 3, maxCount: 12,
  zones: ['1', '2', '3'], maxPods: 110, spot: 'regular', provisioningState: 'Succeeded', powerState: 'Running', etag: '"1"', subnetId: null,
  capacityReservationGroupId: null, labels: {}, taints: [],
};

const hpa = (name: string): HpaFacts => ({
  namespace: 'shop', name, resourceVersion: '7', minReplicas: 6, maxReplicas: 40, currentReplicas: 12, desiredReplicas: 12, scalingActive: 'active',
  targetCpuUtilisationPercent: 60, currentCpuUtilisationPercent: 55, owner: { kind: 'oneShot', managers: ['kubectl'] },
});

export function stampFacts(change: Partial<{ pool: Partial<PoolFacts>; hpa: Partial<HpaFacts> }> = {}): StampFacts {
  const workload = (name: string) => ({
    name, hpa: { ...hpa(name), ...change.hpa }, requestedReplicas: 12, readyReplicas: 12, availableReplicas: 12, generationObserved: 'current' as const,
    podRequests: { cpuMillicores: 500, memoryMiB: 512, ephemeralStorageMiB: 0 }, topologySpread: [], podStartSeconds: 20, disruptionBudgetMinAvailable: null,
  });
  const never = unknown('not read in this test', now);
  return {
    pools: known([{ ...pool, ...change.pool }], now), workloads: known([workload('web'), workload('recommendations')], now),
    nodes: never, quota: never, skus: never, network: never, load: never,
  };
}

export function sampleFacts(change: Partial<FleetFacts> & { readonly latencyWindowMs?: number; readonly origins?: readonly OriginFacts[] } = {}): FleetFacts {
  const { latencyWindowMs = 50, origins = stampNames.map(origin), ...facts } = change;
  return {
    at: now,
    traffic: known({ originGroups: [{ name: 'web', latencyWindowMs, probeDrainSeconds: 60, origins }] }, now),
    demand: known({ source: 'countryTable', groups: [] }, now),
    stamps: Object.fromEntries(stampNames.map((stamp) => [stamp, stampFacts()])),
    ...facts,
  };
}

export const originFacts = origin;

/** A graceful failover of eastus2 that surges both survivors; every number right. */
export function samplePlan(change: Partial<Plan> = {}): Plan {
  const surge = (stamp: string) => ({
    stamp,
    pools: [{ pool: 'user1', before: { minCount: 3, maxCount: 12 }, after: { minCount: 9, maxCount: 20 }, nodesWanted: 9 }],
    hpas: [{ workload: 'web', namespace: 'shop', hpa: 'web', before: { minReplicas: 6, maxReplicas: 40 }, after: { minReplicas: 25, maxReplicas: 50 }, replicasWanted: 25 }],
  });
  const after = (stamp: string, share: number, rps: number) => ({
    stamp, requestsPerSecondNow: 600, requestsPerSecondAfter: rps, shareAfter: share,
    workloads: [{ workload: 'web', requestsPerSecondAfter: rps, replicasNow: 12, replicasNeeded: 25 }],
  });
  return {
    kind: 'failover', mode: 'graceful', revision: 1, at: now, stamps: ['eastus2'], reach: 'full',
    surges: [surge('centralus'), surge('westus3')], sheds: [],
    gates: [{ stamp: 'eastus2', before: 'open', after: 'closed' }],
    shifts: [{ stamp: 'eastus2', originGroup: 'web', origin: 'web-eastus2', before: { weight: 500, enabled: 'Enabled' }, after: { weight: 500, enabled: 'Disabled' } }],
    expected: { readyInSeconds: 195, surgeCostPerHourUsd: 4.6, stamps: [after('centralus', 0.5, 900), after('westus3', 0.5, 900)] },
    notes: ['shares stand on the country table'],
    ...change,
  };
}
