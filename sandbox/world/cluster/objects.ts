import { uuidOf } from '../prng.ts';
import type { PoolSpec, StampSpec, WorkloadSpec } from '../types.ts';
import { replicaSetName } from './names.ts';
import { isoSeconds, type ObjectToPut } from './objectStore.ts';
import { isReconciler } from './reconcilers.ts';
import { maxSkew } from './scheduler.ts';

/** The objects that a person or GitOps put there when the cluster was built, as `kubectl get -o yaml` would show them. */
export interface Builder {
  readonly spec: StampSpec;
  readonly seed: number;
  /** Epoch milliseconds at which all of it was made. */
  readonly builtAt: number;
}

export const kubernetesVersion = 'v1.33.2';

export function namespaces(of: Builder): readonly ObjectToPut[] {
  const names = ['default', 'kube-system', 'kube-public', 'kube-node-lease', ...new Set(of.spec.workloads.map((workload) => workload.namespace))];
  return names.map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, creationTimestamp: isoSeconds(of.builtAt), labels: { 'kubernetes.io/metadata.name': name } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  }));
}

export function resourceQuotas(of: Builder): readonly ObjectToPut[] {
  return (of.spec.resourceQuotas ?? []).map(({ namespace, name, hard }) => ({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: metadata(of, 'ResourceQuota', namespace, name, {}), spec: { hard }, status: {} }));
}

export function deployment(of: Builder, workload: WorkloadSpec): ObjectToPut {
  const spec = {
    replicas: workload.replicas,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    selector: { matchLabels: labelsOf(workload) },
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
    template: { metadata: { labels: labelsOf(workload) }, spec: podSpec(workload) },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      ...metadata(of, 'Deployment', workload.namespace, workload.deployment, labelsOf(workload)),
      generation: 1,
      annotations: { 'deployment.kubernetes.io/revision': '1' },
      managedFields: [managed(writerOf(workload), 'apps/v1', of.builtAt, { 'f:spec': { 'f:selector': {}, 'f:strategy': {}, 'f:template': {} } }), statusManaged('apps/v1', of.builtAt)],
    },
    spec,
    status: {},
  };
}

export function replicaSet(of: Builder, workload: WorkloadSpec, deploymentUid: string): ObjectToPut {
  const labels = { ...labelsOf(workload), 'pod-template-hash': templateHash(of, workload) };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...metadata(of, 'ReplicaSet', workload.namespace, replicaSetName(of, workload.name), labels),
      generation: 1,
      annotations: { 'deployment.kubernetes.io/revision': '1' },
      ownerReferences: [ownedBy('apps/v1', 'Deployment', workload.deployment, deploymentUid)],
    },
    spec: { replicas: workload.replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec(workload) } },
    status: {},
  };
}

export function horizontalPodAutoscaler(of: Builder, workload: WorkloadSpec): ObjectToPut {
  const spec = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: workload.deployment },
    minReplicas: workload.minReplicas,
    maxReplicas: workload.maxReplicas,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: workload.targetCpuUtilisationPercent } } }],
  };
  const owned = { 'f:spec': { 'f:maxReplicas': {}, 'f:metrics': {}, 'f:minReplicas': {}, 'f:scaleTargetRef': {} } };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      ...metadata(of, 'HorizontalPodAutoscaler', workload.namespace, workload.hpa, { ...labelsOf(workload), ...ownerLabels(workload) }),
      ...annotationsOf(workload),
      ...(workload.hpaManager.startsWith('keda') ? { ownerReferences: [ownedBy('keda.sh/v1alpha1', 'ScaledObject', workload.name, uuidOf(of.seed, `scaled object ${of.spec.name}/${workload.name}`))] } : {}),
      managedFields: [managed(workload.hpaManager, 'autoscaling/v2', of.builtAt, owned), statusManaged('autoscaling/v2', of.builtAt)],
    },
    spec,
    status: { desiredReplicas: workload.replicas, currentMetrics: null, conditions: [] },
  };
}

export function service(of: Builder, workload: WorkloadSpec): ObjectToPut {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(of, 'Service', workload.namespace, workload.deployment, labelsOf(workload)),
    spec: { type: 'ClusterIP', clusterIP: 'None', clusterIPs: ['None'], selector: labelsOf(workload), ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }], sessionAffinity: 'None' },
    status: { loadBalancer: {} },
  };
}

export function podDisruptionBudget(of: Builder, workload: WorkloadSpec): ObjectToPut {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { ...metadata(of, 'PodDisruptionBudget', workload.namespace, workload.deployment, labelsOf(workload)), generation: 1 },
    spec: { maxUnavailable: '25%', selector: { matchLabels: labelsOf(workload) } },
    status: {},
  };
}

export function labelsOf(workload: WorkloadSpec): Record<string, string> {
  return { app: workload.deployment };
}

export function templateHash(of: Builder, workload: WorkloadSpec): string {
  return replicaSetName(of, workload.name).slice(workload.deployment.length + 1);
}

