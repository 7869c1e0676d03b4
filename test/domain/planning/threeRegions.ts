import { fileURLToPath } from 'node:url';
import { loadFleet } from '../../../src/config/loadFleet.ts';
import type { Assessment, FleetAssessment, Verdict } from '../../../src/domain/assessment.ts';
import type { FleetFacts, NodeFacts, StampFacts, WorkloadFacts } from '../../../src/domain/facts.ts';
import type { Fleet } from '../../../src/domain/fleet.ts';
import { known } from '../../../src/domain/reading.ts';
import type { RunRequest } from '../../../src/domain/run.ts';

/** The sample fleet with each stamp as its operators would size it: 1,000 requests a second each, a little room above. */
export const at = Date.UTC(2026, 10, 2, 9, 0, 0);

export function sampleFleet(): Fleet {
  const loaded = loadFleet(fileURLToPath(new URL('../../../sandbox/fleets/three-regions.yaml', import.meta.url)));
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(({ path, message }) => `${path}: ${message}`).join('\n'));
  return loaded.fleet;
}

export function request(overrides: Partial<RunRequest> = {}): RunRequest {
  return {
    runId: 'r1', kind: 'failover', mode: 'graceful', stamps: ['eastus2'], trigger: { by: 'watch' }, reason: 'errors', requestedAt: at,
    expiresAt: null, controlRegion: 'northcentralus', drill: null, scope: 'full', ...overrides,
  };
}

export function assessed(verdicts: Readonly<Record<string, Verdict>>, overrides: Partial<Assessment> = {}): FleetAssessment {
  return {
    at,
    observerSuspect: false,
    stamps: Object.entries(verdicts).map(([stamp, verdict]) => ({
      stamp, at, verdict, roundVerdict: verdict, reason: `made ${verdict}`, signals: [], knownSignals: 4, unhealthyInARow: 0, healthyInARow: 0, since: at, trafficAlreadyGone: false, ...(verdict === 'unhealthy' ? overrides : {}),
    })),
  };
}

export const greyEast = assessed({ eastus2: 'unhealthy', centralus: 'healthy', westus3: 'healthy' });
export const deadEast = assessed({ eastus2: 'unhealthy', centralus: 'healthy', westus3: 'healthy' }, { trafficAlreadyGone: true });
export const allHealthy = assessed({ eastus2: 'healthy', centralus: 'healthy', westus3: 'healthy' });

const pods: Readonly<Record<string, number>> = { web: 29, recommendations: 15 };

export function sampleStampFacts(fleet: Fleet, stamp: string): StampFacts {
  const region = fleet.stamps.find(({ name }) => name === stamp);
  return {
    pools: known([pool('user1', 'User', 'Standard_D4s_v5', 8, 3, 9), pool('system', 'System', 'Standard_D2s_v5', 3, 3, 5)], at),
    workloads: known(fleet.workloads.map(({ name }) => workload(name, pods[name] ?? 10)), at),
    nodes: known([...nodes(stamp, 'user1', 8), ...nodes(stamp, 'system', 3)], at),
    quota: known({ regionalCores: { used: 38, limit: 438 }, lowPriorityCores: { used: 0, limit: 100 }, families: { standardDSv5Family: { used: 38, limit: 438 } } }, at),
    skus: known([{ name: 'Standard_D4s_v5', family: 'standardDSv5Family', vCpus: 4, memoryMiB: 16384, zones: ['1', '2', '3'], restricted: null }], at),
    network: known({
      plugin: 'overlay', podCidr: '10.244.0.0/16', subnets: [{ id: region?.gateway.nodeSubnetId ?? '', usedAddresses: 11, totalAddresses: 251 }],
      outboundPortsPerNode: null, outboundPortsTotal: null, resourceQuotas: [],
    }, at),
    prices: known([{ vmSize: 'Standard_D4s_v5', spot: 'regular', usdPerHour: 0.192 }], at),
    load: known({ requestsPerSecond: 1000, byWorkload: { web: 1000, recommendations: 400 }, forecastRequestsPerSecond: null, errorRate: 0, latencyMs: 80 }, at),
  };
}

