import type { KubeObject, WorkloadSpec } from '../types.ts';
import type { Cluster } from './cluster.ts';
import { daemonPodName, daemonPods, node as nodeObject, pod as podObject, registeredAt } from './liveObjects.ts';
import { replicaSetName } from './names.ts';
import { deployment, horizontalPodAutoscaler, namespaces, podDisruptionBudget, replicaSet, resourceQuotas, service, type Builder } from './objects.ts';
import { isoSeconds, type ObjectToPut } from './objectStore.ts';
import { hpaSpecOf } from './hpaSpec.ts';
import { quotaStatus } from './resourceQuotas.ts';
import { daemonsets, type NodeRecord, type PodRecord, type WorkloadRecord } from './records.ts';

/**
 * Writes what physics did into the object store, but only when somebody reads it: a simulation that nobody looks into
 * renders nothing. Changes between two reads are seen as one.
 */
export class Rendering {
  readonly #cluster: Cluster;
  readonly #builder: Builder;
  readonly #pods = new Set<PodRecord>();
  readonly #nodes = new Set<NodeRecord>();
  readonly #workloads = new Set<string>();
  /** What the status of an object was written from. */
  readonly #written = new WeakMap<KubeObject, string>();
  readonly #removedPods: PodRecord[] = [];
  readonly #removedNodes: NodeRecord[] = [];
  #flushing: 'idle' | 'flushing' = 'idle';

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    const { spec, seed } = cluster.context;
    this.#builder = { spec, seed, builtAt: Math.min(...cluster.state.nodes.map((node) => node.createdAt)) };
  }

  /** Everything that is there on the first day. */
  build(): void {
    const { store, state, context } = this.#cluster;
    for (const object of [...namespaces(this.#builder), ...resourceQuotas(this.#builder)]) store.put(object);
    for (const workload of context.spec.workloads) {
      const { metadata } = store.put(deployment(this.#builder, workload));
      store.put(replicaSet(this.#builder, workload, metadata.uid));
      store.put(horizontalPodAutoscaler(this.#builder, workload));
      store.put(service(this.#builder, workload));
      store.put(podDisruptionBudget(this.#builder, workload));
      this.#workloads.add(workload.name);
    }
    for (const node of state.nodes) this.#nodes.add(node);
    for (const pod of state.pods) this.#pods.add(pod);
  }

  podChanged(pod: PodRecord): void {
    this.#pods.add(pod);
  }

  podRemoved(pod: PodRecord): void {
    this.#pods.delete(pod);
    this.#removedPods.push(pod);
  }

  nodeChanged(node: NodeRecord): void {
    this.#nodes.add(node);
  }

  nodeRemoved(node: NodeRecord): void {
    this.#nodes.delete(node);
    this.#removedNodes.push(node);
  }

  workloadChanged(name: string): void {
    this.#workloads.add(name);
  }

  flush(nowMs: number): void {
    // a listener that reads while it hears of a change must not start it all over
    if (this.#flushing === 'flushing') return;
    this.#flushing = 'flushing';
    try {
      this.#write(nowMs);
    } finally {
      this.#flushing = 'idle';
    }
  }

  #write(nowMs: number): void {
    const { store } = this.#cluster;
    for (const pod of this.#removedPods.splice(0)) store.remove('Pod', this.#spec(pod.workload)?.namespace ?? null, pod.name);
    for (const node of this.#removedNodes.splice(0)) this.#removeNode(node);
    this.#registerNodes(nowMs);
    for (const node of this.#nodes) this.#putNode(node);
    this.#nodes.clear();
    for (const pod of this.#pods) this.#putPod(pod);
    this.#pods.clear();
    for (const name of this.#workloads) this.#putStatuses(name);
    this.#workloads.clear();
    for (const quota of store.list('ResourceQuota', null)) this.#putQuotaStatus(quota);
    this.#cluster.events.flush(nowMs);
  }

  #registerNodes(nowMs: number): void {
    for (const node of this.#cluster.state.nodes) {
      if (node.ready === 'provisioning' && registeredAt(node) <= nowMs && this.#cluster.store.get('Node', null, node.name) === null) this.#nodes.add(node);
    }
  }

  #putNode(record: NodeRecord): void {
    const pool = this.#cluster.context.spec.pools.find((candidate) => candidate.name === record.pool);
    if (pool === undefined) return;
    const { store } = this.#cluster;
    const fresh = nodeObject(this.#builder, record, pool);
    const known = store.get('Node', null, record.name);
    // a person's labels, taints and cordon stay; only kubelet's status is ours
    store.put(known === null ? fresh : { ...known, status: fresh['status'] });
    for (const pod of daemonPods(this.#builder, record)) store.put(pod);
  }

  #removeNode(record: NodeRecord): void {
    const { store } = this.#cluster;
    store.remove('Node', null, record.name);
    for (const daemon of daemonsets) store.remove('Pod', 'kube-system', daemonPodName(this.#builder, daemon.name, record.name));
  }

  #putPod(record: PodRecord): void {
    const workload = this.#spec(record.workload);
    if (workload === null) return;
    const { store } = this.#cluster;
    const owner = store.get('ReplicaSet', workload.namespace, replicaSetName(this.#builder, workload.name));
    const fresh = podObject(this.#builder, record, workload, { name: owner?.metadata.name ?? '', uid: owner?.metadata.uid ?? '' });
    const known = store.get('Pod', workload.namespace, record.name);
    store.put(known === null ? fresh : { ...known, spec: fresh['spec'], status: fresh['status'] });
  }

  #putStatuses(name: string): void {
    const workload = this.#spec(name);
    const record = this.#cluster.state.workloads.find((candidate) => candidate.name === name);
    if (workload === null || record === undefined) return;
    const { store } = this.#cluster;
    const { all, ready } = this.#cluster.podCounts(name);
    const counts = { replicas: all, ready };
    const counted = `${all} ${ready} ${record.replicas} ${record.refusal ?? ''}`;
    this.#putStatus(store.get('Deployment', workload.namespace, workload.deployment), counted, (deployed) => {
      const generation = numberOf(deployed.metadata['generation'], 1) + (specOf(deployed)['replicas'] === record.replicas ? 0 : 1);
      return { ...deployed, metadata: { ...deployed.metadata, generation }, spec: { ...specOf(deployed), replicas: record.replicas }, status: this.#deploymentStatus(counts, record, generation) };
    });
    this.#putStatus(store.get('ReplicaSet', workload.namespace, replicaSetName(this.#builder, workload.name)), counted, (set) => ({
      ...set,
      spec: { ...specOf(set), replicas: record.replicas },
      status: { replicas: counts.replicas, fullyLabeledReplicas: counts.replicas, readyReplicas: counts.ready, availableReplicas: counts.ready, observedGeneration: numberOf(set.metadata['generation'], 1), ...(record.refusal === null ? {} : { conditions: [replicaFailure(record.refusal)] }) },
    }));
    const judged = `${counted} ${record.desiredReplicas} ${record.currentUtilisationPercent} ${record.lastScaleAt} ${record.limited}`;
    this.#putStatus(store.get('HorizontalPodAutoscaler', workload.namespace, workload.hpa), judged, (hpa) => ({ ...hpa, status: this.#hpaStatus(hpa, workload, record, counts.replicas) }));
    const healthyWanted = record.replicas - Math.ceil(record.replicas * 0.25);
    this.#putStatus(store.get('PodDisruptionBudget', workload.namespace, workload.deployment), counted, (budget) => ({
      ...budget,
      status: { currentHealthy: counts.ready, desiredHealthy: healthyWanted, disruptionsAllowed: Math.max(0, counts.ready - healthyWanted), expectedPods: record.replicas, observedGeneration: 1 },
    }));
  }

  /** A controller that finds an object as it left it, and nothing new to say of it, writes nothing: the object keeps its version. */
  #putStatus(known: KubeObject | null, from: string, next: (known: KubeObject) => ObjectToPut): void {
    if (known === null || this.#written.get(known) === from) return;
    this.#written.set(this.#cluster.store.put(next(known)), from);
  }

  #putQuotaStatus(quota: KubeObject): void {
    const status = quotaStatus(quota, this.#cluster.countedPods(String(quota.metadata.namespace)));
    if (JSON.stringify(quota['status']) !== JSON.stringify(status)) this.#cluster.store.put({ ...quota, status });
  }

  #deploymentStatus(counts: { readonly replicas: number; readonly ready: number }, record: WorkloadRecord, generation: number): Record<string, unknown> {
    const since = isoSeconds(this.#builder.builtAt);
    const available = counts.ready >= Math.ceil(record.replicas * 0.75);
    return {
      observedGeneration: generation,
      replicas: counts.replicas,
      updatedReplicas: counts.replicas,
      readyReplicas: counts.ready,
      availableReplicas: counts.ready,
      ...(counts.replicas > counts.ready ? { unavailableReplicas: counts.replicas - counts.ready } : {}),
      conditions: [
        { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable', message: 'ReplicaSet has successfully progressed.', lastUpdateTime: since, lastTransitionTime: since },
        { type: 'Available', status: available ? 'True' : 'False', reason: available ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable', message: available ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.', lastUpdateTime: since, lastTransitionTime: since },
        ...(record.refusal === null ? [] : [{ ...replicaFailure(record.refusal), lastUpdateTime: since, lastTransitionTime: since }]),
      ],
    };
  }

  #hpaStatus(hpa: KubeObject, workload: WorkloadSpec, record: WorkloadRecord, currentReplicas: number): Record<string, unknown> {
    const since = isoSeconds(record.lastScaleAt ?? this.#builder.builtAt);
    const measured = record.currentUtilisationPercent;
    const usesCpu = hpaSpecOf(hpa)?.targetCpuUtilisationPercent !== null;
    const active = usesCpu && this.#cluster.readyPods(workload.name) > 0;
    return {
      currentReplicas,
      desiredReplicas: record.desiredReplicas,
      ...(record.lastScaleAt === null ? {} : { lastScaleTime: isoSeconds(record.lastScaleAt) }),
      currentMetrics:
        measured === null || !active
          ? null
          : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: measured, averageValue: `${Math.round((workload.cpuMillicores * measured) / 100)}m` } } }],
      conditions: [
        { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale', message: 'recommended size matches current size', lastTransitionTime: since },
        record.replicas === 0
          ? { type: 'ScalingActive', status: 'False', reason: 'ScalingDisabled', message: 'scaling is disabled since the replica count of the target is zero', lastTransitionTime: since }
          : active
          ? { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message: 'the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)', lastTransitionTime: since }
          : { type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric', message: 'the HPA was unable to compute the replica count: no metrics returned from resource metrics API', lastTransitionTime: since },
        record.limited === 'no'
          ? { type: 'ScalingLimited', status: 'False', reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range', lastTransitionTime: since }
          : { type: 'ScalingLimited', status: 'True', reason: record.limited, message: record.limited === 'TooManyReplicas' ? 'the desired replica count is more than the maximum replica count' : 'the desired replica count is less than the minimum replica count', lastTransitionTime: since },
      ],
    };
  }

  #spec(workload: string): WorkloadSpec | null {
    return this.#cluster.workload(workload);
  }
}

const replicaFailure = (message: string): Record<string, unknown> => ({ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message });

function specOf(object: KubeObject): Record<string, unknown> {
  const spec = object['spec'];
  return typeof spec === 'object' && spec !== null ? { ...spec } : {};
}

function numberOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
