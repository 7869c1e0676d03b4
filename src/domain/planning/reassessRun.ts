import type { FleetAssessment } from '../assessment.ts';
import type { FleetFacts } from '../facts.ts';
import { hasFailed } from '../decide/decideFailover.ts';
import { drillYieldsTo } from '../decide/drill.ts';
import type { Fleet, StampName } from '../fleet.ts';
import type { Plan } from '../plan.ts';
import type { RunRequest } from '../run.ts';
import type { RoutingState } from '../traffic/index.ts';
import { drainShares, withDrainShares } from './drainShares.ts';
import { buildFleetContext, type FleetContext } from './fleetContext.ts';
import { loadsAfter, loadsBefore, type FleetLoads } from './fleetLoads.ts';
import { stateWith, stateWithout } from './routingStates.ts';
import { isFit } from './survivors.ts';

/** `yields`: an exercise ends at once and gives its region back. */
export type Reassessed = { readonly kind: 'holds' } | { readonly kind: 'yields'; readonly why: string } | { readonly kind: 'superseded'; readonly why: string; readonly request: RunRequest };

export interface RunInQuestion {
  readonly request: RunRequest;
  readonly plan: Plan;
  readonly assessment: FleetAssessment;
  /** Stamps that earlier runs have drained: their failure is no news. */
  readonly drained: readonly StampName[];
  /** Null at steps that read none. */
  readonly facts: FleetFacts | null;
  readonly fleet: Fleet;
}

const holds: Reassessed = { kind: 'holds' };

/**
 * Whether a run's plan still fits the world, asked before each step. A region that fails joins the run and ends a drill, and a
 * failback into one that fails again ends. A graceful plan is made anew as well when users see a survivor degrade that would get more of them, when somebody
 * else has moved an origin that it moves (I12), and when the load has outgrown its room (I2). Unknown supersedes nothing (I6): the
 * next write's own checks stop it. Where the observer is the suspect, nothing that it sees does (I7).
 */
export function reassessRun(run: RunInQuestion): Reassessed {
  const { request, plan, assessment, facts } = run;
  if (assessment.observerSuspect) return holds;
  if (request.kind === 'failback') {
    const worse = assessment.stamps.filter(hasFailed).flatMap(({ stamp }) => (plan.stamps.includes(stamp) ? [stamp] : []));
    return worse.length === 0 ? holds : { kind: 'superseded', why: `${worse.join(', ')} failed again`, request };
  }
  if (request.kind === 'drill') {
    const failing = drillYieldsTo(request.stamps, assessment);
    if (failing.length > 0) return { kind: 'yields', why: `${failing.join(', ')} failing: the drill yields` };
  }
  const joined = failedOthers(request, assessment).filter((stamp) => !run.drained.includes(stamp));
  // More regions than policy lets automation take out at once: what was begun is finished, and a person is told by the watch.
  if (joined.length > 0 && request.stamps.length + joined.length <= run.fleet.policy.maxRegionsFailing) {
    return { kind: 'superseded', why: `${joined.join(', ')} failed in the middle of the run`, request: { ...request, kind: 'failover', stamps: [...request.stamps, ...joined] } };
  }
  // What makes room on suspicion alone moves nothing, and is planned anew once the failure is confirmed.
  if (plan.mode === 'ungraceful' || request.scope !== 'full' || facts === null) return holds;
  const why = survivorDegraded(plan, assessment) ?? originMoved(plan, facts) ?? loadOutgrown(plan, assessment, facts, run.fleet);
  return why === null ? holds : { kind: 'superseded', why, request };
}

/** Stamps that have failed and are none of the run's. */
export const failedOthers = (request: RunRequest, assessment: FleetAssessment): readonly StampName[] =>
  assessment.stamps.filter((one) => hasFailed(one) && !request.stamps.includes(one.stamp)).map(({ stamp }) => stamp);

