import type { PoolSpec, WorkloadSpec } from '../types.ts';
import type { Cluster } from './cluster.ts';
import type { NodeRecord, PodRecord, PoolRecord } from './records.ts';
import { countByZone, emptyRoom, fits, take, zonesWithinSkew } from './scheduler.ts';

/** AKS' defaults of the cluster autoscaler profile ("Use the cluster autoscaler in AKS"). */
export const scanSeconds = 10;
export const scaleDownDelayAfterAddSeconds = 600;
export const scaleDownUnneededSeconds = 600;
export const scaleDownUtilisationThreshold = 0.5;
export const maxEmptyBulkDelete = 10;
/** Growth that was refused is tried again after 5 minutes, then twice as long each time, up to 30 (node group backoff). */
const firstBackoffSeconds = 300;
const longestBackoffSeconds = 1800;
const maximumReached = 'max node group size reached';

/**
 * The cluster autoscaler as AKS runs it: every scan it keeps each pool at its minimum, asks for machines for pods that
 * fit nowhere, and takes away machines that were not needed for ten minutes. It never leaves a pool's bounds.
 */
export class Autoscaler {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  scan(nowMs: number): void {
    for (const pool of this.#cluster.state.pools) {
      if (pool.autoscaled === 'autoscaled') this.#keepMinimum(pool, nowMs);
    }
    this.#growForPending(nowMs);
    this.#shrink(nowMs);
  }

