import type { HpaFacts, ResourceQuotaFacts, WorkloadFacts } from '../facts.ts';
import type { Workload } from '../fleet.ts';
import type { Packing } from './packPods.ts';
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

type ReplicaState = Pick<WorkloadModel, 'workload' | 'facts' | 'failing'>;

/** Serving replicas that a workload may have by whoever owns its bounds: those it has, where they are not ours to raise. */
export function replicasByHpa({ workload, facts, failing }: ReplicaState): number {
  if (facts === null) return Infinity;
  const { hpa } = facts;
  if (hpa === null || !scalesIt(workload, hpa)) return Math.max(0, facts.requestedReplicas - failing);
  if (isSwitchedOff(facts, hpa)) return 0;
  return boundsAreOurs(hpa) ? Math.max(0, mostReplicas(workload, hpa) - failing) : Math.max(hpa.minReplicas, Math.min(facts.readyReplicas, hpa.maxReplicas));
}

/** Whether more pods of it would only go the way of those that fail already; in words, null where they would not. */
export function whyMoreFail({ facts, failing }: ReplicaState): { readonly stuck: string | null } | null {
  if (facts === null) return null;
  const stuck = facts.rolloutStuck ?? null;
  return stuck !== null || (failing > 0 && failing >= facts.readyReplicas) ? { stuck } : null;
}

/** Serving replicas that a workload may have at most: by its bounds, and by what becomes of new pods. */
export const servingAtMost = (one: ReplicaState): number => Math.min(replicasByHpa(one), whyMoreFail(one) === null ? Infinity : (one.facts?.readyReplicas ?? Infinity));

/**
 * Of the replicas needed (by position in `StampModel.workloads`) those that bounds, spreads and the namespaces' ResourceQuotas let be, lower
 * tiers going without first; `needed` itself where that is all. No node is worth its money for the others.
 */
export function replicasThatMayBe(model: StampModel, needed: readonly number[], { aheadOfSpread, unplaced }: Packing): readonly number[] {
  const quotas = model.network.kind === 'known' ? model.network.value.resourceQuotas : [];
  if (quotas.length === 0 && model.workloads.every(({ mayServe }, position) => (needed[position] ?? 0) <= mayServe && aheadOfSpread[position] === 0)) return needed;
  const may = model.workloads.map(({ mayServe }, position) => {
    const ahead = aheadOfSpread[position] ?? 0;
    // Where a zone misses its part of a spread, the other zones get no more than it has.
    return Math.min(mayServe, (needed[position] ?? 0) - (ahead === 0 ? 0 : ahead + (unplaced[position] ?? 0)));
  });
  for (const quota of quotas) takeFrom(quota, model, may);
  return may.every((count, position) => count === needed[position]) ? needed : may;
}

function takeFrom(quota: ResourceQuotaFacts, model: StampModel, may: number[]): void {
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
