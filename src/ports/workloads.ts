import type { Stamp, Workload } from '../domain/fleet.ts';
import type { NodeFacts, WorkloadFacts } from '../domain/facts.ts';
import type { ReplicaBounds } from '../domain/plan.ts';
import type { Reading } from '../domain/reading.ts';
import type { WriteOutcome } from './outcome.ts';

/** What runs in a stamp's cluster, through its Kubernetes API. */
export interface Workloads {
  readNodes(stamp: Stamp): Promise<Reading<readonly NodeFacts[]>>;
  readWorkloads(stamp: Stamp, workloads: readonly Workload[]): Promise<Reading<readonly WorkloadFacts[]>>;
  /** Server-side apply of minReplicas and maxReplicas alone; one-shot owners are forced, reconcilers refused. */
  applyHpaBounds(stamp: Stamp, hpa: HpaRef, set: ReplicaBounds): Promise<WriteOutcome>;
}

export interface HpaRef {
  readonly namespace: string;
  readonly name: string;
}
