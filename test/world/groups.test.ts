import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock/virtualClock.ts';
import { createWorld, readFleetForWorld, specFromFleet } from '../../sandbox/world/index.ts';
import { monday } from './support.ts';

const group = '/subscriptions/s/resourceGroups/g/providers';

function twoGroups(): ReturnType<typeof readFleetForWorld> {
  const stamp = (name: string): unknown => ({
    name,
    region: name,
    origins: ['web', 'api'].map((originGroup) => ({ originGroup, origin: `${originGroup}-${name}` })),
    cluster: { resourceId: `${group}/Microsoft.ContainerService/managedClusters/${name}`, pools: [{ name: 'user1', surgeMaxCount: 30 }, { name: 'user2', surgeMaxCount: 30 }] },
    gateway: { resourceId: `${group}/Microsoft.Network/applicationGateways/${name}` },
    probe: { url: `https://${name}.shop.test/healthz` },
  });
  const workload = (name: string, originGroup: string, pools: readonly string[]): unknown => ({ name, namespace: 'shop', deployment: name, hpa: name, originGroup, requestsPerSecondPerReplica: 50, pools });
  return readFleetForWorld({
    name: 'two',
    frontDoor: { kind: 'standardPremium', resourceId: `${group}/Microsoft.Cdn/profiles/p` },
    stamps: [stamp('westeurope'), stamp('northeurope')],
    workloads: [workload('web', 'web', ['user1']), { ...Object(workload('api', 'api', ['user2'])), stamps: ['westeurope'] }, workload('both', 'api', ['user1', 'user2'])],
  });
}

describe('a stamp with origins in several groups', () => {
  it('each group has its own origins, users and health; workloads run where they are told', () => {
    const clock = new VirtualClock(monday);
    const world = createWorld(specFromFleet(twoGroups(), { propagationSeconds: [5, 5] }), { clock, seed: 1 });
    expect(world.spec.frontDoor.originGroups.map((entry) => entry.name)).toEqual(['web', 'api']);
    expect(new Set(world.spec.frontDoor.originGroups.flatMap((entry) => entry.origins.map((origin) => origin.hostName))).size).toBe(4);
    expect(world.stamps.get('northeurope')?.spec.workloads.map((workload) => workload.name)).toEqual(['web', 'both']);
    clock.runUntil(monday + 120_000);
    expect(world.users.totals().failedRequests).toBe(0);
    world.frontDoor.changeOrigin('api', 'api-westeurope', { enabled: 'Disabled' });
    clock.runUntil(monday + 240_000);
    expect(world.frontDoor.observedShares('api')).toEqual({ westeurope: 0, northeurope: 1 });
    expect(world.frontDoor.observedShares('web')['westeurope']).toBeGreaterThan(0.2);
    const origins = world.snapshot().stamps.find((stamp) => stamp.name === 'westeurope')?.origins;
    expect(origins?.map((origin) => `${origin.origin} ${origin.propagated.enabled}`)).toEqual(['web-westeurope Enabled', 'api-westeurope Disabled']);
  });

  it('a workload that may use two pools is placed in both, and either may grow for it', () => {
    const clock = new VirtualClock(monday);
    const world = createWorld(specFromFleet(twoGroups()), { clock, seed: 1 });
    world.faults.inject({ kind: 'demandSurge', factor: 1.6 });
    clock.runUntil(monday + 900_000);
    const stamp = world.stamps.get('westeurope');
    const pools = new Set(stamp?.kube.list('Pod', 'shop').filter((pod) => pod.metadata.name.startsWith('both-')).map((pod) => String(Object(pod['spec']).nodeName).split('-')[1]));
    expect(pools).toEqual(new Set(['user1', 'user2']));
  });
});
