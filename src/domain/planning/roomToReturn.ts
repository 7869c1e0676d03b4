import type { WorkloadFacts } from '../facts.ts';
import type { Fleet, StampName } from '../fleet.ts';
import type { ChainedEntry } from '../ledgerEvent.ts';
import type { LeavingStamp } from '../plan.ts';
import type { Reading } from '../reading.ts';
import { workloadsOf } from '../workloadsOf.ts';
import { stampAt } from './fleetContext.ts';
import type { PlanContext } from './planContext.ts';

/** What ran in the asked stamps when the run first took their traffic; those that could not be read then are left out. */
export function roomOfLeaving(context: PlanContext): readonly LeavingStamp[] {
  const earlier = context.input.previous?.leaving ?? [];
  return [...context.asked].flatMap((index): LeavingStamp[] => {
    const stamp = stampAt(context, index);
    const facts = context.stampFacts[index];
    const known = earlier.find((one) => one.stamp === stamp.name);
    if (known !== undefined) return [known];
    if (facts?.workloads.kind !== 'known') return [];
    const running = new Map(facts.workloads.value.map((one) => [one.name, one.readyReplicas]));
    const { load } = facts;
    const workloads = workloadsOf(context.fleet, stamp).flatMap(({ name, trafficShare }) => {
      const readyReplicas = running.get(name);
      const requestsPerSecond = load.kind === 'known' ? (load.value.byWorkload[name] ?? load.value.requestsPerSecond * trafficShare) : null;
      return readyReplicas === undefined ? [] : [{ workload: name, readyReplicas, requestsPerSecond }];
    });
    return [{ stamp: stamp.name, workloads }];
  });
}

/**
 * I2, for an undo: why a stamp cannot have its users back at once; null where it can. Fewer pods than served them before they left must
 * still carry what they asked for, under the ceiling. What is not known now cannot be shown; what the plan has not on record is not asked for.
 */
export function whyNoReturn(entries: readonly ChainedEntry[], stamp: StampName, workloads: Reading<readonly WorkloadFacts[]>, fleet: Fleet): string | null {
  const plan = entries.flatMap(({ event }) => (event.type === 'PlanMade' ? [event.plan] : [])).at(-1);
  const left = plan?.leaving?.find((one) => one.stamp === stamp);
  if (left === undefined) return null;
  if (workloads.kind === 'unknown') return `what runs in ${stamp} is not known (${workloads.why})`;
  const short = left.workloads.flatMap(({ workload: name, readyReplicas, requestsPerSecond }) => {
    const rated = fleet.workloads.find((one) => one.name === name)?.requestsPerSecondPerReplica;
    const ready = workloads.value.find((one) => one.name === name)?.readyReplicas ?? 0;
    if (rated === undefined || ready >= readyReplicas) return [];
    const carries = ready * rated * fleet.policy.utilisationCeiling;
    return requestsPerSecond !== null && requestsPerSecond <= carries ? [] : [`${name} has ${ready} of the ${readyReplicas} replicas that served its users`];
  });
  return short.length === 0 ? null : `${stamp} has scaled down meanwhile: ${short.join(', ')}`;
}
