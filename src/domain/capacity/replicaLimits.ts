import type { HpaFacts, ResourceQuotaFacts } from '../facts.ts';
import type { Workload } from '../fleet.ts';
import { tierFirst } from './packingOrder.ts';
import type { StampModel, WorkloadModel } from './stampModel.ts';

/** Whether Spillway may move an HPA's bounds: one-shot writers are forced, a reconciler would revert us. */
export function boundsAreOurs(hpa: HpaFacts): boolean {
  return hpa.owner.kind !== 'reconciler' || hpa.owner.ignoresBounds === 'ignored';
}

/** How far an HPA's maximum may be raised; one that is higher already stays. */
export const mostReplicas = ({ surgeMaxReplicas }: Workload, { maxReplicas }: Pick<HpaFacts, 'maxReplicas'>): number => (surgeMaxReplicas === undefined ? Infinity : Math.max(surgeMaxReplicas, maxReplicas));

/** Replicas that a workload may have by whoever owns its bounds: those it has, where they are not ours to raise. */
export function replicasLet({ workload, facts }: WorkloadModel): number {
  if (facts === null) return Infinity;
  const { hpa } = facts;
  if (hpa === null) return facts.requestedReplicas;
  return boundsAreOurs(hpa) ? mostReplicas(workload, hpa) : Math.max(hpa.minReplicas, Math.min(facts.readyReplicas, hpa.maxReplicas));
}

/**
 * Of the replicas needed (by position in `StampModel.workloads`) those that bounds and the namespaces' ResourceQuotas let be, lower tiers
 * going without first. No node is worth its money for the others.
 */
export function replicasThatMayBe(model: StampModel, needed: readonly number[]): readonly number[] {
  const may = model.workloads.map((one, position) => Math.min(needed[position] ?? 0, replicasLet(one)));
  if (model.network.kind === 'unknown') return may;
  for (const quota of model.network.value.resourceQuotas) {
    let left = Math.max(0, quota.hard - quota.used);
    for (const position of tierFirst(model.largestFirst, model.workloads)) {
      const one = model.workloads[position];
      const perPod = one?.workload.namespace === quota.namespace ? askedPerPod(one, quota) : 0;
      if (one === undefined || perPod === 0) continue;
      const more = Math.min(Math.max(0, (may[position] ?? 0) - one.bound), Math.floor(left / perPod));
      may[position] = Math.min(may[position] ?? 0, one.bound + more);
      left -= more * perPod;
    }
  }
  return may;
}

/** What one pod takes of a ResourceQuota. Where a limit is not known, the request is the least that it can be. */
export function askedPerPod({ request, facts }: WorkloadModel, { resource }: ResourceQuotaFacts): number {
  switch (resource) {
    case 'cpu':
      return request.cpuMillicores;
    case 'memory':
      return request.memoryMiB;
    case 'cpuLimits':
      return Math.max(request.cpuMillicores, facts?.podLimits?.cpuMillicores ?? 0);
    case 'memoryLimits':
      return Math.max(request.memoryMiB, facts?.podLimits?.memoryMiB ?? 0);
    case 'ephemeralStorage':
      return request.ephemeralStorageMiB;
    case 'pods':
      return 1;
  }
}