  #keepMinimum(pool: PoolRecord, nowMs: number): void {
    const missing = pool.effectiveMinCount - this.#cluster.nodesOf(pool.name).length;
    if (missing > 0) this.#grow(pool, missing, nowMs);
  }

  /** First-fit over machines that are on their way, then as many new ones as the rest fills. */
  #growForPending(nowMs: number): void {
    if (this.#cluster.state.workloads.every((workload) => this.#cluster.podCounts(workload.name).pending === 0)) return;
    const pending = this.#cluster.state.pods.filter((pod) => pod.phase === 'pending');
    for (const pool of this.#cluster.state.pools) {
      const spec = this.#cluster.context.spec.pools.find((candidate) => candidate.name === pool.name);
      if (pool.autoscaled !== 'autoscaled' || spec === undefined) continue;
      const coming = this.#cluster.nodesOf(pool.name).filter((node) => node.ready === 'provisioning').map(() => emptyRoom(spec));
      const fresh: ReturnType<typeof emptyRoom>[] = [];
      for (const pod of pending) {
        const workload = this.#cluster.workload(pod.workload);
        if (workload === null || !workload.pools.includes(pool.name) || !this.#mayHelp(workload, spec)) continue;
        const room = [...coming, ...fresh].find((candidate) => fits(workload, candidate));
        if (room !== undefined) {
          take(workload, room);
          continue;
        }
        const added = emptyRoom(spec);
        if (!fits(workload, added)) continue;
        take(workload, added);
        fresh.push(added);
      }
      const allowed = pool.effectiveMaxCount - this.#cluster.nodesOf(pool.name).length;
      const wanted = Math.min(fresh.length, allowed);
      if (wanted > 0) this.#grow(pool, wanted, nowMs);
      else if (fresh.length > 0) this.#tellAboutMaximum(pool, pending, nowMs);
    }
  }

  /** A new node is of no use to a pod whose spread wants it in a zone where no machine comes up. */
  #mayHelp(workload: WorkloadSpec, pool: PoolSpec): boolean {
    const { state, nodesByName } = this.#cluster;
    const zones = zonesWithinSkew(workload, state.nodes, countByZone(state.pods, workload.name, nodesByName));
    return zones === null || this.#cluster.openZonesOf(pool).some((zone) => zones.has(zone));
  }

  #grow(pool: PoolRecord, wanted: number, nowMs: number): void {
    if (nowMs < pool.backoffUntil) return;
    const grant = this.#cluster.context.grant(pool.name, wanted);
    if (grant.nodes > 0) this.#cluster.addNodes(pool, grant.nodes, nowMs);
    if (grant.refusal === null) {
      pool.backoffSeconds = 0;
      pool.lastRefusal = null;
      return;
    }
    pool.lastRefusal = `${grant.refusal.code}: ${grant.refusal.message}`;
    pool.backoffSeconds = pool.backoffSeconds === 0 ? firstBackoffSeconds : Math.min(2 * pool.backoffSeconds, longestBackoffSeconds);
    pool.backoffUntil = nowMs + pool.backoffSeconds * 1000;
  }

  /** Once, until the pool has grown again. */
  #tellAboutMaximum(pool: PoolRecord, pending: readonly PodRecord[], nowMs: number): void {
    const pod = pending.find((candidate) => this.#cluster.workload(candidate.workload)?.pools.includes(pool.name) === true);
    const workload = pod === undefined ? null : this.#cluster.workload(pod.workload);
    if (pod === undefined || workload === null || pool.lastRefusal === maximumReached) return;
    pool.lastRefusal = maximumReached;
    this.#cluster.events.record({ at: nowMs, about: { kind: 'Pod', namespace: workload.namespace, name: pod.name }, type: 'Normal', reason: 'NotTriggerScaleUp', message: `pod didn't trigger scale-up: 1 ${maximumReached} (${pool.name})`, component: 'cluster-autoscaler' });
  }

  #shrink(nowMs: number): void {
    const { state } = this.#cluster;
    for (const pool of state.pools) {
      if (pool.autoscaled !== 'autoscaled') continue;
      const nodes = this.#cluster.nodesOf(pool.name);
      for (const node of nodes) node.unneededSince = this.#isUnneeded(node) ? (node.unneededSince ?? nowMs) : null;
      if (nowMs - state.lastNodeAddedAt < scaleDownDelayAfterAddSeconds * 1000) continue;
      let removable = nodes.length - pool.effectiveMinCount;
      let drained = 0;
      let emptied = 0;
      for (const node of nodes.toReversed()) {
        if (removable <= 0 || node.unneededSince === null || nowMs - node.unneededSince < scaleDownUnneededSeconds * 1000) continue;
        const pods = this.#podsOn(node);
        if (pods.length === 0 ? emptied >= maxEmptyBulkDelete : drained >= 1) continue;
        if (pods.length > 0 && !this.#fitElsewhere(node, pods)) continue;
        this.#cluster.removeNode(node.name);
        removable--;
        if (pods.length === 0) emptied++;
        else drained++;
      }
    }
  }

  /** Requests below half of the allocatable, and every pod would fit on another node. */
  #isUnneeded(node: NodeRecord): boolean {
    const spec = this.#cluster.context.spec.pools.find((candidate) => candidate.name === node.pool);
    if (spec === undefined || spec.mode === 'System' || node.ready !== 'ready') return false;
    const cpu = 1 - node.freeCpuMillicores / spec.allocatableCpuMillicores;
    const memory = 1 - node.freeMemoryMiB / spec.allocatableMemoryMiB;
    if (Math.max(cpu, memory) >= scaleDownUtilisationThreshold) return false;
    const pods = this.#podsOn(node);
    return pods.length === 0 || this.#fitElsewhere(node, pods);
  }

  #fitElsewhere(node: NodeRecord, pods: readonly PodRecord[]): boolean {
    const rooms = this.#cluster.state.nodes
      .filter((other) => other !== node && other.ready === 'ready' && other.schedulable === 'schedulable')
      .map((other) => ({ pool: other.pool, freeCpuMillicores: other.freeCpuMillicores, freeMemoryMiB: other.freeMemoryMiB, freePods: other.freePods }));
    return pods.every((pod) => {
      const workload = this.#cluster.workload(pod.workload);
      const room = workload === null ? undefined : rooms.find((candidate) => workload.pools.includes(candidate.pool) && fits(workload, candidate));
      if (workload === null || room === undefined) return false;
      take(workload, room);
      return true;
    });
  }

  #podsOn(node: NodeRecord): readonly PodRecord[] {
    return this.#cluster.state.pods.filter((pod) => pod.node === node.name);
  }
}
