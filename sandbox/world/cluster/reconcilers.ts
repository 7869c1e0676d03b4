import type { KubeObject, StampSpec } from '../types.ts';
import { hpaSpecOf } from './hpaSpec.ts';
import type { ObjectStore } from './objectStore.ts';

/** Field managers that put their own bounds back; whoever else created an HPA wrote it once. */
export const reconcilerManagers = ['keda', 'keda-operator', 'kustomize-controller', 'helm-controller', 'argocd-controller', 'argocd-application-controller'] as const;

/** Flux' and Argo's intervals are minutes; one is enough to show that a forced write does not last. */
export const reconcileSeconds = 60;

export function isReconciler(manager: string): boolean {
  return reconcilerManagers.some((candidate) => candidate === manager);
}

/** A reconciler that owns an HPA's bounds undoes what others wrote there. */
export function reconcileHpas(spec: StampSpec, store: ObjectStore): void {
  for (const workload of spec.workloads) {
    if (!isReconciler(workload.hpaManager)) continue;
    const hpa = store.get('HorizontalPodAutoscaler', workload.namespace, workload.hpa);
    const bounds = hpa === null ? null : hpaSpecOf(hpa);
    if (hpa === null || bounds === null || leavesAlone(workload.hpaManager, hpa) || (bounds.minReplicas === workload.minReplicas && bounds.maxReplicas === workload.maxReplicas)) continue;
    store.put({ ...hpa, spec: { ...specOf(hpa), minReplicas: workload.minReplicas, maxReplicas: workload.maxReplicas } });
  }
}

/** Flux' own way to be told off an object that exists already; the live object's annotation counts as well. */
function leavesAlone(manager: string, { metadata }: KubeObject): boolean {
  if (manager !== 'kustomize-controller') return false;
  const annotations = metadata['annotations'];
  const ssa: unknown = typeof annotations === 'object' && annotations !== null ? Reflect.get(annotations, 'kustomize.toolkit.fluxcd.io/ssa') : undefined;
  return ssa === 'IfNotPresent' || ssa === 'Ignore';
}

function specOf(object: KubeObject): object {
  const spec = object['spec'];
  return typeof spec === 'object' && spec !== null ? spec : {};
}
