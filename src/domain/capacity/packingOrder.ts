import type { PoolModel } from './poolModel.ts';
import type { WorkloadModel } from './stampModel.ts';

export type PackingOrder = 'largestFirst' | 'tierFirst';

/** Positions of workloads, those with the largest pods first. */
export function largestFirst(workloads: readonly WorkloadModel[], pools: readonly PoolModel[]): readonly number[] {
  const size = Float64Array.from(workloads, (workload) => podSize(workload, pools));
  return workloads.map((_, position) => position).toSorted((a, b) => (size[b] ?? 0) - (size[a] ?? 0) || a - b);
}

/** The same with the higher tiers before the lower ones: for where room is short. */
export function tierFirst(largest: readonly number[], workloads: readonly WorkloadModel[]): readonly number[] {
  const tier = (position: number): number => workloads[position]?.workload.tier ?? 0;
  return largest.toSorted((a, b) => tier(a) - tier(b));
}

/** The largest fraction that one pod takes of an empty node in its first pool. */
function podSize({ request, pools: usable }: WorkloadModel, pools: readonly PoolModel[]): number {
  const template = pools[usable[0] ?? -1]?.template;
  if (template === null || template === undefined) return request.cpuMillicores;
  return Math.max(request.cpuMillicores / template.free.cpuMillicores, request.memoryMiB / template.free.memoryMiB, request.ephemeralStorageMiB / Math.max(1, template.free.ephemeralStorageMiB), 1 / template.freePods);
}
