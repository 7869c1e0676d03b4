import type { Faults } from '../faults.ts';
import { parameterOf } from '../faults.ts';
import { openZones } from '../regionLimits.ts';
import { drawBetween, streamOf } from '../prng.ts';
import type { KubeObject, PoolSpec, StampSpec, WorkloadSpec } from '../types.ts';
import { Autoscaler, scanSeconds } from './autoscaler.ts';
import { EventLog } from './events.ts';
import { syncHpa } from './hpaController.ts';
import { hpaSpecOf } from './hpaSpec.ts';
import { syncSeconds } from './hpaAlgorithm.ts';
import type { ObjectStore } from './objectStore.ts';
import type { ClusterState, NodeRecord, PodRecord, PoolRecord, WorkloadRecord } from './records.ts';
import { reconcileHpas, reconcileSeconds } from './reconcilers.ts';
import { chooseNode, countByZone, emptyRoom, giveBack, take } from './scheduler.ts';
import { podName, replicaSetName, vmName } from './names.ts';
import { Rendering } from './rendering.ts';
import { refusalOfPod, type CountedPods } from './resourceQuotas.ts';
import { repelledBy } from './taints.ts';

export interface ClusterContext {
  readonly spec: StampSpec;
  readonly seed: number;
  readonly faults: Faults;
  /** How many of the wanted nodes the region gives, and why not all. */
  readonly grant: (pool: string, wanted: number) => Grant;
}

export interface Grant {
  readonly nodes: number;
  readonly refusal: { readonly code: string; readonly message: string } | null;
}

export interface PodCounts {
  readonly all: number;
  readonly ready: number;
  readonly pending: number;
}

const noPods: PodCounts = { all: 0, ready: 0, pending: 0 };

/**
 * One AKS cluster: Deployments and their pods, scheduler, kubelets, HPAs and the cluster autoscaler. It moves in steps
 * of the world; what happens within one is taken at its end. Objects are rendered when somebody reads them.
 */
export class Cluster {
  readonly state: ClusterState;
  readonly store: ObjectStore;
  readonly context: ClusterContext;
  readonly rendering: Rendering;
  readonly events: EventLog;
  readonly nodesByName = new Map<string, NodeRecord>();
  readonly #workloads: ReadonlyMap<string, WorkloadSpec>;
  readonly #autoscaler: Autoscaler;
  readonly #counts = new Map<string, PodCounts>();
  #nextReadyAt = Number.POSITIVE_INFINITY;
  #unscheduled = true;
  /** Of the faults, when it was last looked whether images can be pulled. */
  #imagesVersion = -1;

  constructor(state: ClusterState, store: ObjectStore, context: ClusterContext) {
    this.state = state;
    this.store = store;
    this.context = context;
    this.#workloads = new Map(context.spec.workloads.map((workload) => [workload.name, workload]));
    for (const node of state.nodes) this.nodesByName.set(node.name, node);
    this.#autoscaler = new Autoscaler(this);
    this.rendering = new Rendering(this);
    this.events = new EventLog(store, context.seed);
    this.#findNextReady();
    for (const workload of context.spec.workloads) this.#counts.set(workload.name, this.#countNow(workload.name));
  }

