import { boundsAreOurs, ceilCount, mostReplicas, type Reachable, type StampModel } from '../capacity/index.ts';
import type { Policy } from '../fleet.ts';
import type { HpaSurge, PoolSurge, ShedStep, StampSurge } from '../plan.ts';
import type { SizedStamp } from './sizeStamps.ts';

/** The room to be made in each stamp that gains load; stamps that have it all are left out. */
export function planSurges(sized: readonly SizedStamp[], { utilisationCeiling }: Pick<Policy, 'utilisationCeiling'>): StampSurge[] {
  return sized
    .map((one) => ({ one, reachable: one.sizing.reachable() }))
    .map(({ one, reachable }) => ({ stamp: one.model.stamp.name, pools: poolSurges(one, reachable, utilisationCeiling), hpas: hpaSurges(one, reachable, utilisationCeiling) }))
    .filter(({ pools, hpas }) => pools.length > 0 || hpas.length > 0);
}

/** minCount and maxCount in one PUT; maxCount leaves the autoscaler room for more than was planned, as far as the fleet file allows. Pools that are not ours to raise grow by their autoscaler alone. */
function poolSurges({ model, sizing }: SizedStamp, reachable: Reachable, utilisationCeiling: number): PoolSurge[] {
  return model.pools.flatMap(({ facts, ref, usable, arriving, unusable }, position): PoolSurge[] => {
    const size = sizing.pools[position];
    const nodesWanted = reachable.nodesWanted[position] ?? 0;
    if (size === undefined || nodesWanted <= usable + arriving || ref === null) return [];
    const before = { minCount: facts.minCount, maxCount: facts.maxCount };
    const minCount = Math.max(before.minCount, nodesWanted + unusable);
    // Where a limit refuses nodes, the autoscaler would only fail at it and leave the pool in a failed state.
    const slack = size.refusedNodes > 0 ? minCount : Math.min(ref.surgeMaxCount, ceilCount(minCount / utilisationCeiling));
    return [{ pool: facts.name, before, after: { minCount, maxCount: Math.max(before.maxCount, minCount, slack) }, nodesWanted }];
  });
}

/** Bounds never go down here, pods that fail are replicas besides, and the HPA keeps room for more than was planned. Replicas for which there is no room are left to the HPA, so that they take no higher tier's place. */
function hpaSurges({ model, sizing, shed }: SizedStamp, reachable: Reachable, utilisationCeiling: number): HpaSurge[] {
  return model.workloads.flatMap(({ workload, facts, failing }, position): HpaSurge[] => {
    const size = sizing.workloads[position];
    const hpa = facts?.hpa ?? null;
    if (size === undefined || facts === null || hpa === null || shed.has(position) || !boundsAreOurs(hpa) || facts.requestedReplicas === 0) return [];
    const before = { minReplicas: hpa.minReplicas, maxReplicas: hpa.maxReplicas };
    const most = mostReplicas(workload, hpa);
    const mayBe = reachable.replicas[position] ?? 0;
    const minReplicas = Math.max(before.minReplicas, mayBe + failing);
    // Nothing is waited for that cannot come, be it the minimum that its owner has set.
    const replicasWanted = mayBe < size.replicasNeeded ? mayBe : minReplicas - failing;
    const after = { minReplicas, maxReplicas: Math.max(before.maxReplicas, Math.min(most, ceilCount((size.replicasNeeded + failing) / utilisationCeiling)), minReplicas) };
    if (after.minReplicas === before.minReplicas && after.maxReplicas === before.maxReplicas) return [];
    return [{ workload: workload.name, namespace: hpa.namespace, hpa: hpa.name, before, after, replicasWanted }];
  });
}

export function planSheds(sized: readonly SizedStamp[]): ShedStep[] {
  return sized.flatMap((one) => [...one.shed].flatMap((position) => shedStep(one.model, position, one)));
}

function shedStep(model: StampModel, position: number, { sizing }: SizedStamp): ShedStep[] {
  const workload = model.workloads[position];
  const hpa = workload?.facts?.hpa ?? null;
  const replicas = sizing.workloads[position]?.replicasNeeded ?? 1;
  if (workload === undefined || hpa === null) return [];
  return [{
    stamp: model.stamp.name,
    workload: workload.workload.name,
    namespace: hpa.namespace,
    hpa: hpa.name,
    before: { minReplicas: hpa.minReplicas, maxReplicas: hpa.maxReplicas },
    after: { minReplicas: Math.min(hpa.minReplicas, replicas), maxReplicas: replicas },
  }];
}