/** Where room is made, nodes and pods that come make a stamp look degraded from inside: only what users see counts. */
function survivorDegraded(plan: Plan, { stamps }: FleetAssessment): string | null {
  for (const { stamp, shareAfter, workloads } of plan.expected.stamps) {
    const now = stamps.find((one) => one.stamp === stamp);
    if (shareAfter > 0 && workloads.length > 0 && now?.verdict === 'degraded' && !isFit(now)) return `${stamp}, which the plan sends more traffic to, is degraded: ${now.reason}`;
  }
  return null;
}

/** Another plan is made from what is there now: this one's undo would write over somebody else's change. */
function originMoved(plan: Plan, facts: FleetFacts): string | null {
  if (facts.traffic.kind === 'unknown') return null;
  const origins = facts.traffic.value.originGroups.flatMap((group) => group.origins.map((origin) => ({ ...origin, group: group.name })));
  for (const { stamp, originGroup, origin, before, after } of plan.shifts) {
    const now = origins.find((one) => one.stamp === stamp && one.group === originGroup && one.origin === origin);
    if (now === undefined) return `origin ${originGroup}/${origin} of ${stamp} is not there any more`;
    const is = (set: typeof before): boolean => now.weight === set.weight && now.enabled === set.enabled;
    if (!is(before) && !is(after)) return `origin ${originGroup}/${origin} of ${stamp} is ${now.enabled} at weight ${now.weight}: somebody else has changed it`;
  }
  return null;
}

/** As the plan itself has it, drains included. */
function loadsAfterLoss(context: FleetContext, state: RoutingState, lost: ReadonlySet<number>): FleetLoads {
  if (context.drains.length === 0) return loadsAfter(context, state);
  const before = loadsBefore(context, stateWith(context, lost));
  return withDrainShares(context, drainShares(context, before, lost), before, loadsAfter(context, state, before));
}

/** The plan's headroom is for growth: only what goes beyond the room itself, at the ceiling, calls for another plan. */
function loadOutgrown(plan: Plan, assessment: FleetAssessment, facts: FleetFacts, fleet: Fleet): string | null {
  if (facts.demand.kind === 'unknown' || facts.traffic.kind === 'unknown' || plan.reach === 'partial') return null;
  const context = buildFleetContext(fleet, facts, assessment);
  if (context.demandKnown === 'assumed' || context.trafficKnown === 'assumed') return null;
  const moved = new Set(plan.stamps.map((stamp) => context.stampNames.indexOf(stamp)));
  const weights = new Map(plan.shifts.map(({ originGroup, origin, after }) => [`${originGroup}/${origin}`, after.weight]));
  const asPlanned = (plan.kind === 'failback' ? stateWith(context, moved) : stateWithout(context, moved)).map((group, at) =>
    group.map((state, position) => {
      const originGroup = context.model.groups[at];
      const weight = weights.get(`${originGroup?.name ?? ''}/${originGroup?.origins[position]?.facts.origin ?? ''}`);
      return weight === undefined ? state : { ...state, weight };
    }),
  );
  const loads = plan.kind === 'failback' ? loadsAfter(context, asPlanned) : loadsAfterLoss(context, asPlanned, moved);
  for (const { stamp, workloads } of plan.expected.stamps) {
    const index = context.stampNames.indexOf(stamp);
    for (const { workload: name, replicasNeeded } of workloads) {
      const workload = fleet.workloads.find((one) => one.name === name);
      if (workload === undefined) continue;
      const group = context.model.groups.findIndex((one) => one.name === workload.originGroup);
      const load = (loads.routed.worst[group]?.[index] ?? 0) * workload.trafficShare * loads.scale;
      const room = replicasNeeded * workload.requestsPerSecondPerReplica * fleet.policy.utilisationCeiling;
      if (load > room * (1 + 1e-6)) return `${stamp}: ${name} would get ${Math.round(load)} requests/s, and the plan makes room for ${Math.round(room)}`;
    }
  }
  return null;
}
