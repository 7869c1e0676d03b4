import type { Assessment, FleetAssessment } from '../assessment.ts';
import { freshDemand, freshStampFacts, freshTraffic } from '../capacity/index.ts';
import type { DemandFacts, DrainFacts, FleetFacts, StampFacts, TrafficFacts } from '../facts.ts';
import type { Fleet, Policy, Stamp, StampName } from '../fleet.ts';
import type { Plan } from '../plan.ts';
import { unknown, type Reading } from '../reading.ts';
import { buildTrafficModel, calibrateUsers, currentState, regionLatencies, type ObservedLoads, type TrafficModel } from '../traffic/index.ts';
import { assumedDemand, assumedTraffic } from './assumedInputs.ts';
import { demandGrowth } from './demandGrowth.ts';
import { observedLoads } from './observedLoads.ts';

/** The facts, with stale readings made unknown and missing ones replaced by the worst case; `notes` say which. */
export interface FleetContext {
  readonly fleet: Fleet;
  readonly policy: Policy;
  /** Epoch milliseconds of the facts. */
  readonly at: number;
  readonly stampNames: readonly StampName[];
  readonly assessments: ReadonlyMap<StampName, Assessment>;
  /** By position in `stampNames`. */
  readonly stampFacts: readonly StampFacts[];
  readonly traffic: TrafficFacts;
  readonly trafficKnown: 'known' | 'assumed';
  readonly demandSource: DemandFacts['source'];
  /** Why a better source does not serve; null where there is none, or it does. */
  readonly demandInsteadOf: string | null;
  readonly demandKnown: 'known' | 'assumed';
  readonly model: TrafficModel;
  /** What the stamps serve now, by origin group of `model`. */
  readonly observed: ObservedLoads;
  readonly drains: readonly DrainFacts[];
  /** Positions of stamps to which Front Door sends nobody, because their probes fail. */
  readonly out: ReadonlySet<number>;
  /** >= 1: what is forecast over what is measured. */
  readonly growth: number;
  /** Of a what-if; 1 otherwise. */
  readonly demandFactor: number;
  /** `serving`: a stricter policy is tried, and every stamp that would serve users must meet it. */
  readonly mustProve: 'gaining' | 'serving';
  /** The plan before this one in the same run, whose surges have disturbed what is measured now; null in a first plan. */
  readonly previous: Plan | null;
  readonly unknown: readonly { readonly input: string; readonly why: string }[];
  readonly notes: readonly string[];
}

export interface WhatIf {
  readonly demandFactor: number;
  readonly policy: Partial<Policy>;
}

const asItIs: WhatIf = { demandFactor: 1, policy: {} };

export function buildFleetContext(fleet: Fleet, facts: FleetFacts, assessment: FleetAssessment, whatIf: WhatIf = asItIs): FleetContext {
  const notes: string[] = [];
  const unknownInputs: { input: string; why: string }[] = [];
  const stampNames = fleet.stamps.map(({ name }) => name);
  const stampFacts = stampNames.map((name) => freshStampFacts(facts.stamps[name] ?? nothingRead(facts.at), facts.at));
  const assessments = new Map(assessment.stamps.map((one) => [one.stamp, one]));
  const out = new Set(stampNames.flatMap((name, index) => (isGone(assessments.get(name)) || isGated(stampFacts[index]) ? [index] : [])));
  const trafficRead = freshTraffic(facts);
  if (trafficRead.kind === 'unknown') {
    unknownInputs.push({ input: 'traffic', why: trafficRead.why });
    notes.push(`Front Door's settings are not known (${trafficRead.why}): the fleet file's are assumed, with everyone going to the nearest`);
  }
  const traffic = trafficRead.kind === 'known' ? trafficRead.value : assumedTraffic(fleet);
  const counted = freshDemand(facts);
  const asCounted = counted.kind === 'known' ? buildTrafficModel(stampNames, traffic, counted.value) : null;
  const demandRead = asCounted === null ? counted : believed(counted, fleet, asCounted, stampFacts);
  if (demandRead.kind === 'unknown') {
    unknownInputs.push({ input: 'demand', why: demandRead.why });
    notes.push(`where users are is not known (${demandRead.why}): any survivor may be the nearest of all of them`);
  }
  const demand = demandRead.kind === 'known' ? demandRead.value : assumedDemand(fleet, traffic, stampFacts);
  const uncalibrated = asCounted !== null && demandRead.kind === 'known' ? asCounted : buildTrafficModel(stampNames, traffic, demand);
  if (uncalibrated.unroutable > 0) unknownInputs.push(...groupsNotThere(traffic, demand));
  const observed = observedLoads(fleet, uncalibrated, stampFacts);
  const model =
    demand.source === 'countryTable'
      ? calibrateUsers(uncalibrated, currentState(uncalibrated, (index) => out.has(index)), observed, regionLatencies(fleet.stamps.map(({ region }) => region)))
      : uncalibrated;
  if (model.groups.some((group, index) => group !== uncalibrated.groups[index])) notes.push('users by country were placed so that the present shares come out');
  const growth = demandGrowth(fleet, stampFacts, model);
  return {
    fleet,
    policy: { ...fleet.policy, ...whatIf.policy },
    at: facts.at,
    stampNames,
    assessments,
    stampFacts,
    traffic,
    trafficKnown: trafficRead.kind === 'known' ? 'known' : 'assumed',
    demandSource: demand.source,
    demandInsteadOf: demand.insteadOf ?? null,
    demandKnown: demandRead.kind === 'known' ? 'known' : 'assumed',
    model,
    observed,
    drains: facts.drains ?? [],
    out,
    growth: growth.factor,
    demandFactor: whatIf.demandFactor,
    mustProve: isStricter({ ...fleet.policy, ...whatIf.policy }, fleet.policy) ? 'serving' : 'gaining',
    previous: null,
    unknown: unknownInputs,
    notes: [...notes, ...growth.notes],
  };
}