  /** @param cpuPercent mean cpu utilisation of each workload's ready pods since the last step, percent of requests. */
  step(nowMs: number, cpuPercent: ReadonlyMap<string, number>): void {
    for (const workload of this.state.workloads) {
      workload.cpuSum += cpuPercent.get(workload.name) ?? 0;
      workload.cpuSamples++;
    }
    if (this.#imagesVersion !== this.context.faults.version) this.#pullImages(nowMs);
    if (nowMs >= this.#nextReadyAt) this.#becomeReady(nowMs);
    if (nowMs >= this.state.nextReconcileAt) {
      this.state.nextReconcileAt = nowMs + reconcileSeconds * 1000;
      reconcileHpas(this.context.spec, this.store);
    }
    if (nowMs >= this.state.nextHpaSyncAt) {
      this.state.nextHpaSyncAt = nowMs + syncSeconds * 1000;
      for (const workload of this.state.workloads) this.#syncHpa(workload, nowMs);
    }
    for (const workload of this.state.workloads) this.#reconcileDeployment(workload, nowMs);
    if (this.#unscheduled) this.#schedule(nowMs);
    if (nowMs >= this.state.nextAutoscalerScanAt) {
      this.state.nextAutoscalerScanAt = nowMs + scanSeconds * 1000;
      this.#autoscaler.scan(nowMs);
    }
  }

  readyPods(workload: string): number {
    return this.podCounts(workload).ready;
  }

  podCounts(workload: string): PodCounts {
    return this.#counts.get(workload) ?? noPods;
  }

  podsOf(workload: string): readonly PodRecord[] {
    return this.state.pods.filter((pod) => pod.workload === workload);
  }

  /** Of one namespace's workloads. */
  countedPods(namespace: string): readonly CountedPods[] {
    return this.context.spec.workloads.flatMap((workload) => (workload.namespace === namespace ? [{ workload, count: this.podCounts(workload.name).all }] : []));
  }

  nodesOf(pool: string): readonly NodeRecord[] {
    return this.state.nodes.filter((node) => node.pool === pool);
  }

  workload(name: string): WorkloadSpec | null {
    return this.#workloads.get(name) ?? null;
  }

  /** Bounds of a workload's HPA as it stands in the API; null without one. */
  boundsOf(workload: string): { readonly minReplicas: number; readonly maxReplicas: number } | null {
    const spec = this.#workloads.get(workload);
    const hpa = spec === undefined ? null : this.store.get('HorizontalPodAutoscaler', spec.namespace, spec.hpa);
    return hpa === null ? null : hpaSpecOf(hpa);
  }

  /** Starts virtual machines; each is Ready after its own time. */
  addNodes(pool: PoolRecord, count: number, nowMs: number): void {
    const spec = this.context.spec.pools.find((candidate) => candidate.name === pool.name);
    if (spec === undefined) return;
    const slow = this.context.faults.active('slowNodes', this.context.spec.name);
    const factor = slow === null ? 1 : parameterOf(slow, 'factor', 3);
    for (let added = 0; added < count; added++) {
      const ordinal = pool.nodesCreated++;
      const name = vmName(this.context.spec.name, pool.name, ordinal);
      const seconds = factor * drawBetween(this.context.seed, streamOf(name), 0, spec.nodeReadySeconds);
      this.#addNode({ name, pool: pool.name, ordinal, zone: this.#emptiestZone(pool.name, this.openZonesOf(spec)), createdAt: nowMs, readyAt: nowMs + Math.round(seconds * 1000), ready: 'provisioning', schedulable: 'schedulable', unneededSince: null, ...emptyRoom(spec) });
    }
    pool.etagNumber++;
    this.state.lastNodeAddedAt = nowMs;
    this.#findNextReady();
  }

  openZonesOf({ mode, zones }: PoolSpec): readonly string[] {
    return mode === 'User' ? openZones(this.context.faults, this.context.spec.name, zones) : zones;
  }

  /** Takes the machine away; its pods are gone and their Deployments replace them. */
  removeNode(name: string): void {
    const node = this.nodesByName.get(name);
    if (node === undefined) return;
    for (const pod of this.state.pods.filter((candidate) => candidate.node === name)) this.removePod(pod);
    this.nodesByName.delete(name);
    this.state.nodes = this.state.nodes.filter((candidate) => candidate !== node);
    const pool = this.state.pools.find((candidate) => candidate.name === node.pool);
    if (pool !== undefined) pool.etagNumber++;
    this.rendering.nodeRemoved(node);
    this.#findNextReady();
  }

  removePod(pod: PodRecord): void {
    const spec = this.#workloads.get(pod.workload);
    const node = pod.node === null ? undefined : this.nodesByName.get(pod.node);
    if (spec !== undefined && node !== undefined) giveBack(spec, node);
    this.state.pods = this.state.pods.filter((candidate) => candidate !== pod);
    this.rendering.podRemoved(pod);
    this.#recount(pod.workload);
    this.#unscheduled = true;
  }

  scaleTo(workload: WorkloadRecord, replicas: number): void {
    if (workload.replicas === replicas) return;
    workload.replicas = replicas;
    this.rendering.workloadChanged(workload.name);
  }

  /** Somebody put an object through the API server. */
  wasPut(object: KubeObject): void {
    const spec = object['spec'];
    if (typeof spec !== 'object' || spec === null) return;
    if (object.kind === 'Deployment' && 'replicas' in spec && typeof spec.replicas === 'number') {
      const replicas = spec.replicas;
      const of = this.context.spec.workloads.find((candidate) => candidate.deployment === object.metadata.name && candidate.namespace === object.metadata.namespace);
      const record = this.state.workloads.find((candidate) => candidate.name === of?.name);
      if (record !== undefined) this.scaleTo(record, replicas);
    }
    if (object.kind === 'Node') {
      const node = this.nodesByName.get(object.metadata.name);
      if (node === undefined) return;
      const repelled = repelledBy(spec);
      node.schedulable = repelled === 'nobody' ? 'schedulable' : 'cordoned';
      if (repelled === 'everyone') for (const pod of this.state.pods.filter((candidate) => candidate.node === node.name)) this.removePod(pod);
      this.#unscheduled = true;
    }
  }

  /** Somebody deleted an object through the API server. */
  wasRemoved(kind: string, name: string): void {
    if (kind === 'Node') this.removeNode(name);
    if (kind !== 'Pod') return;
    const pod = this.state.pods.find((candidate) => candidate.name === name);
    if (pod !== undefined) this.removePod(pod);
  }

  #becomeReady(nowMs: number): void {
    for (const node of this.state.nodes) {
      if (node.ready !== 'provisioning' || node.readyAt > nowMs) continue;
      node.ready = 'ready';
      this.#unscheduled = true;
      this.rendering.nodeChanged(node);
      this.events.record({ at: nowMs, about: { kind: 'Node', namespace: null, name: node.name }, type: 'Normal', reason: 'NodeReady', message: `Node ${node.name} status is now: NodeReady`, component: 'kubelet' });
    }
    const changed = new Set<string>();
    for (const pod of this.state.pods) {
      if (pod.phase !== 'starting' || pod.readyAt === null || pod.readyAt > nowMs) continue;
      pod.phase = 'ready';
      changed.add(pod.workload);
      this.rendering.podChanged(pod);
    }
    for (const workload of changed) this.#recount(workload);
    this.#findNextReady();
  }

  #syncHpa(workload: WorkloadRecord, nowMs: number): void {
    const spec = this.#workloads.get(workload.name);
    if (spec === undefined) return;
    const replicas = syncHpa({ workload, hpa: this.store.get('HorizontalPodAutoscaler', spec.namespace, spec.hpa), pods: this.podCounts(workload.name), nowMs });
    if (replicas !== workload.replicas) {
      const message = `New size: ${replicas}; reason: ${replicas > workload.replicas ? 'cpu resource utilization (percentage of request) above target, or below the minimum' : 'All metrics below target, or above the maximum'}`;
      this.events.record({ at: nowMs, about: { kind: 'HorizontalPodAutoscaler', namespace: spec.namespace, name: spec.hpa }, type: 'Normal', reason: 'SuccessfulRescale', message, component: 'horizontal-pod-autoscaler' });
    }
    this.scaleTo(workload, replicas);
    this.rendering.workloadChanged(workload.name);
  }

  /** Deployment and ReplicaSet controllers: as many pods as replicas; on the way down those that serve least go first. */
  #reconcileDeployment(workload: WorkloadRecord, nowMs: number): void {
    const spec = this.#workloads.get(workload.name);
    if (spec === undefined) return;
    if (workload.scaledTo !== workload.replicas) {
      const message = `Scaled ${workload.replicas > workload.scaledTo ? 'up' : 'down'} replica set ${replicaSetName(this.context, workload.name)} from ${workload.scaledTo} to ${workload.replicas}`;
      this.events.record({ at: nowMs, about: { kind: 'Deployment', namespace: spec.namespace, name: spec.deployment }, type: 'Normal', reason: 'ScalingReplicaSet', message, component: 'deployment-controller' });
      workload.scaledTo = workload.replicas;
    }
    const pods = this.podsOf(workload.name);
    const refusal = this.#createPods(workload, spec, workload.replicas - pods.length, nowMs);
    if (refusal !== workload.refusal) {
      workload.refusal = refusal;
      this.rendering.workloadChanged(workload.name);
      if (refusal !== null) this.events.record({ at: nowMs, about: { kind: 'ReplicaSet', namespace: spec.namespace, name: replicaSetName(this.context, workload.name) }, type: 'Warning', reason: 'FailedCreate', message: `Error creating: ${refusal}`, component: 'replicaset-controller' });
    }
    if (this.podCounts(workload.name).all === workload.replicas) return;
    const rank = { pending: 0, starting: 1, ready: 2 } as const;
    const leaving = pods.toSorted((left, right) => rank[left.phase] - rank[right.phase] || right.ordinal - left.ordinal).slice(0, Math.max(0, pods.length - workload.replicas));
    for (const pod of leaving) this.removePod(pod);
  }

