import type { Assessment, FleetAssessment } from '../assessment.ts';
import { freshDemand, freshStampFacts, freshTraffic } from '../capacity/index.ts';
import type { DemandFacts, FleetFacts, StampFacts, TrafficFacts } from '../facts.ts';
import type { Fleet, Stamp, StampName } from '../fleet.ts';
import type { Plan } from '../plan.ts';
import { unknown } from '../reading.ts';
import type { Controls, RunRequest } from '../run.ts';
import { buildTrafficModel, currentState, routeDemand, type TrafficModel } from '../traffic/index.ts';
import { assumedDemand, assumedTraffic } from './assumedInputs.ts';
import { demandGrowth } from './demandGrowth.ts';

export interface PlanInput {
  readonly fleet: Fleet;
  readonly facts: FleetFacts;
  readonly assessment: FleetAssessment;
  readonly request: RunRequest;
  readonly revision: number;
  /** For a later revision: the plan before it in this run. For a failback: the plan that drained the stamps, where it is known. */
  readonly previous?: Plan | null;
  readonly controls?: Controls;
}

/** The input, with stale readings made unknown and missing ones replaced by the worst case; `notes` say which. */
export interface PlanContext {
  readonly input: PlanInput;
  readonly fleet: Fleet;
  readonly at: number;
  readonly stampNames: readonly StampName[];
  /** By position in `stampNames`. */
  readonly stampFacts: readonly StampFacts[];
  readonly traffic: TrafficFacts;
  readonly demand: DemandFacts;
  readonly model: TrafficModel;
  /** Positions of stamps to which Front Door sends nobody because their probes fail, the request's own not counted. */
  readonly out: ReadonlySet<number>;
  /** Positions of the request's stamps. */
  readonly asked: ReadonlySet<number>;
  /** >= 1: what is forecast over what is measured. */
  readonly growth: number;
  readonly notes: readonly string[];
}

export function buildContext(input: PlanInput): PlanContext {
  const { fleet, facts, request, assessment } = input;
  const stampNames = fleet.stamps.map(({ name }) => name);
  const notes: string[] = [];
  const stampFacts = fleet.stamps.map(({ name }) => freshStampFacts(facts.stamps[name] ?? nothingRead(facts.at), facts.at));
  const trafficRead = freshTraffic(facts);
  if (trafficRead.kind === 'unknown') notes.push(`Front Door's settings are not known (${trafficRead.why}): the fleet file's are assumed, with everyone going to the nearest`);
  const traffic = trafficRead.kind === 'known' ? trafficRead.value : assumedTraffic(fleet);
  const asked = new Set(request.stamps.flatMap((name) => (stampNames.includes(name) ? [stampNames.indexOf(name)] : [])));
  const gone = new Set(stampNames.flatMap((name, index) => (!asked.has(index) && isGone(assessmentOf(assessment, name)) ? [index] : [])));
  const demandRead = freshDemand(facts);
  const assumed = demandRead.kind === 'known' ? null : assumedDemand(fleet, traffic, stampFacts);
  if (demandRead.kind === 'unknown') notes.push(`where users are is not known (${demandRead.why}): any survivor may be the nearest of all of them`);
  const demand = demandRead.kind === 'known' ? demandRead.value : (assumed ?? { source: 'allToNearest', groups: [] });
  const model = buildTrafficModel(stampNames, traffic, demand);
  const growth = demandGrowth(fleet, stampFacts, model);
  return { input, fleet, at: facts.at, stampNames, stampFacts, traffic, demand, model, out: gone, asked, growth: growth.factor, notes: [...notes, ...growth.notes] };
}

export const assessmentOf = (assessment: FleetAssessment, stamp: StampName): Assessment | null => assessment.stamps.find((one) => one.stamp === stamp) ?? null;

/** Front Door's own probes keep users away from it already. */
const isGone = (assessment: Assessment | null): boolean => assessment !== null && assessment.trafficAlreadyGone && assessment.verdict === 'unhealthy';

export const stampAt = ({ fleet }: PlanContext, index: number): Stamp => {
  const stamp = fleet.stamps[index];
  if (stamp === undefined) throw new Error(`no stamp at ${index} of ${fleet.stamps.length}`);
  return stamp;
};

/** Requests per second of all user groups now, whoever serves them. */
export function totalDemand(model: TrafficModel): number {
  return model.groups.reduce((sum, group) => sum + group.users.reduce((all, users) => all + users.requestsPerSecond, 0), model.unroutable);
}

export function routeAsSet(context: PlanContext): ReturnType<typeof routeDemand> {
  return routeDemand(context.model, currentState(context.model, (index) => context.out.has(index)));
}

function nothingRead(at: number): StampFacts {
  const nothing = unknown('nothing was read of this stamp', at);
  return { pools: nothing, workloads: nothing, nodes: nothing, quota: nothing, skus: nothing, network: nothing, load: nothing };
}
