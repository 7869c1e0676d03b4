import type { FleetAssessment } from '../assessment.ts';
import type { FleetFacts } from '../facts.ts';
import type { Fleet } from '../fleet.ts';
import type { Plan } from '../plan.ts';
import { buildFleetContext } from './fleetContext.ts';
import { loadsAfter } from './fleetLoads.ts';
import { stateWith, stateWithout } from './routingStates.ts';
import { isFit } from './survivors.ts';

export type Reassessed = { readonly kind: 'holds' } | { readonly kind: 'superseded'; readonly why: string };

const holds: Reassessed = { kind: 'holds' };
const superseded = (why: string): Reassessed => ({ kind: 'superseded', why });

/**
 * Whether a plan still fits the world, asked before each step. A survivor that fails supersedes any plan; one that users
 * see degrade, or a load that has outgrown the plan's room, supersedes a graceful one. Unknown supersedes nothing (I6):
 * the next write's own checks stop it.
 */
export function reassessPlan(plan: Plan, assessment: FleetAssessment, facts: FleetFacts, fleet: Fleet): Reassessed {
  const assessments = new Map(assessment.stamps.map((one) => [one.stamp, one]));
  for (const { stamp, shareAfter, workloads } of plan.expected.stamps) {
    if (shareAfter === 0) continue;
    const now = assessments.get(stamp);
    if (now?.verdict === 'unhealthy') return superseded(`${stamp}, which the plan sends traffic to, is unhealthy: ${now.reason}`);
    if (plan.mode === 'graceful' && workloads.length > 0 && now?.verdict === 'degraded' && !isFit(now)) return superseded(`${stamp}, which the plan sends more traffic to, is degraded: ${now.reason}`);
  }
  const changed = factsChanged(plan, facts);
  return changed.kind === 'superseded' || plan.mode === 'ungraceful' ? changed : loadOutgrown(plan, assessment, facts, fleet);
}

/** Whether somebody else moved an origin that the plan moves. */
export function factsChanged(plan: Plan, facts: FleetFacts): Reassessed {
  if (facts.traffic.kind === 'unknown') return holds;
  const origins = facts.traffic.value.originGroups.flatMap((group) => group.origins.map((origin) => ({ ...origin, group: group.name })));
  for (const { stamp, originGroup, origin, before, after } of plan.shifts) {
    const now = origins.find((one) => one.stamp === stamp && one.group === originGroup && one.origin === origin);
    if (now === undefined) return superseded(`origin ${originGroup}/${origin} of ${stamp} is not there any more`);
    const is = (set: typeof before): boolean => now.weight === set.weight && now.enabled === set.enabled;
    if (!is(before) && !is(after)) return superseded(`origin ${originGroup}/${origin} of ${stamp} is ${now.enabled} at weight ${now.weight}: somebody else has changed it`);
  }
  return holds;
}

/** The plan's headroom is for growth: only what goes beyond the room itself, at the ceiling, calls for another plan. */
function loadOutgrown(plan: Plan, assessment: FleetAssessment, facts: FleetFacts, fleet: Fleet): Reassessed {
  if (facts.demand.kind === 'unknown' || facts.traffic.kind === 'unknown' || plan.reach === 'partial') return holds;
  const context = buildFleetContext(fleet, facts, assessment);
  if (context.demandKnown === 'assumed' || context.trafficKnown === 'assumed') return holds;
  const moved = new Set(plan.stamps.map((stamp) => context.stampNames.indexOf(stamp)));
  const weights = new Map(plan.shifts.map(({ originGroup, origin, after }) => [`${originGroup}/${origin}`, after.weight]));
  const asPlanned = (plan.kind === 'failback' ? stateWith(context, moved) : stateWithout(context, moved)).map((group, at) =>
    group.map((state, position) => {
      const originGroup = context.model.groups[at];
      const weight = weights.get(`${originGroup?.name ?? ''}/${originGroup?.origins[position]?.facts.origin ?? ''}`);
      return weight === undefined ? state : { ...state, weight };
    }),
  );
  const loads = loadsAfter(context, asPlanned);
  for (const { stamp, workloads } of plan.expected.stamps) {
    const index = context.stampNames.indexOf(stamp);
    for (const { workload: name, replicasNeeded } of workloads) {
      const workload = fleet.workloads.find((one) => one.name === name);
      if (workload === undefined) continue;
      const group = context.model.groups.findIndex((one) => one.name === workload.originGroup);
      const load = (loads.routed.worst[group]?.[index] ?? 0) * workload.trafficShare * loads.scale;
      const room = replicasNeeded * workload.requestsPerSecondPerReplica * fleet.policy.utilisationCeiling;
      if (load > room * (1 + 1e-6)) return superseded(`${stamp}: ${name} would get ${Math.round(load)} requests/s, and the plan makes room for ${Math.round(room)}`);
    }
  }
  return holds;
}