function pool(name: string, mode: 'System' | 'User', vmSize: string, count: number, minCount: number, maxCount: number) {
  return {
    name, mode, kind: 'VirtualMachineScaleSets' as const, vmSize, autoscaled: 'autoscaled' as const, count, minCount, maxCount, zones: ['1', '2', '3'], maxPods: 110, spot: 'regular' as const,
    provisioningState: 'Succeeded', powerState: 'Running' as const, etag: 'e1', subnetId: null, capacityReservationGroupId: null, labels: {}, taints: [],
  };
}

/** Eight nodes of 7 pods at 500 millicores: 44 of 56 places taken. */
function nodes(stamp: string, poolName: string, count: number): NodeFacts[] {
  return Array.from({ length: count }, (_, index): NodeFacts => {
    const own = poolName === 'user1' ? (index < 4 ? 6 : 5) : 2;
    return {
      name: `${poolName}-${index}`, pool: poolName, zone: `${stamp}-${(index % 3) + 1}`, ready: 'ready', schedulable: 'schedulable',
      allocatable: { cpuMillicores: 3860, memoryMiB: 12890, ephemeralStorageMiB: 100_000 }, allocatablePods: 110,
      daemonsets: { cpuMillicores: 340, memoryMiB: 400, ephemeralStorageMiB: 0 }, daemonsetPods: 5,
      requested: { cpuMillicores: 340 + own * 500, memoryMiB: 400 + own * 768, ephemeralStorageMiB: 0 }, pods: 5 + own,
    };
  });
}

export function workload(name: string, replicas: number): WorkloadFacts {
  return {
    name,
    hpa: {
      namespace: 'shop', name, resourceVersion: '1', minReplicas: Math.ceil(replicas * 0.6), maxReplicas: Math.ceil(replicas * 1.3), currentReplicas: replicas, desiredReplicas: replicas, scalingActive: 'active',
      targetCpuUtilisationPercent: 70, currentCpuUtilisationPercent: 69, owner: { kind: 'oneShot', managers: ['kubectl-client-side-apply'] },
    },
    requestedReplicas: replicas, scheduledReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas, generationObserved: 'current',
    podRequests: { cpuMillicores: 500, memoryMiB: 768, ephemeralStorageMiB: 0 }, topologySpread: [], podStartSeconds: 20, disruptionBudgetMinAvailable: null,
  };
}

/** Two cities near each stamp; round trips as a map would give them, milliseconds. */
export function sampleFacts(fleet: Fleet, latencyWindowMs = 0): FleetFacts {
  const group = (name: string, requestsPerSecond: number, eastus2: number, centralus: number, westus3: number) => ({ name, originGroup: 'web', requestsPerSecond, latencyMsByStamp: { eastus2, centralus, westus3 } });
  return {
    at,
    traffic: known({
      originGroups: [{
        name: 'web', latencyWindowMs, probeDrainSeconds: 60,
        origins: fleet.stamps.map(({ name }) => ({ stamp: name, origin: `web-${name}`, hostName: `${name}.origin.sandbox.test`, weight: 500, priority: 1, enabled: 'Enabled' as const })),
      }],
    }, at),
    demand: known({
      source: 'accessLog',
      groups: [
        group('New York', 600, 10, 26, 50), group('Atlanta', 400, 11, 18, 38), group('Chicago', 700, 16, 8, 35), group('Dallas', 300, 27, 16, 22),
        group('Los Angeles', 700, 51, 34, 10), group('Seattle', 300, 57, 40, 27),
      ],
    }, at),
    stamps: Object.fromEntries(fleet.stamps.map(({ name }) => [name, sampleStampFacts(fleet, name)])),
  };
}
