import type { GrowthLimit } from './growthLimits.ts';
import type { PoolModel } from './poolModel.ts';
import type { MostRoom, WorkloadModel } from './stampModel.ts';

export function mostRoom(pools: readonly PoolModel[], limits: readonly GrowthLimit[]): MostRoom {
  const together = nodesAtMost(limits.filter(({ costByPool }) => costByPool.every((cost) => cost > 0)), (costs) => Math.min(...costs));
  return { cpuMillicores: mostOf(pools, limits, together, 'cpuMillicores'), memoryMiB: mostOf(pools, limits, together, 'memoryMiB') };
}

function mostOf(pools: readonly PoolModel[], limits: readonly GrowthLimit[], together: number, resource: keyof MostRoom): number {
  let there = 0;
  let bought = 0;
  let largest = 0;
  pools.forEach(({ nodeClasses, template, arriving }, position) => {
    for (const { free, nodes } of nodeClasses) there += Math.max(0, free[resource]) * nodes;
    const ofNode = Math.max(0, template?.free[resource] ?? 0);
    if (ofNode === 0) return;
    there += ofNode * arriving;
    bought += ofNode * nodesAtMost(limits, (costs) => costs[position] ?? 0);
    largest = Math.max(largest, ofNode);
  });
  return there + (largest === 0 ? 0 : Math.min(bought, largest * together));
}

function nodesAtMost(limits: readonly GrowthLimit[], costOf: (costs: readonly number[]) => number): number {
  return limits.reduce((least, { available, costByPool }) => {
    const cost = costOf(costByPool);
    return cost > 0 ? Math.min(least, Math.max(0, Math.floor(available / cost))) : least;
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
