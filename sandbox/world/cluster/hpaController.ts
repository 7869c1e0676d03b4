import type { KubeObject } from '../types.ts';
import { boundReplicas, replicasForUtilisation, type HpaSpec } from './hpaAlgorithm.ts';
import { hpaSpecOf } from './hpaSpec.ts';
import type { WorkloadRecord } from './records.ts';

export interface HpaSync {
  readonly workload: WorkloadRecord;
  readonly hpa: KubeObject | null;
  readonly pods: { readonly all: number; readonly ready: number };
  readonly nowMs: number;
}

/** One pass of the controller over one HPA; answers the replicas that its Deployment is to have. */
export function syncHpa({ workload, hpa, pods, nowMs }: HpaSync): number {
  const utilisation = workload.cpuSamples === 0 ? 0 : workload.cpuSum / workload.cpuSamples;
  workload.cpuSum = 0;
  workload.cpuSamples = 0;
  const spec = hpa === null ? null : hpaSpecOf(hpa);
  // without an HPA, or with the Deployment scaled to zero by a person, the controller keeps its hands off
  if (spec === null || workload.replicas === 0) {
    workload.currentUtilisationPercent = null;
    return workload.replicas;
  }
  workload.currentUtilisationPercent = Math.floor(utilisation);
  const replicas = replicasOf(spec, workload, pods, utilisation, nowMs);
  workload.desiredReplicas = replicas;
  if (replicas !== workload.replicas) {
    workload.lastScaleAt = nowMs;
    workload.scaleEvents.push({ at: nowMs, change: replicas - workload.replicas });
  }
  forget(workload, spec, nowMs);
  return replicas;
}

function replicasOf(spec: HpaSpec, workload: WorkloadRecord, pods: HpaSync['pods'], utilisation: number, nowMs: number): number {
  const current = workload.replicas;
  workload.limited = 'no';
  // outside the bounds the controller goes to the bound at once, whatever the metrics and the policies say
  if (current > spec.maxReplicas) return spec.maxReplicas;
  if (current < spec.minReplicas) return spec.minReplicas;
  if (spec.targetCpuUtilisationPercent === null) return current;
  const wished = replicasForUtilisation({ currentReplicas: current, readyPods: pods.ready, unreadyPods: pods.all - pods.ready, utilisationPercent: utilisation }, spec.targetCpuUtilisationPercent);
  if (wished > spec.maxReplicas) workload.limited = 'TooManyReplicas';
  if (wished < spec.minReplicas) workload.limited = 'TooFewReplicas';
  workload.recommendations.push({ at: nowMs, replicas: wished });
  return boundReplicas(spec, current, wished, workload.recommendations, workload.scaleEvents, nowMs);
}

function forget(workload: WorkloadRecord, spec: HpaSpec, nowMs: number): void {
  const windowMs = 1000 * Math.max(spec.scaleUp.stabilizationWindowSeconds, spec.scaleDown.stabilizationWindowSeconds);
  const periodMs = 1000 * Math.max(0, ...[...spec.scaleUp.policies, ...spec.scaleDown.policies].map((policy) => policy.periodSeconds));
  if ((workload.recommendations[0]?.at ?? nowMs) <= nowMs - windowMs) workload.recommendations = workload.recommendations.filter((entry) => entry.at > nowMs - windowMs);
  if ((workload.scaleEvents[0]?.at ?? nowMs) <= nowMs - periodMs) workload.scaleEvents = workload.scaleEvents.filter((entry) => entry.at > nowMs - periodMs);
}
