import type { NodeFacts, PoolFacts, Resources, SkuFacts, StampFacts } from '../facts.ts';

/** What a new node of a pool offers to pods that are not daemonsets. */
export interface NodeTemplate {
  readonly free: Resources;
  readonly freePods: number;
}

/** `eastus2-1` as the Kubernetes label has it and `1` as the pool has it are the same zone. */
export function zoneOf(label: string, pool: PoolFacts): string {
  if (pool.zones.length === 0) return '';
  return label.includes('-') ? label.slice(label.lastIndexOf('-') + 1) : label;
}

/**
 * From the pool's own nodes, the smallest allocatable and the largest daemonset share of any of them. A pool without
 * nodes: from its SKU less AKS' published reservations, with the heaviest daemonsets of the cluster's other nodes.
 * Null where neither is known.
 */
export function nodeTemplate(pool: PoolFacts, nodes: readonly NodeFacts[], sku: SkuFacts | null, facts: StampFacts): NodeTemplate | null {
  if (nodes.length > 0) {
    const extremes = extremesOf(nodes);
    return lessDaemonsets(extremes.allocatable, extremes.allocatablePods, extremes);
  }
  if (sku === null || !(sku.vCpus > 0) || !(sku.memoryMiB > 0) || facts.nodes.kind === 'unknown' || facts.nodes.value.length === 0) return null;
  const extremes = extremesOf(facts.nodes.value);
  const usableVCpus = sku.usableVCpus ?? sku.vCpus;
  const offered = {
    cpuMillicores: usableVCpus * 1000 - reservedCpuMillicores(usableVCpus),
    memoryMiB: sku.memoryMiB - reservedMemoryMiB(sku.memoryMiB, pool.maxPods),
    ephemeralStorageMiB: extremes.allocatable.ephemeralStorageMiB,
  };
  return lessDaemonsets(offered, pool.maxPods, extremes);
}

/** The least that any node offers, and the most that daemonsets take on any. */
type Extremes = Pick<NodeFacts, 'allocatable' | 'allocatablePods' | 'daemonsets' | 'daemonsetPods'>;

function extremesOf(nodes: readonly NodeFacts[]): Extremes {
  const allocatable = { cpuMillicores: Infinity, memoryMiB: Infinity, ephemeralStorageMiB: Infinity };
  const daemonsets = { cpuMillicores: 0, memoryMiB: 0, ephemeralStorageMiB: 0 };
  let allocatablePods = Infinity;
  let daemonsetPods = 0;
  for (const node of nodes) {
    allocatable.cpuMillicores = Math.min(allocatable.cpuMillicores, node.allocatable.cpuMillicores);
    allocatable.memoryMiB = Math.min(allocatable.memoryMiB, node.allocatable.memoryMiB);
    allocatable.ephemeralStorageMiB = Math.min(allocatable.ephemeralStorageMiB, node.allocatable.ephemeralStorageMiB);
    allocatablePods = Math.min(allocatablePods, node.allocatablePods);
    daemonsets.cpuMillicores = Math.max(daemonsets.cpuMillicores, node.daemonsets.cpuMillicores);
    daemonsets.memoryMiB = Math.max(daemonsets.memoryMiB, node.daemonsets.memoryMiB);
    daemonsets.ephemeralStorageMiB = Math.max(daemonsets.ephemeralStorageMiB, node.daemonsets.ephemeralStorageMiB);
    daemonsetPods = Math.max(daemonsetPods, node.daemonsetPods);
  }
  return { allocatable, allocatablePods, daemonsets, daemonsetPods };
}

function lessDaemonsets({ cpuMillicores, memoryMiB, ephemeralStorageMiB }: Resources, pods: number, { daemonsets, daemonsetPods }: Extremes): NodeTemplate {
  return {
    free: { cpuMillicores: cpuMillicores - daemonsets.cpuMillicores, memoryMiB: memoryMiB - daemonsets.memoryMiB, ephemeralStorageMiB: ephemeralStorageMiB - daemonsets.ephemeralStorageMiB },
    freePods: pods - daemonsetPods,
  };
}

/** "Node resource reservations" of the AKS documentation, CPU: millicores by cores of the VM; between two rows the larger. */
function reservedCpuMillicores(cores: number): number {
  const rows: readonly (readonly [number, number])[] = [[1, 60], [2, 100], [4, 140], [8, 180], [16, 260], [32, 420], [64, 740]];
  return rows.find(([upTo]) => cores <= upTo)?.[1] ?? Math.ceil(740 + ((cores - 64) / 64) * 640);
}

/**
 * Memory, the same page: the lesser of 20 MB x maxPods + 50 MB and a quarter of the VM's (from Kubernetes 1.29 on), plus
 * the eviction threshold of 100 MiB; the operating system's own part of the VM's memory (about 4 %) is lost besides.
 */
function reservedMemoryMiB(memoryMiB: number, maxPods: number): number {
  return Math.ceil(Math.min(20 * maxPods + 50, memoryMiB / 4) + 100 + memoryMiB * 0.04);
}
