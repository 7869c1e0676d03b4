import type { PoolSpec, WorkloadSpec } from '../types.ts';
import { daemonCpuMillicores, daemonMemoryMiB, daemonsets, type NodeRecord, type PodRecord } from './records.ts';

/**
 * kube-scheduler, as far as it decides here: a pod goes to a Ready, schedulable node of its pools that has the room it
 * requests; of those to the zone with the fewest pods of its workload (topologySpreadConstraints: ScheduleAnyway prefers it,
 * DoNotSchedule lets none be more than maxSkew ahead), and there to the node with the most room left (NodeResourcesFit, LeastAllocated).
 */
export function chooseNode(workload: WorkloadSpec, nodes: readonly NodeRecord[], podsByZone: ReadonlyMap<string, number>): NodeRecord | null {
  let best: NodeRecord | null = null;
  let bestInZone = 0;
  const open = zonesWithinSkew(workload, nodes, podsByZone);
  for (const node of nodes) {
    if (node.ready !== 'ready' || node.schedulable !== 'schedulable' || !workload.pools.includes(node.pool) || !fits(workload, node) || open?.has(node.zone) === false) continue;
    const inZone = podsByZone.get(node.zone) ?? 0;
    if (best === null || inZone < bestInZone || (inZone === bestInZone && node.freeCpuMillicores > best.freeCpuMillicores)) {
      best = node;
      bestInZone = inZone;
    }
  }
  return best;
}

/**
 * Zones that may take one more pod of a workload whose spread says DoNotSchedule; null for all. A zone counts while any node
 * of its pools is there, ready or not (nodeAffinityPolicy Honor, nodeTaintsPolicy Ignore: the defaults).
 */
export function zonesWithinSkew(workload: WorkloadSpec, nodes: readonly Pick<NodeRecord, 'pool' | 'zone'>[], podsByZone: ReadonlyMap<string, number>): ReadonlySet<string> | null {
  if (workload.zoneSpread !== 'DoNotSchedule') return null;
  const zones = new Set(nodes.flatMap((node) => (workload.pools.includes(node.pool) ? [node.zone] : [])));
  const fewest = Math.min(...[...zones].map((zone) => podsByZone.get(zone) ?? 0));
  return new Set([...zones].filter((zone) => (podsByZone.get(zone) ?? 0) + 1 - fewest <= maxSkew));
}

/** Of every workload's spread over zones. */
export const maxSkew = 1;

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
