import type { PoolSpec, WorkloadSpec } from '../types.ts';
import { daemonCpuMillicores, daemonMemoryMiB, daemonsets, type NodeRecord, type PodRecord } from './records.ts';

/**
 * kube-scheduler, as far as it decides here: a pod goes to a Ready, schedulable node of its pools that has the room it
 * requests; of those to the zone with the fewest pods of its workload (topologySpreadConstraints, ScheduleAnyway),
 * and there to the node with the most room left (NodeResourcesFit, LeastAllocated).
 */
export function chooseNode(workload: WorkloadSpec, nodes: readonly NodeRecord[], podsByZone: ReadonlyMap<string, number>): NodeRecord | null {
  let best: NodeRecord | null = null;
  let bestInZone = 0;
  for (const node of nodes) {
    if (node.ready !== 'ready' || node.schedulable !== 'schedulable' || !workload.pools.includes(node.pool) || !fits(workload, node)) continue;
    const inZone = podsByZone.get(node.zone) ?? 0;
    if (best === null || inZone < bestInZone || (inZone === bestInZone && node.freeCpuMillicores > best.freeCpuMillicores)) {
      best = node;
      bestInZone = inZone;
    }
  }
  return best;
}

export function fits(workload: WorkloadSpec, room: Pick<NodeRecord, 'freeCpuMillicores' | 'freeMemoryMiB' | 'freePods'>): boolean {
  return room.freePods >= 1 && room.freeCpuMillicores >= workload.cpuMillicores && room.freeMemoryMiB >= workload.memoryMiB;
}

export function take(workload: WorkloadSpec, room: Pick<NodeRecord, 'freeCpuMillicores' | 'freeMemoryMiB' | 'freePods'>): void {
  room.freeCpuMillicores -= workload.cpuMillicores;
  room.freeMemoryMiB -= workload.memoryMiB;
  room.freePods -= 1;
}

export function giveBack(workload: WorkloadSpec, room: Pick<NodeRecord, 'freeCpuMillicores' | 'freeMemoryMiB' | 'freePods'>): void {
  room.freeCpuMillicores += workload.cpuMillicores;
  room.freeMemoryMiB += workload.memoryMiB;
  room.freePods += 1;
}

/** The room on a node of this pool on which only the daemons run. */
export function emptyRoom(pool: PoolSpec): { freeCpuMillicores: number; freeMemoryMiB: number; freePods: number } {
  return {
    freeCpuMillicores: pool.allocatableCpuMillicores - daemonCpuMillicores,
    freeMemoryMiB: pool.allocatableMemoryMiB - daemonMemoryMiB,
    freePods: pool.maxPods - daemonsets.length,
  };
}

export function countByZone(pods: readonly PodRecord[], workload: string, nodes: ReadonlyMap<string, NodeRecord>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pod of pods) {
    if (pod.workload !== workload || pod.node === null) continue;
    const zone = nodes.get(pod.node)?.zone;
    if (zone !== undefined) counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  return counts;
}
