import type { Stamp, Workload } from '../domain/fleet.ts';
import type { NodeFacts, NodeState, ReplicaFacts, WorkloadFacts } from '../domain/facts.ts';
import type { ReplicaBounds } from '../domain/plan.ts';
import type { Reading } from '../domain/reading.ts';
import type { WriteOutcome } from './outcome.ts';

/** What runs in a stamp's cluster, through its Kubernetes API. */
export interface Workloads {
  readNodes(stamp: Stamp): Promise<Reading<readonly NodeFacts[]>>;
  /** Nodes of these pools alone, for a wait that asks again and again: no pod is read. */
  readNodeStates(stamp: Stamp, pools: readonly string[]): Promise<Reading<readonly NodeState[]>>;
  /** One that does not run there leaves all of them unknown: see `workloadsOf`. */
  readWorkloads(stamp: Stamp, workloads: readonly Workload[]): Promise<Reading<readonly WorkloadFacts[]>>;
  /** How many replicas serve, for a wait that asks again and again: no pod is read. */
  readReplicas(stamp: Stamp, workloads: readonly Workload[]): Promise<Reading<readonly ReplicaFacts[]>>;
  /** Server-side apply of minReplicas and maxReplicas alone; one-shot owners are forced, reconcilers refused. */
  applyHpaBounds(stamp: Stamp, hpa: HpaRef, set: ReplicaBounds): Promise<WriteOutcome>;
}

export interface HpaRef {
  readonly namespace: string;
  readonly name: string;
}