  /** @returns why the API server refused the rest; null = it did not. */
  #createPods(workload: WorkloadRecord, spec: WorkloadSpec, missing: number, nowMs: number): string | null {
    if (missing <= 0) return null;
    const quotas = this.store.list('ResourceQuota', spec.namespace);
    for (let left = missing; left > 0; left--) {
      const name = podName(this.context, workload.name, workload.podsCreated);
      const refusal = quotas.length === 0 ? null : refusalOfPod(spec, quotas, this.countedPods(spec.namespace));
      // the same every time that the controller tries
      if (refusal !== null) return `pods "${name}" is forbidden: ${refusal}`;
      const ordinal = workload.podsCreated++;
      const pod: PodRecord = { name, workload: workload.name, ordinal, createdAt: nowMs, node: null, scheduledAt: null, readyAt: null, phase: 'pending' };
      this.state.pods.push(pod);
      this.rendering.podChanged(pod);
      this.#unscheduled = true;
      this.#recount(workload.name);
    }
    return null;
  }

  #schedule(nowMs: number): void {
    this.#unscheduled = false;
    const noImage = this.context.faults.active('imageMissing', this.context.spec.name) !== null;
    for (const [name, spec] of this.#workloads) {
      if (this.podCounts(name).pending === 0) continue;
      const pending = this.state.pods.filter((pod) => pod.workload === name && pod.phase === 'pending');
      const byZone = countByZone(this.state.pods, name, this.nodesByName);
      for (const pod of pending) {
        const node = chooseNode(spec, this.state.nodes, byZone);
        if (node === null) {
          this.#unschedulable(spec, pending, nowMs);
          break;
        }
        take(spec, node);
        byZone.set(node.zone, (byZone.get(node.zone) ?? 0) + 1);
        pod.node = node.name;
        pod.scheduledAt = nowMs;
        pod.readyAt = noImage ? null : this.#podReadyAt(pod, spec, nowMs);
        pod.phase = 'starting';
        this.rendering.podChanged(pod);
      }
      this.#recount(name);
    }
    this.#findNextReady();
  }

  #podReadyAt(pod: PodRecord, spec: WorkloadSpec, nowMs: number): number {
    const slow = this.context.faults.active('slowPods', this.context.spec.name);
    const factor = slow === null ? 1 : parameterOf(slow, 'factor', 3);
    return nowMs + Math.round(1000 * factor * drawBetween(this.context.seed, streamOf(pod.name), 1, spec.podReadySeconds));
  }

  /** Pods that waited for their image get it once it can be pulled again. */
  #pullImages(nowMs: number): void {
    if (this.context.faults.active('imageMissing', this.context.spec.name) !== null) return;
    for (const pod of this.state.pods) {
      const spec = this.#workloads.get(pod.workload);
      if (pod.phase !== 'starting' || pod.readyAt !== null || spec === undefined) continue;
      pod.readyAt = this.#podReadyAt(pod, spec, nowMs);
      this.rendering.podChanged(pod);
    }
    this.#imagesVersion = this.context.faults.version;
    this.#findNextReady();
  }

  /** Once for each pod, when it was made: the scheduler goes on trying in silence. */
  #unschedulable(spec: WorkloadSpec, pending: readonly PodRecord[], nowMs: number): void {
    for (const pod of pending) {
      if (pod.phase !== 'pending' || pod.createdAt !== nowMs) continue;
      this.events.record({ at: nowMs, about: { kind: 'Pod', namespace: spec.namespace, name: pod.name }, type: 'Warning', reason: 'FailedScheduling', message: `0/${this.state.nodes.length} nodes are available: no node of ${spec.pools.join(', ')} has the room that it requests.`, component: 'default-scheduler' });
    }
  }

  #addNode(node: NodeRecord): void {
    this.state.nodes.push(node);
    this.nodesByName.set(node.name, node);
  }

  #emptiestZone(pool: string, zones: readonly string[]): string {
    const nodes = this.nodesOf(pool);
    let emptiest = zones[0] ?? '0';
    let fewest = Number.POSITIVE_INFINITY;
    for (const zone of zones) {
      const inZone = nodes.filter((node) => node.zone === zone).length;
      if (inZone < fewest) {
        fewest = inZone;
        emptiest = zone;
      }
    }
    return emptiest;
  }

  #recount(workload: string): void {
    this.#counts.set(workload, this.#countNow(workload));
    this.rendering.workloadChanged(workload);
  }

  #countNow(workload: string): PodCounts {
    const counts = { all: 0, ready: 0, pending: 0 };
    for (const pod of this.state.pods) {
      if (pod.workload !== workload) continue;
      counts.all++;
      if (pod.phase === 'ready') counts.ready++;
      if (pod.phase === 'pending') counts.pending++;
    }
    return counts;
  }

  #findNextReady(): void {
    let next = Number.POSITIVE_INFINITY;
    for (const node of this.state.nodes) if (node.ready === 'provisioning' && node.readyAt < next) next = node.readyAt;
    for (const pod of this.state.pods) if (pod.phase === 'starting' && pod.readyAt !== null && pod.readyAt < next) next = pod.readyAt;
    this.#nextReadyAt = next;
  }
}
