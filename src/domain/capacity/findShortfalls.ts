import type { HpaFacts } from '../facts.ts';
import type { Workload } from '../fleet.ts';
import type { Shortfall } from '../plan.ts';
import type { Packing } from './packPods.ts';
import { rulesUnknown } from './placementRules.ts';
import { askedPerPod, boundsAreOurs, isSwitchedOff, mostReplicas, replicasByHpa, scalesIt, whyMoreFail } from './replicaLimits.ts';
import type { StampModel, WorkloadModel } from './stampModel.ts';

/**
 * Everything that keeps a stamp from what it needs; what is missing of each is counted for the whole need. What binds
 * first, so what covers the smallest part of the need, comes first; of two that cover the same the one found first.
 */
export function findShortfalls(model: StampModel, needed: readonly number[], additional: readonly number[], packing: Packing): Shortfall[] {
  return [
    ...workloadShortfalls(model, needed, packing),
    ...limitShortfalls(model, packing),
    ...zoneShortfalls(model, packing),
    ...resourceQuotaShortfalls(model, additional),
    ...unknownShortfalls(model, additional),
  ]
    .toSorted((a, b) => a.covered - b.covered)
    .map(({ shortfall }) => shortfall);
}

interface Weighed {
  readonly shortfall: Shortfall;
  /** 0..1 of what the stamp needs of this one thing. */
  readonly covered: number;
}

function unknownShortfalls({ stamp, pools, workloads, unknown, network }: StampModel, additional: readonly number[]): Weighed[] {
  const shortfall = (subject: string, missing: number, unit: string, fix: string): Weighed => ({ shortfall: { stamp: stamp.name, constraint: 'inputUnknown', subject, missing, unit, fix }, covered: 0 });
  const why = (input: string): string => unknown.find((one) => one.input === `${stamp.name}.${input}`)?.why ?? 'it was not in the answer';
  const shortfalls: Weighed[] = [];
  const pods = additional.reduce((sum, count) => sum + count, 0);
  const unread = unknown.find(({ input }) => input === `${stamp.name}.workloads`);
  if (unread !== undefined) shortfalls.push(shortfall('workloads', 1, 'inputs', `the state of the workloads is not known (${unread.why}): read it again`));
  else {
    for (const { workload, facts } of workloads) {
      if (facts === null) shortfalls.push(shortfall(workload.name, 1, 'inputs', `the state of ${workload.namespace}/${workload.deployment} is not known (${why(workload.name)}): read it again`));
    }
  }
  if (pods > 0 && why('pools') !== 'it was not in the answer') shortfalls.push(shortfall('pools', 1, 'inputs', `the node pools are not known (${why('pools')}): read them again`));
  else if (pods > 0 && why('nodes') !== 'it was not in the answer') shortfalls.push(shortfall('nodes', 1, 'inputs', `the nodes are not known (${why('nodes')}): read them again`));
  else if (pods > 0) {
    for (const { workload, pools: of } of workloads) {
      if (of.length === 0) shortfalls.push(shortfall(`pools of ${workload.name}`, 1, 'inputs', `none of the pools ${workload.pools.join(', ')} is there: correct workloads.pools`));
    }
  }
  workloads.forEach(({ workload, facts }, position) => {
    if (facts === null || (additional[position] ?? 0) === 0) return;
    const asked = facts.otherRequests ?? [];
    const rules = rulesUnknown(facts);
    if (rules.length > 0) shortfalls.push(shortfall(`${workload.name} over ${rules.join(', ')}`, 1, 'inputs', `pods of ${workload.name} must be kept apart over ${rules.join(', ')}, and which nodes that leaves them is not known: spread them over zones or nodes instead`));
    if (asked.length > 0) shortfalls.push(shortfall(`${workload.name} on ${asked.join(', ')}`, 1, 'inputs', `pods of ${workload.name} ask for ${asked.join(', ')}, and how much of it nodes have left is not known: keep a pool for them large enough`));
  });
  if (pods > 0 && network.kind === 'unknown' && pools.length > 0) shortfalls.push(shortfall('network', 1, 'inputs', `network and resource quotas are not known (${network.why}): read them again`));
  return shortfalls;
}

