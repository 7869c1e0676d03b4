import type { PoolModel } from './poolModel.ts';
import type { WorkloadModel } from './stampModel.ts';

export type PackingOrder = 'largestFirst' | 'tierFirst';

/** Positions of workloads in the order in which their pods are placed. */
export function packingOrders(workloads: readonly WorkloadModel[], pools: readonly PoolModel[]): Readonly<Record<PackingOrder, readonly number[]>> {
  const size = workloads.map((workload) => podSize(workload, pools));
  const largestFirst = workloads.map((_, position) => position).toSorted((a, b) => (size[b] ?? 0) - (size[a] ?? 0) || a - b);
  const tier = (position: number): number => workloads[position]?.workload.tier ?? 0;
  return { largestFirst, tierFirst: largestFirst.toSorted((a, b) => tier(a) - tier(b)) };
}

/** The largest fraction that one pod takes of an empty node in its first pool. */
function podSize({ request, pools: usable }: WorkloadModel, pools: readonly PoolModel[]): number {
  const template = pools[usable[0] ?? -1]?.template;
  if (template === null || template === undefined) return request.cpuMillicores;
  return Math.max(request.cpuMillicores / template.free.cpuMillicores, request.memoryMiB / template.free.memoryMiB, request.ephemeralStorageMiB / Math.max(1, template.free.ephemeralStorageMiB), 1 / template.freePods);
}
