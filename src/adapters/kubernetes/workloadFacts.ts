import type { V1Deployment, V1LabelSelector, V1Pod, V1PodDisruptionBudget, V1PodTemplateSpec, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import type { HpaFacts, MeasuredStart, ReplicaFacts, WorkloadFacts } from '../../domain/facts.ts';
import type { Workload } from '../../domain/fleet.ts';
import { ninetiethPercentile } from '../../domain/startTimes.ts';
import { hpaOwner } from './hpaOwner.ts';
import { otherRequests, podLimits, podRequests } from './podRequests.ts';
import { maxResources } from './quantities.ts';
import type { Wire } from './reader.ts';

export interface WorkloadObjects {
  readonly deployment: Wire<V1Deployment>;
  readonly hpa: Wire<V2HorizontalPodAutoscaler> | null;
  readonly pods: readonly Wire<V1Pod>[];
  /** Names of the nodes that are not Ready: what is on them will be put elsewhere. */
  readonly lostNodes: ReadonlySet<string>;
  readonly budgets: readonly Wire<V1PodDisruptionBudget>[];
}

export function workloadFacts(workload: Workload, objects: WorkloadObjects, nowMs: number): WorkloadFacts {
  const { deployment } = objects;
  const placed = objects.pods.filter(({ spec, metadata }) => spec?.nodeName !== undefined && !objects.lostNodes.has(spec.nodeName) && metadata?.deletionTimestamp === undefined);
  const deadlineMs = (deployment.spec?.progressDeadlineSeconds ?? defaultProgressDeadlineSeconds) * 1000;
  const replicas = deployment.spec?.replicas ?? 1;
  const template = deployment.spec?.template;
  const start = podStart(objects.pods);
  return {
    name: workload.name,
    hpa: objects.hpa === null ? null : hpaFacts(objects.hpa),
    requestedReplicas: replicas,
    scheduledReplicas: placed.length,
    failingReplicas: placed.filter((pod) => isFailing(pod, nowMs - deadlineMs)).length,
    rolloutStuck: rolloutStuck(deployment),
    readyReplicas: deployment.status?.readyReplicas ?? 0,
    readyOnNodes: nodesOfReady(objects.pods),
    ...replicaFacts(deployment),
    // A LimitRange, or a vertical autoscaler, gives pods more than the template says.
    podRequests: placed.reduce((most, { spec }) => (spec === undefined ? most : maxResources(most, podRequests(spec))), podRequests(template?.spec ?? { containers: [] })),
    otherRequests: otherRequests(template?.spec ?? { containers: [] }),
    // A LimitRange gives its defaults to the pods, not to the template.
    podLimits: podLimits(objects.pods[0]?.spec ?? template?.spec ?? { containers: [] }),
    topologySpread: (template?.spec?.topologySpreadConstraints ?? []).map((spread) => ({
      topologyKey: spread.topologyKey,
      maxSkew: spread.maxSkew,
      whenUnsatisfiable: spread.whenUnsatisfiable === 'ScheduleAnyway' ? 'ScheduleAnyway' : 'DoNotSchedule',
    })),
    apartOver: apartOver(template),
    podStartSeconds: start?.seconds ?? null,
    podStartSamples: start?.samples ?? 0,
    disruptionBudgetMinAvailable: minAvailable(objects.budgets, template?.metadata?.labels ?? {}, replicas),
  };
}

/** Kubernetes' own, of a Deployment that names none. */
const defaultProgressDeadlineSeconds = 600;

/** States of a container that no waiting mends. */
const cannotStart: ReadonlySet<string> = new Set(['CrashLoopBackOff', 'ImagePullBackOff', 'ErrImagePull', 'InvalidImageName', 'CreateContainerConfigError', 'CreateContainerError', 'RunContainerError']);

function isFailing({ status, metadata }: Wire<V1Pod>, notReadySince: number): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready?.status === 'True') return false;
  const waiting = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].some(({ state }) => cannotStart.has(state?.waiting?.reason ?? ''));
  const since = ready?.lastTransitionTime ?? metadata?.creationTimestamp;
  return waiting || (since !== undefined && Date.parse(since) < notReadySince);
}

/** Required anti-affinity to pods of its own labels. */
function apartOver(template: Wire<V1PodTemplateSpec> | undefined): readonly string[] {
  const terms = template?.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return [...new Set(terms.filter(({ labelSelector }) => selects(labelSelector, template?.metadata?.labels ?? {})).map(({ topologyKey }) => topologyKey))];
}

/** Progress deadline exceeded, or the ReplicaSet may not create pods. A paused Deployment is neither: it is scaled all the same. */
function rolloutStuck({ status }: Wire<V1Deployment>): string | null {
  const stuck = status?.conditions?.find(({ type, status: is }) => (type === 'Progressing' && is === 'False') || (type === 'ReplicaFailure' && is === 'True'));
  return stuck === undefined ? null : [stuck.reason, stuck.message].filter((text) => text !== undefined && text !== '').join(': ').slice(0, 300);
}

