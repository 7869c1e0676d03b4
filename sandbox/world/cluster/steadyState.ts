import { draw, streamOf } from '../prng.ts';
import type { StampSpec } from '../types.ts';
import { scanSeconds } from './autoscaler.ts';
import { syncSeconds } from './hpaAlgorithm.ts';
import { podName, vmName } from './names.ts';
import { reconcileSeconds } from './reconcilers.ts';
import type { ClusterState, NodeRecord } from './records.ts';
import { chooseNode, countByZone, emptyRoom, take } from './scheduler.ts';

/** A cluster as it has stood for a day: every node Ready, every pod serving. */
export function steadyState(spec: StampSpec, seed: number, nowMs: number): ClusterState {
  const dayAgo = nowMs - 86_400_000;
  const state: ClusterState = {
    pools: spec.pools.map((pool) => ({
      name: pool.name,
      minCount: pool.minCount,
      maxCount: pool.maxCount,
      autoscaled: pool.autoscaled ?? 'autoscaled',
      fixedCount: null,
      labels: {},
      etagNumber: 1,
      effectiveMinCount: pool.minCount,
      effectiveMaxCount: pool.maxCount,
      operation: null,
      backoffUntil: 0,
      backoffSeconds: 0,
      lastRefusal: null,
      nodesCreated: pool.count,
    })),
    nodes: spec.pools.flatMap((pool) =>
      Array.from({ length: pool.count }, (_, ordinal): NodeRecord => ({
        name: vmName(spec.name, pool.name, ordinal),
        pool: pool.name,
        ordinal,
        zone: pool.zones[ordinal % Math.max(1, pool.zones.length)] ?? '0',
        createdAt: dayAgo,
        readyAt: dayAgo,
        ready: 'ready',
        schedulable: 'schedulable',
        unneededSince: null,
        ...emptyRoom(pool),
      })),
    ),
    pods: [],
    workloads: spec.workloads.map((workload) => ({
      name: workload.name,
      replicas: workload.replicas,
      scaledTo: workload.replicas,
      refusal: null,
      podsCreated: workload.replicas,
      cpuSum: 0,
      cpuSamples: 0,
      currentUtilisationPercent: null,
      desiredReplicas: workload.replicas,
      lastScaleAt: null,
      limited: 'no',
      recommendations: [],
      scaleEvents: [],
    })),
    lastNodeAddedAt: dayAgo,
    // each cluster's controllers have their own phase
    nextHpaSyncAt: nowMs + 1000 * syncSeconds * draw(seed, streamOf(`hpa ${spec.name}`), 0),
    nextAutoscalerScanAt: nowMs + 1000 * scanSeconds * draw(seed, streamOf(`autoscaler ${spec.name}`), 0),
    nextReconcileAt: nowMs + 1000 * reconcileSeconds * draw(seed, streamOf(`reconciler ${spec.name}`), 0),
  };
  placeAll(spec, seed, state, dayAgo);
  return state;
}

function placeAll(spec: StampSpec, seed: number, state: ClusterState, at: number): void {
  const nodes = new Map(state.nodes.map((node) => [node.name, node]));
  for (const workload of spec.workloads) {
    const byZone = countByZone(state.pods, workload.name, nodes);
    for (let ordinal = 0; ordinal < workload.replicas; ordinal++) {
      const node = chooseNode(workload, state.nodes, byZone);
      if (node !== null) {
        take(workload, node);
        byZone.set(node.zone, (byZone.get(node.zone) ?? 0) + 1);
      }
      state.pods.push({ name: podName({ spec, seed }, workload.name, ordinal), workload: workload.name, ordinal, createdAt: at, node: node?.name ?? null, scheduledAt: node === null ? null : at, readyAt: node === null ? null : at + 20_000, phase: node === null ? 'pending' : 'ready' });
    }
  }
}