/** Fewer requests a second than this are a probe's, or a minute that the other metric has not yet. */
const tellingLoad = 1;

/** Nobody counted at the edges of an origin group that stamps serve: one of the two is wrong, and it is not the one that says more. */
function believed(demand: Reading<DemandFacts>, fleet: Fleet, model: TrafficModel, stampFacts: readonly StampFacts[]): Reading<DemandFacts> {
  if (model.groups.every(isCounted)) return demand;
  const seen = observedLoads(fleet, model, stampFacts);
  for (const [at, group] of model.groups.entries()) {
    const served = isCounted(group) ? 0 : [...(seen[at] ?? [])].reduce((sum, load) => sum + (Number.isNaN(load) ? 0 : load), 0);
    if (served > tellingLoad) return unknown(`nobody is counted at the edges of origin group ${group.name}, while its stamps serve ${Math.round(served)} requests/s`, demand.observedAt);
  }
  return demand;
}

const isCounted = ({ users }: TrafficModel['groups'][number]): boolean => users.some(({ requestsPerSecond }) => requestsPerSecond > 0);

/** Users of origin groups that Front Door, as it was read, does not have. */
function groupsNotThere({ originGroups }: TrafficFacts, { groups }: DemandFacts): FleetContext['unknown'] {
  const missing = new Map<string, number>();
  for (const { originGroup, requestsPerSecond } of groups) {
    if (requestsPerSecond > 0 && !originGroups.some(({ name }) => name === originGroup)) missing.set(originGroup, (missing.get(originGroup) ?? 0) + requestsPerSecond);
  }
  return [...missing].map(([name, load]) => ({ input: `traffic.${name}`, why: `Front Door's settings name no origin group ${name}, which has ${Math.round(load)} requests/s` }));
}

const isStricter = (tried: Policy, own: Policy): boolean => tried.utilisationCeiling < own.utilisationCeiling || tried.headroomFactor > own.headroomFactor;

/** Held drained by its gate: Front Door's probes fail by our own doing, whatever its settings say. */
const isGated = (facts: StampFacts | undefined): boolean => facts?.gate?.kind === 'known' && facts.gate.value === 'closed';

/** Front Door's own probes keep users away from it already. */
const isGone = (assessment: Assessment | undefined): boolean => assessment !== undefined && assessment.trafficAlreadyGone && assessment.verdict === 'unhealthy';

export function stampAt({ fleet }: FleetContext, index: number): Stamp {
  const stamp = fleet.stamps[index];
  if (stamp === undefined) throw new Error(`no stamp at ${index} of ${fleet.stamps.length}`);
  return stamp;
}

function nothingRead(at: number): StampFacts {
  const nothing = unknown('nothing was read of this stamp', at);
  return { pools: nothing, workloads: nothing, nodes: nothing, quota: nothing, skus: nothing, network: nothing, load: nothing };
}
