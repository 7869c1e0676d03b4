import type { Resources } from '../facts.ts';
import type { GrowthLimit } from './growthLimits.ts';
import type { PoolModel } from './poolModel.ts';
import type { WorkloadModel } from './stampModel.ts';

/** Millicores and MiB that no packing can exceed: what is free, and as many new nodes in each pool as its limits allow it alone. */
export type MostRoom = Pick<Resources, 'cpuMillicores' | 'memoryMiB'>;

export function mostRoom(pools: readonly PoolModel[], limits: readonly GrowthLimit[]): MostRoom {
  const most = { cpuMillicores: 0, memoryMiB: 0 };
  const add = ({ cpuMillicores, memoryMiB }: Resources, nodes: number): void => {
    if (nodes <= 0) return;
    most.cpuMillicores += Math.max(0, cpuMillicores) * nodes;
    most.memoryMiB += Math.max(0, memoryMiB) * nodes;
  };
  pools.forEach(({ nodeClasses, template, arriving }, position) => {
    for (const { free, nodes } of nodeClasses) add(free, nodes);
    if (template !== null) add(template.free, arriving + newNodesAtMost(limits, position));
  });
  return most;
}

function newNodesAtMost(limits: readonly GrowthLimit[], pool: number): number {
  return limits.reduce((least, { available, costByPool }) => {
    const cost = costByPool[pool] ?? 0;
    return cost === 0 ? least : Math.min(least, Math.max(0, Math.floor(available / cost)));
  }, Infinity);
}

/** Whether so many pods more, by position of the workload, cannot all have a place, however they are packed. */
export function exceeds(most: MostRoom, workloads: readonly WorkloadModel[], additional: readonly number[]): boolean {
  let cpuMillicores = 0;
  let memoryMiB = 0;
  for (let at = 0; at < workloads.length; at += 1) {
    const request = workloads[at]?.request;
    const pods = additional[at] ?? 0;
    cpuMillicores += pods * (request?.cpuMillicores ?? 0);
    memoryMiB += pods * (request?.memoryMiB ?? 0);
  }
  return cpuMillicores > most.cpuMillicores || memoryMiB > most.memoryMiB;
}
