import type { Recommendation, ScaleEvent } from './hpaAlgorithm.ts';

/** The state of a cluster as physics keeps it: small and plain. The Kubernetes objects are rendered from it when read. */
export interface ClusterState {
  readonly pools: PoolRecord[];
  nodes: NodeRecord[];
  pods: PodRecord[];
  readonly workloads: WorkloadRecord[];
  lastNodeAddedAt: number;
  nextHpaSyncAt: number;
  nextAutoscalerScanAt: number;
  /** Reconcilers that own HPAs put their bounds back at this instant. */
  nextReconcileAt: number;
}

export interface PoolRecord {
  readonly name: string;
  minCount: number;
  maxCount: number;
  autoscaled: 'autoscaled' | 'fixed';
  /** Asked for by a PUT of a pool without autoscaler; null while the autoscaler decides. */
  fixedCount: number | null;
  labels: Record<string, string>;
  etagNumber: number;
  /** The bounds that the autoscaler knows: those of the last operation that ended. */
  effectiveMinCount: number;
  effectiveMaxCount: number;
  operation: { readonly id: string; readonly endsAt: number } | null;
  /** Growth is not tried again before this, after a refusal. */
  backoffUntil: number;
  backoffSeconds: number;
  lastRefusal: string | null;
  nodesCreated: number;
}

export interface NodeRecord {
  readonly name: string;
  readonly pool: string;
  readonly ordinal: number;
  readonly zone: string;
  readonly createdAt: number;
  /** Epoch milliseconds from which kubelet calls it Ready. */
  readyAt: number;
  ready: 'provisioning' | 'ready' | 'notReady';
  schedulable: 'schedulable' | 'cordoned';
  unneededSince: number | null;
  freeCpuMillicores: number;
  freeMemoryMiB: number;
  freePods: number;
}

export interface PodRecord {
  readonly name: string;
  readonly workload: string;
  readonly ordinal: number;
  readonly createdAt: number;
  node: string | null;
  scheduledAt: number | null;
  readyAt: number | null;
  phase: 'pending' | 'starting' | 'ready';
}

export interface WorkloadRecord {
  readonly name: string;
  replicas: number;
  /** Size that its ReplicaSet was last given. */
  scaledTo: number;
  /** Why the API server refused its last pod; null = it did not. */
  refusal: string | null;
  podsCreated: number;
  /** Sum and count of the cpu utilisation samples since the last sync, percent. */
  cpuSum: number;
  cpuSamples: number;
  currentUtilisationPercent: number | null;
  desiredReplicas: number;
  lastScaleAt: number | null;
  limited: 'no' | 'TooManyReplicas' | 'TooFewReplicas';
  recommendations: Recommendation[];
  scaleEvents: ScaleEvent[];
}

/** What the node's own daemons (CNI, kube-proxy, agents) take of its allocatable. */
export const daemonsets = [
  { name: 'azure-cns', cpuMillicores: 40, memoryMiB: 250 },
  { name: 'kube-proxy', cpuMillicores: 100, memoryMiB: 60 },
  { name: 'csi-azuredisk-node', cpuMillicores: 30, memoryMiB: 60 },
  { name: 'ama-logs', cpuMillicores: 170, memoryMiB: 325 },
] as const;

export const daemonCpuMillicores = daemonsets.reduce((sum, daemon) => sum + daemon.cpuMillicores, 0);
export const daemonMemoryMiB = daemonsets.reduce((sum, daemon) => sum + daemon.memoryMiB, 0);