/** What others have used of a limit is short for those of its stamps that must grow. */
function limitShortfalls({ stamp, limits }: StampModel, packing: Packing): Weighed[] {
  return limits.flatMap(({ constraint, subject, unit, fix, available, costByPool }, position): Weighed[] => {
    const used = packing.used[position] ?? 0;
    const missing = used - available;
    return missing <= 0 || !costByPool.some((cost, pool) => cost * ((packing.newNodes[pool] ?? 0) + (packing.refusedNodes[pool] ?? 0)) > 0) ? [] : [{ shortfall: { stamp: stamp.name, constraint, subject, missing, unit, fix: fix(missing) }, covered: available / used }];
  });
}

function zoneShortfalls({ stamp, pools }: StampModel, packing: Packing): Weighed[] {
  return pools.flatMap(({ facts, zones, zoneOpen }, position): Weighed[] => {
    const missing = packing.closedZoneNodes[position] ?? 0;
    if (missing === 0) return [];
    const closed = zones.filter((_, zone) => zoneOpen[zone] === false);
    const fix = `${facts.vmSize} may not be used in zone ${closed.join(', ')}, where a spread workload needs nodes: ask for access, or add a pool of another size`;
    return [{ shortfall: { stamp: stamp.name, constraint: 'zoneRestricted', subject: facts.vmSize, missing, unit: 'nodes', fix }, covered: 0 }];
  });
}

function workloadShortfalls(model: StampModel, needed: readonly number[], packing: Packing): Weighed[] {
  const shortfalls: Weighed[] = [];
  model.workloads.forEach((workload, position) => {
    const count = needed[position] ?? 0;
    const tooLarge = packing.tooLarge[position] ?? 0;
    if (tooLarge > 0) shortfalls.push(podTooLarge(model, workload, count, tooLarge));
    if (count <= workload.mayServe) return;
    const held = heldByHpa(model, workload, count);
    if (held !== null) shortfalls.push(held);
    const failing = notComingUp(model, workload, count);
    if (failing !== null) shortfalls.push(failing);
  });
  return shortfalls;
}

function weighed({ stamp }: StampModel, { workload }: WorkloadModel, count: number, { constraint, missing, unit, fix }: Pick<Shortfall, 'constraint' | 'missing' | 'unit' | 'fix'>): Weighed {
  return { shortfall: { stamp: stamp.name, constraint, subject: workload.name, missing, unit, fix }, covered: count > 0 ? (count - missing) / count : 0 };
}

function podTooLarge(model: StampModel, one: WorkloadModel, count: number, missing: number): Weighed {
  const { workload, request, pools } = one;
  const largest = Math.max(0, ...pools.map((pool) => model.pools[pool]?.template?.free.cpuMillicores ?? 0));
  const fix = `a pod of ${workload.name} asks for ${request.cpuMillicores} millicores and ${request.memoryMiB} MiB; an empty node of its pools offers at most ${largest} millicores: add a pool of a larger size`;
  return weighed(model, one, count, { constraint: 'podTooLarge', missing, unit: 'pods', fix });
}

