import { boundsAreOurs, freshStampFacts, replicasNeeded } from '../capacity/index.ts';
import type { FleetFacts, PoolFacts, StampFacts } from '../facts.ts';
import type { Fleet } from '../fleet.ts';
import type { CountBounds, HpaSurge, PoolSurge, ReplicaBounds, StampSurge } from '../plan.ts';

/** A surge handed back: what is restored, in the order in which it is written, and what is kept, with the reason. */
export interface HandBack {
  readonly hpas: readonly { readonly stamp: string; readonly workload: string; readonly namespace: string; readonly hpa: string; readonly from: ReplicaBounds; readonly to: ReplicaBounds }[];
  readonly pools: readonly { readonly stamp: string; readonly pool: string; readonly from: CountBounds; readonly to: CountBounds }[];
  readonly kept: readonly { readonly stamp: string; readonly what: string; readonly why: string }[];
}

/**
 * The way back of surges, newest first and pods before nodes. Restores only what is still as we left it (I12), and never
 * goes below what the load needs: a maximum stays as high as the present load calls for, and a
 * pool keeps room for the nodes that it has. A load that is not known keeps the surge.
 */
export function planHandBack(surges: readonly StampSurge[], facts: FleetFacts, fleet: Fleet): HandBack {
  const hpas: HandBack['hpas'][number][] = [];
  const pools: HandBack['pools'][number][] = [];
  const kept: HandBack['kept'][number][] = [];
  for (const surge of surges.toReversed()) {
    const read = facts.stamps[surge.stamp];
    const fresh = read === undefined ? null : freshStampFacts(read, facts.at);
    for (const step of surge.hpas.toReversed()) {
      const answer = hpaBack(step, fresh, fleet);
      if (typeof answer === 'string') kept.push({ stamp: surge.stamp, what: `HPA ${step.namespace}/${step.hpa}`, why: answer });
      else hpas.push({ stamp: surge.stamp, workload: step.workload, namespace: step.namespace, hpa: step.hpa, from: step.after, to: answer });
    }
    for (const step of surge.pools.toReversed()) {
      const answer = poolBack(step, fresh);
      if (typeof answer === 'string') kept.push({ stamp: surge.stamp, what: `pool ${step.pool}`, why: answer });
      else pools.push({ stamp: surge.stamp, pool: step.pool, from: step.after, to: answer });
    }
  }
  return { hpas, pools, kept };
}

function hpaBack(step: HpaSurge, facts: StampFacts | null, fleet: Fleet): ReplicaBounds | string {
  if (facts === null || facts.workloads.kind === 'unknown') return 'it cannot be read now';
  const workload = facts.workloads.value.find(({ name }) => name === step.workload);
  const hpa = workload?.hpa ?? null;
  const settings = fleet.workloads.find(({ name }) => name === step.workload);
  if (workload === undefined || hpa === null || settings === undefined) return 'it is not there any more';
  if (!boundsAreOurs(hpa)) return 'a reconciler owns its bounds now';
  if (hpa.minReplicas !== step.after.minReplicas || hpa.maxReplicas !== step.after.maxReplicas) return `somebody else has set it to ${hpa.minReplicas}..${hpa.maxReplicas}`;
  if (facts.load.kind === 'unknown') return `its load is not known (${facts.load.why})`;
  const load = facts.load.value.byWorkload[step.workload] ?? facts.load.value.requestsPerSecond * settings.trafficShare;
  const needed = replicasNeeded(settings, workload, { now: load, after: load }, fleet.policy);
  // Between its bounds the HPA itself comes down as far as the load lets it.
  return { minReplicas: step.before.minReplicas, maxReplicas: Math.min(hpa.maxReplicas, Math.max(step.before.maxReplicas, needed)) };
}

function poolBack(step: PoolSurge, facts: StampFacts | null): CountBounds | string {
  if (facts === null || facts.pools.kind === 'unknown') return 'it cannot be read now';
  const pool: PoolFacts | undefined = facts.pools.value.find(({ name }) => name === step.pool);
  if (pool === undefined) return 'it is not there any more';
  if (pool.minCount !== step.after.minCount || pool.maxCount !== step.after.maxCount) return `somebody else has set it to ${pool.minCount}..${pool.maxCount}`;
  if (pool.provisioningState !== 'Succeeded') return `another operation is in progress (${pool.provisioningState})`;
  // A maxCount below the count is refused by AKS, and would take nodes from pods that still run.
  return { minCount: step.before.minCount, maxCount: Math.max(step.before.maxCount, pool.count) };
}
