import type { HpaFacts, ResourceQuotaFacts, WorkloadFacts } from '../facts.ts';
import type { Workload } from '../fleet.ts';
import type { StampModel, WorkloadModel } from './stampModel.ts';

/** Whether Spillway may move an HPA's bounds: one-shot writers are forced, a reconciler would revert us. */
export function boundsAreOurs(hpa: HpaFacts): boolean {
  return hpa.owner.kind !== 'reconciler' || hpa.owner.ignoresBounds === 'ignored';
}

/** How far an HPA's maximum may be raised; one that is higher already stays. */
export const mostReplicas = ({ surgeMaxReplicas }: Workload, { maxReplicas }: Pick<HpaFacts, 'maxReplicas'>): number => (surgeMaxReplicas === undefined ? Infinity : Math.max(surgeMaxReplicas, maxReplicas));

/** Whether an HPA scales the workload's own Deployment. */
export const scalesIt = ({ deployment }: Workload, { scales }: HpaFacts): boolean => scales === undefined || scales === `Deployment/${deployment}`;

/** Kubernetes: with replicas at 0 the HPA is switched off, whatever its bounds say. KEDA scales from 0 by itself. */
export const isSwitchedOff = ({ requestedReplicas }: WorkloadFacts, { owner }: HpaFacts): boolean => requestedReplicas === 0 && !(owner.kind === 'reconciler' && owner.how === 'keda');

/** Serving replicas that a workload may have by whoever owns its bounds: those it has, where they are not ours to raise. */
export function replicasByHpa({ workload, facts, failing }: WorkloadModel): number {
  if (facts === null) return Infinity;
  const { hpa } = facts;
  if (hpa === null || !scalesIt(workload, hpa)) return Math.max(0, facts.requestedReplicas - failing);
  if (isSwitchedOff(facts, hpa)) return 0;
  return boundsAreOurs(hpa) ? Math.max(0, mostReplicas(workload, hpa) - failing) : Math.max(hpa.minReplicas, Math.min(facts.readyReplicas, hpa.maxReplicas));
}

/** Whether more pods of it would only go the way of those that fail already; in words, null where they would not. */
export function whyMoreFail({ facts, failing }: WorkloadModel): { readonly stuck: string | null } | null {
  if (facts === null) return null;
  const stuck = facts.rolloutStuck ?? null;
  return stuck !== null || (failing > 0 && failing >= facts.readyReplicas) ? { stuck } : null;
}

/**
 * Of the replicas needed (by position in `StampModel.workloads`) those that bounds and the namespaces' ResourceQuotas let be, lower tiers
 * going without first. No node is worth its money for the others.
 */
export function replicasThatMayBe(model: StampModel, needed: readonly number[]): readonly number[] {
  const may = model.workloads.map((one, position) => Math.min(needed[position] ?? 0, replicasByHpa(one), whyMoreFail(one) === null ? Infinity : (one.facts?.readyReplicas ?? Infinity)));
  if (model.network.kind === 'unknown') return may;
  for (const quota of model.network.value.resourceQuotas) {
    let left = Math.max(0, quota.hard - quota.used);
    for (const position of model.tierFirst) {
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
