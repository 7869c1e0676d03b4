import type { PoolSurge, HpaSurge } from '../domain/plan.ts';
import type { Ports } from '../ports/ports.ts';
import { stampNamed } from './applyWrite.ts';
import type { ActivityInput, SurgeStep } from './contracts.ts';
import { mayProceed } from './guard.ts';
import { loadPlan } from './loadPlan.ts';
import { readAssessment } from './readAssessment.ts';
import { reassess } from './reassess.ts';
import { recordStep } from './runLog.ts';

/** Whether the nodes or pods that one survivor was asked for are there. What cannot be read is not there yet. */
export async function verifySurge(ports: Ports, step: ActivityInput<'verifySurge'>): Promise<SurgeStep> {
  const proceed = await mayProceed(ports, step);
  if (proceed.kind === 'stopped') return proceed;
  const plan = await loadPlan(ports, step);
  const reassessed = await reassess(ports, step, plan, await readAssessment(ports), null);
  if (reassessed.kind === 'stopped') return reassessed;
  if (reassessed.kind === 'superseded') return { kind: 'superseded' };
  const surge = plan.surges.find(({ stamp }) => stamp === step.stamp);
  if (surge === undefined) return { kind: 'ready' };
  const seen = step.what === 'nodes' ? await countNodes(ports, step, surge.pools) : await countPods(ports, step, surge.hpas);
  return seen.every(({ wanted, ready }) => ready >= wanted)
    ? { kind: 'ready' }
    : { kind: 'notYet', wanted: sum(seen.map(({ wanted }) => wanted)), ready: sum(seen.map(({ wanted, ready }) => Math.min(wanted, ready))) };
}

interface Seen {
  readonly wanted: number;
  readonly ready: number;
}

async function countNodes(ports: Ports, step: ActivityInput<'verifySurge'>, pools: readonly PoolSurge[]): Promise<readonly Seen[]> {
  if (pools.length === 0) return [];
  const nodes = await ports.workloads.readNodeStates(stampNamed(ports.fleet, step.stamp), pools.map(({ pool }) => pool));
  return Promise.all(
    pools.map(async ({ pool, nodesWanted }) => {
      const ready = nodes.kind === 'unknown' ? 0 : nodes.value.filter((node) => node.pool === pool && node.ready === 'ready' && node.schedulable === 'schedulable').length;
      await recordStep(ports, step, `nodes:${step.stamp}:${pool}:${ready}`, { type: 'NodesSeen', stamp: step.stamp, pool, wanted: nodesWanted, ready });
      return { wanted: nodesWanted, ready };
    }),
  );
}

async function countPods(ports: Ports, step: ActivityInput<'verifySurge'>, hpas: readonly HpaSurge[]): Promise<readonly Seen[]> {
  const names = new Set(hpas.map(({ workload }) => workload));
  const read = await ports.workloads.readReplicas(stampNamed(ports.fleet, step.stamp), ports.fleet.workloads.filter(({ name }) => names.has(name)));
  return Promise.all(
    hpas.map(async ({ workload, replicasWanted }) => {
      const facts = read.kind === 'known' ? read.value.find(({ name }) => name === workload) : undefined;
      const ready = facts?.generationObserved === 'current' ? facts.availableReplicas : 0;
      await recordStep(ports, step, `pods:${step.stamp}:${workload}:${ready}`, { type: 'ReplicasSeen', stamp: step.stamp, workload, wanted: replicasWanted, ready });
      return { wanted: replicasWanted, ready };
    }),
  );
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