/** Objects are never changed in place: all pods of a workload may share one spec. */
const podSpecs = new WeakMap<WorkloadSpec, Record<string, unknown>>();

export function podSpec(workload: WorkloadSpec): Record<string, unknown> {
  const known = podSpecs.get(workload);
  if (known !== undefined) return known;
  const spec = buildPodSpec(workload);
  podSpecs.set(workload, spec);
  return spec;
}

/** Requests equal limits for memory only, as is usual: cpu may burst, and the HPA measures against requests. */
function buildPodSpec(workload: WorkloadSpec): Record<string, unknown> {
  const pools = workload.pools.length === 1 ? { nodeSelector: { agentpool: workload.pools[0] } } : {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'agentpool', operator: 'In', values: workload.pools }] }] } } },
  };
  return {
    containers: [
      {
        name: workload.deployment,
        image: `contoso.azurecr.io/${workload.deployment}:1.0.0`,
        imagePullPolicy: 'IfNotPresent',
        ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
        readinessProbe: { httpGet: { path: '/ready', port: 8080, scheme: 'HTTP' }, periodSeconds: 5, timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 },
        resources: { requests: { cpu: `${workload.cpuMillicores}m`, memory: `${workload.memoryMiB}Mi` }, limits: { memory: `${workload.memoryMiB}Mi` } },
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    securityContext: {},
    ...pools,
    topologySpreadConstraints: [{ maxSkew, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: workload.zoneSpread ?? 'ScheduleAnyway', labelSelector: { matchLabels: labelsOf(workload) } }],
  };
}

export function metadata(of: Builder, kind: string, namespace: string, name: string, labels: Record<string, string>): { name: string; namespace: string; uid: string; creationTimestamp: string; labels: Record<string, string> } & Record<string, unknown> {
  return { name, namespace, uid: uuidOf(of.seed, `${of.spec.name}/${kind}/${namespace}/${name}`), creationTimestamp: isoSeconds(of.builtAt), labels };
}

export function ownedBy(apiVersion: string, kind: string, name: string, uid: string): Record<string, unknown> {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

export function capacityOf(pool: PoolSpec, vCpus: number, memoryGiB: number): { capacity: Record<string, string>; allocatable: Record<string, string> } {
  return {
    capacity: { cpu: String(vCpus), memory: `${memoryGiB * 1024 * 1024}Ki`, 'ephemeral-storage': '129886128Ki', pods: String(pool.maxPods) },
    allocatable: { cpu: `${pool.allocatableCpuMillicores}m`, memory: `${pool.allocatableMemoryMiB * 1024}Ki`, 'ephemeral-storage': '119703055367', pods: String(pool.maxPods) },
  };
}

/** A reconciler applies server-side; kubectl and helm write by Update. */
function managed(manager: string, apiVersion: string, at: number, fields: Record<string, unknown>): Record<string, unknown> {
  const operation = manager === 'kustomize-controller' || manager === 'argocd-controller' ? 'Apply' : 'Update';
  return { manager, operation, apiVersion, time: isoSeconds(at), fieldsType: 'FieldsV1', fieldsV1: fields };
}

function statusManaged(apiVersion: string, at: number): Record<string, unknown> {
  return { manager: 'kube-controller-manager', operation: 'Update', apiVersion, time: isoSeconds(at), fieldsType: 'FieldsV1', fieldsV1: { 'f:status': {} }, subresource: 'status' };
}

function writerOf(workload: WorkloadSpec): string {
  return isReconciler(workload.hpaManager) && !workload.hpaManager.startsWith('keda') ? workload.hpaManager : workload.hpaManager === 'helm' ? 'helm' : 'kubectl-client-side-apply';
}

function ownerLabels(workload: WorkloadSpec): Record<string, string> {
  switch (workload.hpaManager) {
    case 'helm':
    case 'helm-controller':
      return { 'app.kubernetes.io/managed-by': 'Helm' };
    case 'kustomize-controller':
      return { 'kustomize.toolkit.fluxcd.io/name': workload.namespace, 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' };
    case 'keda':
    case 'keda-operator':
      return { 'app.kubernetes.io/managed-by': 'keda-operator', 'scaledobject.keda.sh/name': workload.name };
    default:
      return {};
  }
}

function annotationsOf(workload: WorkloadSpec): Record<string, unknown> {
  const annotations = { ...ownerAnnotations(workload), ...workload.hpaAnnotations };
  return Object.keys(annotations).length === 0 ? {} : { annotations };
}

function ownerAnnotations(workload: WorkloadSpec): Record<string, string> {
  if (workload.hpaManager.startsWith('argocd')) return { 'argocd.argoproj.io/tracking-id': `${workload.namespace}:autoscaling/HorizontalPodAutoscaler:${workload.namespace}/${workload.hpa}` };
  if (workload.hpaManager === 'helm') return { 'meta.helm.sh/release-name': workload.deployment, 'meta.helm.sh/release-namespace': workload.namespace };
  return {};
}