/** What bounds on replicas keep a workload from, where they are not ours to raise, or not so far, or raising them brings no pod. */
function heldByHpa(model: StampModel, one: WorkloadModel, count: number): Weighed | null {
  const { workload, facts, failing } = one;
  const missing = count - replicasByHpa(one);
  if (facts === null || missing <= 0) return null;
  const hpa = `${workload.namespace}/${workload.hpa}`;
  const replicas = count + failing;
  const held = (constraint: Shortfall['constraint'], fix: string): Weighed => weighed(model, one, count, { constraint, missing, unit: 'replicas', fix });
  if (facts.hpa === null) return held('hpaMax', `there is no HPA ${hpa}: create it, or set ${replicas} replicas of ${workload.deployment}`);
  if (!scalesIt(workload, facts.hpa)) return held('hpaMax', `HPA ${hpa} scales ${facts.hpa.scales ?? ''}, not Deployment/${workload.deployment}: name the right one in workloads.hpa, or correct its scaleTargetRef`);
  if (isSwitchedOff(facts, facts.hpa)) return held('hpaDisabled', `${workload.namespace}/${workload.deployment} is scaled to 0 replicas, which switches HPA ${hpa} off, so that raising minReplicas brings no pod: scale it to 1 or more`);
  if (!boundsAreOurs(facts.hpa)) return held('hpaOwnedByReconciler', handOver(workload, facts.hpa));
  return held('hpaMax', `raise surgeMaxReplicas of workload ${workload.name} from ${workload.surgeMaxReplicas ?? mostReplicas(workload, facts.hpa)} to ${replicas}, or maxReplicas of ${hpa}`);
}

/** Pods that come besides those that are ready would go the way of those that fail. */
function notComingUp(model: StampModel, one: WorkloadModel, count: number): Weighed | null {
  const { workload, facts, failing } = one;
  const why = whyMoreFail(one);
  if (facts === null || why === null || count <= facts.readyReplicas) return null;
  const deployment = `${workload.namespace}/${workload.deployment}`;
  const fix = why.stuck !== null ? `new pods of ${deployment} do not come up (${why.stuck}): mend its rollout, or roll it back` : `${failing} pods of ${deployment} fail and ${facts.readyReplicas} are ready, so that more of them are no help: mend them first`;
  return weighed(model, one, count, { constraint: 'podsNotReady', missing: count - facts.readyReplicas, unit: 'replicas', fix });
}

/** What makes the bounds of a reconciler's HPA wide enough, or ours; empty where they are ours. */
export function handOver(workload: Workload, { owner }: HpaFacts): string {
  if (owner.kind !== 'reconciler') return '';
  const hpa = `${workload.namespace}/${workload.hpa}`;
  switch (owner.how) {
    case 'keda':
      return `${owner.manager} (KEDA) owns the bounds of ${hpa}: raise minReplicaCount and maxReplicaCount of its ScaledObject`;
    case 'flux':
      return `${owner.manager} (Flux) reverts the bounds of ${hpa}: let it ignore them (spec.ignore, or annotation kustomize.toolkit.fluxcd.io/ssa: IfNotPresent)`;
    case 'argocd':
      return `${owner.manager} (Argo CD) reverts the bounds of ${hpa}: let it ignore them (ignoreDifferences with RespectIgnoreDifferences=true)`;
    case 'helmController':
    case 'controller':
      return `${owner.manager} reverts the bounds of ${hpa}: let it ignore minReplicas and maxReplicas, or raise them there`;
  }
}

function resourceQuotaShortfalls({ stamp, workloads, network }: StampModel, additional: readonly number[]): Weighed[] {
  if (network.kind === 'unknown') return [];
  return network.value.resourceQuotas.flatMap((quota): Weighed[] => {
    const asked = workloads.reduce((sum, model, position) => sum + (model.workload.namespace === quota.namespace ? (additional[position] ?? 0) * askedPerPod(model, quota) : 0), 0);
    const missing = asked === 0 ? 0 : asked - (quota.hard - quota.used);
    if (missing <= 0) return [];
    const unit = unitOf[quota.resource];
    const fix = `raise the ResourceQuota on ${quota.resource} of namespace ${quota.namespace} from ${quota.hard} to at least ${quota.hard + missing} ${unit}`;
    return [{ shortfall: { stamp: stamp.name, constraint: 'resourceQuota', subject: `${quota.namespace}/${quota.resource}`, missing, unit, fix }, covered: (asked - missing) / asked }];
  });
}

const unitOf = { cpu: 'millicores', cpuLimits: 'millicores', memory: 'MiB', memoryLimits: 'MiB', ephemeralStorage: 'MiB', pods: 'pods' } as const;
