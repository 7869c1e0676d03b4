import type { SkuSpec } from './types.ts';

/** The sizes that every region of the sandbox offers. */
export const skus: readonly SkuSpec[] = [
  { name: 'Standard_D2s_v5', family: 'standardDSv5Family', vCpus: 2, memoryGiB: 8, zones: ['1', '2', '3'] },
  { name: 'Standard_D4s_v5', family: 'standardDSv5Family', vCpus: 4, memoryGiB: 16, zones: ['1', '2', '3'] },
  { name: 'Standard_D8s_v5', family: 'standardDSv5Family', vCpus: 8, memoryGiB: 32, zones: ['1', '2', '3'] },
  { name: 'Standard_E4s_v5', family: 'standardESv5Family', vCpus: 4, memoryGiB: 32, zones: ['1', '2', '3'] },
];

export interface Allocatable {
  readonly cpuMillicores: number;
  readonly memoryMiB: number;
}

const memoryGiBPerVCpu: Readonly<Record<string, number>> = { D: 4, E: 8, F: 2 };

/**
 * A size by Azure's naming convention: series, vCPUs, features, version; the quota family is named after the same parts.
 * Throws for what is not a general, memory or compute optimised size of a numbered version.
 */
export function skuNamed(name: string): SkuSpec {
  const known = skus.find((sku) => sku.name === name);
  if (known !== undefined) return known;
  const match = /^Standard_([DEF])(\d+)([a-z]*)_v(\d+)$/.exec(name);
  const [, series = '', vCpus = '', features = '', version = ''] = match ?? [];
  const perVCpu = memoryGiBPerVCpu[series];
  if (perVCpu === undefined) throw new Error(`the sandbox does not know the VM size "${name}"; it knows sizes like Standard_D4ds_v5 of the series ${Object.keys(memoryGiBPerVCpu).join(', ')}`);
  return {
    name,
    family: `standard${series}${features.toUpperCase()}v${version}Family`,
    vCpus: Number(vCpus),
    memoryGiB: Number(vCpus) * perVCpu,
    zones: ['1', '2', '3'],
  };
}

/** vCPUs and what kubelet keeps of them, millicores, by AKS' published table. */
const reservedCpuMillicores: readonly (readonly [number, number])[] = [[1, 60], [2, 100], [4, 140], [8, 180], [16, 260], [32, 420], [64, 740]];
const evictionMiB = 100;

/**
 * What AKS leaves of a machine for pods from Kubernetes 1.29 on: memory less 20 MiB a pod and 50 MiB (at most a quarter),
 * less the eviction threshold (https://learn.microsoft.com/azure/aks/node-resource-reservations).
 */
export function allocatableOf(sku: SkuSpec, maxPods: number): Allocatable {
  const reserved = reservedCpuMillicores.findLast(([vCpus]) => vCpus <= sku.vCpus)?.[1] ?? 60;
  const memoryMiB = sku.memoryGiB * 1024;
  return { cpuMillicores: sku.vCpus * 1000 - reserved, memoryMiB: Math.floor(memoryMiB - Math.min(20 * maxPods + 50, memoryMiB / 4) - evictionMiB) };
}
