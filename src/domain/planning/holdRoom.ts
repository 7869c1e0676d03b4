import { boundsAreOurs, handOver, isSwitchedOff, scalesIt } from '../capacity/index.ts';
import type { WorkloadFacts } from '../facts.ts';
import type { Workload } from '../fleet.ts';
import type { BlockedReason, HpaSurge, Plan, Shortfall, StampSurge } from '../plan.ts';
import type { Reading } from '../reading.ts';
import { workloadsOf } from '../workloadsOf.ts';
import { stampAt } from './fleetContext.ts';
import type { PlanContext } from './planContext.ts';
import { shortOfRoom } from './planNotes.ts';

/** Room that the stamps of a drill keep for their own users, and why some of it cannot be kept. */
export interface HeldRoom {
  readonly surges: readonly StampSurge[];
  readonly refusals: readonly BlockedReason[];
}

const nothingHeld: HeldRoom = { surges: [], refusals: [] };

/**
 * I2, on the way back: a drill gives its users back at once, also to yield, and an HPA takes its pods down within minutes of their
 * leaving. So the minimum of each HPA rises to what runs while they are served (ADR 0309); pods that stay keep their nodes. A minimum that is another
 * owner's to set blocks the drill, as does what cannot be read: an exercise hurts nobody.
 */
export function holdRoom(context: PlanContext): HeldRoom {
  if (context.input.request.kind !== 'drill') return nothingHeld;
  const held = [...context.asked].map((index) => holdStamp(context, index));
  return { surges: held.flatMap(({ surges }) => surges), refusals: held.flatMap(({ refusals }) => refusals) };
}

function holdStamp(context: PlanContext, index: number): HeldRoom {
  const { name: stamp } = stampAt(context, index);
  const read = context.stampFacts[index]?.workloads;
  if (read?.kind !== 'known') {
    const message = `workloads of ${stamp} cannot be read: nothing shows that its pods would still be there for its users at the end of the drill`;
    return { surges: [], refusals: [{ code: 'factsUnknown', inputs: [`${stamp}.workloads`], message }] };
  }
  const hpas: HpaSurge[] = [];
  const shortfalls: Shortfall[] = [];
  for (const workload of workloadsOf(context.fleet, stampAt(context, index))) {
    const facts = read.value.find(({ name }) => name === workload.name);
    if (facts === undefined || !scalesDown(workload, facts)) continue;
    const { hpa, requestedReplicas } = facts;
    if (boundsAreOurs(hpa)) hpas.push(hpaHeld(facts));
    else shortfalls.push({ stamp, constraint: 'hpaOwnedByReconciler', subject: workload.name, missing: requestedReplicas - hpa.minReplicas, unit: 'replicas that stay for its users', fix: handOver(workload, hpa) });
  }
  return { surges: hpas.length === 0 ? [] : [{ stamp, pools: [], hpas }], refusals: shortfalls.length === 0 ? [] : [shortOfRoom(shortfalls)] };
}

type Scaled = WorkloadFacts & { readonly hpa: NonNullable<WorkloadFacts['hpa']> };

/** Whether an HPA may take it below what runs now. */
const scalesDown = (workload: Workload, facts: WorkloadFacts): facts is Scaled =>
  facts.hpa !== null && scalesIt(workload, facts.hpa) && !isSwitchedOff(facts, facts.hpa) && facts.hpa.minReplicas < Math.min(facts.requestedReplicas, facts.hpa.maxReplicas);

/** Pods that do not come up are replicas besides, and are not waited for. */
function hpaHeld({ name, hpa, requestedReplicas, readyReplicas }: Scaled): HpaSurge {
  const before = { minReplicas: hpa.minReplicas, maxReplicas: hpa.maxReplicas };
  const minReplicas = Math.min(requestedReplicas, hpa.maxReplicas);
  return { workload: name, namespace: hpa.namespace, hpa: hpa.name, before, after: { ...before, minReplicas }, replicasWanted: Math.min(readyReplicas, minReplicas) };
}

/** The HPAs that hold the room of the plan's own stamps. */
export const heldBy = ({ kind, stamps, surges }: Plan): readonly StampSurge[] => (kind === 'drill' ? surges.filter(({ stamp }) => stamps.includes(stamp)) : []);

/** The minimums that another owner has taken back, in words; what cannot be read is taken for held, as it was when it was last seen. */
export function holdLost({ stamp, hpas }: StampSurge, workloads: Reading<readonly WorkloadFacts[]>): readonly string[] {
  if (workloads.kind === 'unknown') return [];
  return hpas.flatMap(({ workload, after }) => {
    const min = workloads.value.find(({ name }) => name === workload)?.hpa?.minReplicas;
    return min === undefined || min >= after.minReplicas ? [] : [`${stamp}: the HPA of ${workload} is back at ${min} replicas at least, and ${after.minReplicas} are held for its users`];
  });
}
