import type { StampSnapshot, WorldSnapshot } from './types.ts';
import type { SimulatedWorld } from './world.ts';
import type { Stamp } from './stamp.ts';

/** What a person or a page wants to see, as of the last step. */
export function snapshotOf(world: SimulatedWorld): WorldSnapshot {
  const at = world.settledAt;
  const groups = world.frontDoor.asked.originGroups;
  const loads = world.spec.pointsOfPresence.map((point, index) => {
    const byStamp: Record<string, number> = {};
    let all = 0;
    for (const group of groups) {
      const demand = world.demandAt(index, group.name, at);
      all += demand;
      const shares = world.frontDoor.sharesOf(group.name, index);
      group.origins.forEach((origin, order) => {
        byStamp[origin.stamp] = (byStamp[origin.stamp] ?? 0) + demand * (shares[order] ?? 0);
      });
    }
    const healthyStamps = [...world.stamps.keys()].filter((stamp) => groups.every((group) => !group.origins.some((origin) => origin.stamp === stamp) || world.frontDoor.healthyStamps(group.name, index).includes(stamp)));
    return {
      name: point.name,
      country: point.country,
      requestsPerSecond: round(all),
      sharesByStamp: Object.fromEntries(Object.entries(byStamp).map(([stamp, requests]) => [stamp, all === 0 ? 0 : round(requests / all)])),
      healthyStamps,
    };
  });
  const total = [...world.stamps.values()].reduce((sum, stamp) => sum + stamp.requestsPerSecond, 0);
  return {
    at: world.clock.now(),
    pointsOfPresence: loads,
    stamps: [...world.stamps.values()].map((stamp) => stampSnapshot(world, stamp, total)),
    faults: world.faults.list().map((entry) => entry.fault),
    users: world.users.view(),
  };
}

function stampSnapshot(world: SimulatedWorld, stamp: Stamp, total: number): StampSnapshot {
  const groups = world.frontDoor.asked.originGroups.filter((group) => group.origins.some((origin) => origin.stamp === stamp.spec.name));
  const services = groups.map((group) => stamp.service(group.name));
  return {
    name: stamp.spec.name,
    requestsPerSecond: round(stamp.requestsPerSecond),
    capacityRequestsPerSecond: Math.round(stamp.capacityRequestsPerSecond()),
    errorRate: round(Math.max(0, ...services.map((service) => service.errorRate))),
    latencyMs: Math.round(Math.max(0, ...services.map((service) => service.latencyMs))),
    share: total === 0 ? 0 : round(stamp.requestsPerSecond / total),
    gate: stamp.gateView()?.state ?? null,
    pools: stamp.pools.view().map((pool) => ({
      name: pool.name,
      minCount: pool.minCount,
      maxCount: pool.maxCount,
      nodes: pool.count,
      ready: stamp.cluster.nodesOf(pool.name).filter((node) => node.ready === 'ready').length,
      provisioningState: pool.provisioningState,
    })),
    workloads: stamp.cluster.state.workloads.map((workload) => {
      const bounds = stamp.cluster.boundsOf(workload.name);
      return {
        name: workload.name,
        minReplicas: bounds?.minReplicas ?? 0,
        maxReplicas: bounds?.maxReplicas ?? 0,
        desired: workload.replicas,
        ready: stamp.cluster.readyPods(workload.name),
        pending: stamp.cluster.podCounts(workload.name).pending,
      };
    }),
    origins: groups.flatMap((group) =>
      group.origins
        .filter((origin) => origin.stamp === stamp.spec.name)
        .map((origin) => {
          const asked = { weight: origin.weight, priority: origin.priority, enabled: origin.enabled };
          return { originGroup: group.name, origin: origin.name, asked, propagated: world.frontDoor.propagated(group.name, origin.name) ?? asked };
        }),
    ),
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
