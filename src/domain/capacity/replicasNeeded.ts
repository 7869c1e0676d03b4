import type { WorkloadFacts } from '../facts.ts';
import type { Policy, Workload } from '../fleet.ts';

export interface ReplicaLoad {
  /** Requests per second that this workload gets in this stamp now; null = not measured. */
  readonly now: number | null;
  readonly after: number;
  /** What an earlier plan of the same run found necessary, and for which load: its cpu figures were taken before our own surge. */
  readonly found?: FoundBefore | undefined;
}

export interface FoundBefore {
  readonly replicas: number;
  readonly requestsPerSecond: number;
  /** Later ones may have kept what the first one found already. */
  readonly by: 'firstPlan' | 'laterPlan';
}

/** Below this fraction of what its ready replicas are rated for, a workload's cpu figure says nothing about its load. */
const leastTellingLoad = 0.05;

/** Binary fractions make 600 x 1.1 / 40 a hair more than 16.5; a hair is no replica. */
const hair = 1e-9;

export const ceilCount = (value: number): number => Math.ceil(value - hair * Math.max(1, Math.abs(value)));

/**
 * Ready replicas that a workload needs for a load, the larger of
 * - the requests rule: load x headroomFactor / (requestsPerSecondPerReplica x utilisationCeiling), and
 * - the utilisation rule, which is the HPA's own formula (desired = current x currentUtilisation / targetUtilisation)
 *   extrapolated to the load: ready x (cpu / target) x (load after / load now) x headroomFactor, the target being the
 *   lower of the HPA's and the ceiling. A cpu metric that is missing counts as 100 %.
 * At least one, and at least what a PodDisruptionBudget wants available.
 * What a run's first plan found is kept by the next one while that leaves half of the headroom for the load as it is now: for a pod or a
 * node more traffic that could move would wait for minutes. The ceiling holds all the same.
 */
export function replicasNeeded(workload: Workload, facts: WorkloadFacts | null, load: ReplicaLoad, policy: Policy): number {
  if (load.found !== undefined && leavesHalfOfHeadroom(load.found, load.after, workload, policy)) return Math.max(load.found.replicas, facts?.disruptionBudgetMinAvailable ?? 0);
  const byRequests = ceilCount((load.after * policy.headroomFactor) / (workload.requestsPerSecondPerReplica * policy.utilisationCeiling));
  const byUtilisation = load.found === undefined ? utilisationRule(workload, facts, load, policy) : foundBefore(load.found, load.after);
  return Math.max(1, byRequests, byUtilisation, facts?.disruptionBudgetMinAvailable ?? 0);
}

function leavesHalfOfHeadroom({ by, replicas, requestsPerSecond }: FoundBefore, after: number, workload: Workload, { headroomFactor, utilisationCeiling }: Policy): boolean {
  const wanted = after * (1 + (headroomFactor - 1) / 2);
  const isLittleMore = after >= requestsPerSecond && wanted <= requestsPerSecond * headroomFactor;
  return by === 'firstPlan' && isLittleMore && replicas >= ceilCount(wanted / (workload.requestsPerSecondPerReplica * utilisationCeiling));
}

/** In proportion to the load. A cpu average over pods that have just started says little about either. */
function foundBefore({ replicas, requestsPerSecond }: FoundBefore, after: number): number {
  return requestsPerSecond > 0 ? ceilCount((replicas * after) / requestsPerSecond) : replicas;
}

function utilisationRule(workload: Workload, facts: WorkloadFacts | null, load: ReplicaLoad, policy: Policy): number {
  if (facts === null) return 0;
  const target = facts.hpa?.targetCpuUtilisationPercent ?? null;
  if (target === null || target <= 0 || facts.hpa === null) return 0;
  const ready = facts.readyReplicas;
  if (ready === 0 || load.now === null || load.now < leastTellingLoad * ready * workload.requestsPerSecondPerReplica || load.now <= 0) return 0;
  const cpuPercent = facts.hpa.currentCpuUtilisationPercent ?? 100;
  const targetPercent = Math.min(target, policy.utilisationCeiling * 100);
  return ceilCount(ready * (cpuPercent / targetPercent) * (load.after / load.now) * policy.headroomFactor);
}