function nodesOfReady(pods: readonly Wire<V1Pod>[]): readonly string[] {
  const ready = pods.filter(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true);
  return [...new Set(ready.flatMap(({ spec }) => spec?.nodeName ?? []))];
}

/** Replicas count only once the controller has seen the newest spec. */
export function replicaFacts({ metadata, status }: Wire<V1Deployment>): Omit<ReplicaFacts, 'name'> {
  const isCurrent = (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0);
  return { availableReplicas: status?.availableReplicas ?? 0, generationObserved: isCurrent ? 'current' : 'behind' };
}

/** Leaving minReplicas out means 1 (Kubernetes API, HorizontalPodAutoscalerSpec). */
function hpaFacts(hpa: Wire<V2HorizontalPodAutoscaler>): HpaFacts {
  const cpuTarget = hpa.spec?.metrics?.map((metric) => metric.resource ?? metric.containerResource).find((resource) => resource?.name === 'cpu' && resource.target.type === 'Utilization');
  const cpuNow = hpa.status?.currentMetrics?.map((metric) => metric.resource ?? metric.containerResource).find((resource) => resource?.name === 'cpu');
  return {
    namespace: hpa.metadata?.namespace ?? '',
    name: hpa.metadata?.name ?? '',
    ...(hpa.spec === undefined ? {} : { scales: `${hpa.spec.scaleTargetRef.kind}/${hpa.spec.scaleTargetRef.name}` }),
    resourceVersion: hpa.metadata?.resourceVersion ?? '',
    minReplicas: hpa.spec?.minReplicas ?? 1,
    maxReplicas: hpa.spec?.maxReplicas ?? 0,
    currentReplicas: hpa.status?.currentReplicas ?? 0,
    desiredReplicas: hpa.status?.desiredReplicas ?? 0,
    scalingActive: hpa.status?.conditions?.some((condition) => condition.type === 'ScalingActive' && condition.status === 'True') === true ? 'active' : 'inactive',
    targetCpuUtilisationPercent: cpuTarget?.target.averageUtilization ?? null,
    currentCpuUtilisationPercent: cpuNow?.current.averageUtilization ?? null,
    owner: hpaOwner(hpa.metadata ?? {}),
  };
}

/**
 * Seconds to Ready from the pod's place on a node, or from its creation where it is not told when it got one: waiting for a node is
 * the node's time. Pods that restarted are left out: their Ready moved. Null without one that is ready.
 */
export function podStart(pods: readonly Wire<V1Pod>[]): MeasuredStart | null {
  return ninetiethPercentile(
    pods.flatMap((pod) => {
      const conditions = pod.status?.conditions ?? [];
      const since = (type: string): string | undefined => conditions.find((condition) => condition.type === type && condition.status === 'True')?.lastTransitionTime;
      const ready = since('Ready');
      const from = since('PodScheduled') ?? pod.metadata?.creationTimestamp;
      const restarted = pod.status?.containerStatuses?.some((container) => container.restartCount > 0) === true;
      return ready === undefined || from === undefined || restarted ? [] : [Math.max(0, (Date.parse(ready) - Date.parse(from)) / 1000)];
    }),
  );
}

/** The strictest budget that covers these pods, as a number of pods. */
function minAvailable(budgets: readonly Wire<V1PodDisruptionBudget>[], labels: Readonly<Record<string, string>>, replicas: number): number | null {
  const wanted = budgets
    .filter((budget) => selects(budget.spec?.selector, labels))
    .map(({ spec }) => {
      if (spec?.minAvailable !== undefined) return share(spec.minAvailable, replicas);
      return spec?.maxUnavailable === undefined ? 0 : replicas - share(spec.maxUnavailable, replicas);
    });
  return wanted.length === 0 ? null : Math.max(0, ...wanted);
}

/** An IntOrString; percentages are rounded up, as the disruption controller does. */
function share(value: number | string, of: number): number {
  if (typeof value === 'number') return value;
  return value.endsWith('%') ? Math.ceil((Number(value.slice(0, -1)) / 100) * of) : Number(value);
}

/** Whether a label selector takes these labels; none selects nothing. */
export function selects(selector: Wire<V1LabelSelector> | undefined, labels: Readonly<Record<string, string>>): boolean {
  if (selector === undefined) return false;
  const byLabels = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  const byExpressions = (selector.matchExpressions ?? []).every(({ key, operator, values }) => {
    const label = labels[key];
    switch (operator) {
      case 'In':
        return label !== undefined && values?.includes(label) === true;
      case 'NotIn':
        return label === undefined || values?.includes(label) !== true;
      case 'Exists':
        return label !== undefined;
      default:
        return label === undefined;
    }
  });
  return byLabels && byExpressions;
}
