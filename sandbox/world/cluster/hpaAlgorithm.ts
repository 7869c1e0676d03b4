/**
 * The arithmetic of the HorizontalPodAutoscaler, as Kubernetes publishes it ("Horizontal Pod Autoscaling", sections
 * Algorithm details, Support for configurable scaling behavior; autoscaling/v2 API for the defaults). Pure.
 */

/** --horizontal-pod-autoscaler-tolerance */
export const tolerance = 0.1;
/** --horizontal-pod-autoscaler-sync-period */
export const syncSeconds = 15;

export interface ScalingPolicy {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
}

export interface ScalingRules {
  readonly stabilizationWindowSeconds: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: readonly ScalingPolicy[];
}

export interface HpaSpec {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Percent of the pods' cpu requests; null where it does not scale on cpu utilisation. */
  readonly targetCpuUtilisationPercent: number | null;
  readonly scaleUp: ScalingRules;
  readonly scaleDown: ScalingRules;
}

export const defaultScaleUp: ScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Percent', value: 100, periodSeconds: 15 },
    { type: 'Pods', value: 4, periodSeconds: 15 },
  ],
};

export const defaultScaleDown: ScalingRules = {
  stabilizationWindowSeconds: 300,
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

export interface PodUsage {
  readonly currentReplicas: number;
  readonly readyPods: number;
  /** Pending or not ready yet: on a way up they count as using nothing. */
  readonly unreadyPods: number;
  /** Mean over the ready pods, percent of their requests. */
  readonly utilisationPercent: number;
}

/** ceil(ready x utilisation / target), damped by the tolerance and by pods that are not ready yet. */
export function replicasForUtilisation(usage: PodUsage, targetPercent: number): number {
  const { currentReplicas, readyPods, unreadyPods } = usage;
  if (readyPods === 0) return currentReplicas;
  const ratio = usage.utilisationPercent / targetPercent;
  if (unreadyPods === 0 || ratio <= 1) return Math.abs(1 - ratio) <= tolerance ? currentReplicas : ceil(ratio * readyPods);
  const all = readyPods + unreadyPods;
  const dampedRatio = (ratio * readyPods) / all;
  if (Math.abs(1 - dampedRatio) <= tolerance || dampedRatio < 1) return currentReplicas;
  return Math.max(currentReplicas, ceil(dampedRatio * all));
}

export interface Recommendation {
  readonly at: number;
  readonly replicas: number;
}

export interface ScaleEvent {
  readonly at: number;
  /** Positive: pods added; negative: removed. */
  readonly change: number;
}

/** What the controller sets in the end: the wish, held back by the stabilisation windows, the policies and the bounds. */
export function boundReplicas(
  spec: HpaSpec,
  currentReplicas: number,
  wished: number,
  recommendations: readonly Recommendation[],
  events: readonly ScaleEvent[],
  nowMs: number,
): number {
  const stabilised = stabilise(spec, currentReplicas, wished, recommendations, nowMs);
  if (stabilised > currentReplicas) {
    const limit = upLimit(spec.scaleUp, currentReplicas, events, nowMs);
    return Math.min(stabilised, Math.max(currentReplicas, limit), spec.maxReplicas);
  }
  if (stabilised < currentReplicas) {
    const limit = downLimit(spec.scaleDown, currentReplicas, events, nowMs);
    return Math.max(stabilised, Math.min(currentReplicas, limit), spec.minReplicas);
  }
  return clamp(stabilised, spec.minReplicas, spec.maxReplicas);
}

/** The current count, moved no further than every recommendation of the windows agrees to. */
function stabilise(spec: HpaSpec, currentReplicas: number, wished: number, recommendations: readonly Recommendation[], nowMs: number): number {
  let up = wished;
  let down = wished;
  for (const { at, replicas } of recommendations) {
    if (at > nowMs - spec.scaleUp.stabilizationWindowSeconds * 1000) up = Math.min(up, replicas);
    if (at > nowMs - spec.scaleDown.stabilizationWindowSeconds * 1000) down = Math.max(down, replicas);
  }
  return clamp(currentReplicas, up, down);
}

function upLimit(rules: ScalingRules, currentReplicas: number, events: readonly ScaleEvent[], nowMs: number): number {
  if (rules.selectPolicy === 'Disabled') return currentReplicas;
  const limits = rules.policies.map((policy) => {
    const before = replicasAtPeriodStart(policy, currentReplicas, events, nowMs);
    return policy.type === 'Pods' ? before + policy.value : ceil(before * (1 + policy.value / 100));
  });
  return rules.selectPolicy === 'Max' ? Math.max(...limits) : Math.min(...limits);
}

function downLimit(rules: ScalingRules, currentReplicas: number, events: readonly ScaleEvent[], nowMs: number): number {
  if (rules.selectPolicy === 'Disabled') return currentReplicas;
  const limits = rules.policies.map((policy) => {
    const before = replicasAtPeriodStart(policy, currentReplicas, events, nowMs);
    return policy.type === 'Pods' ? before - policy.value : Math.trunc(before * (1 - policy.value / 100));
  });
  // 'Max' is the policy that allows the most change: downwards that is the lowest count
  return rules.selectPolicy === 'Max' ? Math.min(...limits) : Math.max(...limits);
}

function replicasAtPeriodStart(policy: ScalingPolicy, currentReplicas: number, events: readonly ScaleEvent[], nowMs: number): number {
  let change = 0;
  for (const event of events) if (event.at > nowMs - policy.periodSeconds * 1000) change += event.change;
  return currentReplicas - change;
}

/** Ratios are quotients of floats: 30 x 1.1 must not become 34. */
function ceil(value: number): number {
  return Math.ceil(value - 1e-9);
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), Math.max(low, high));
}
