import type { FleetAssessment } from '../assessment.ts';
import { assessLoss, type LossOutcome } from '../certificate/index.ts';
import type { FleetFacts } from '../facts.ts';
import type { Fleet, Policy, StampName, WorkloadName } from '../fleet.ts';
import type { ConstraintName, Shortfall } from '../plan.ts';
import { podStartSource } from '../capacity/index.ts';
import { buildFleetContext, buildStampModels, demandSource, drainSources, sizeStamps, type FleetContext, type SizedStamp } from '../planning/whatIf.ts';
import { usersAffected, type UsersAffected } from './usersAffected.ts';

export interface SimulateInput {
  readonly fleet: Fleet;
  readonly facts: FleetFacts;
  readonly assessment: FleetAssessment;
  /** Names of the fleet's stamps, at least one. */
  readonly lose: readonly StampName[];
  /** Demand is multiplied by it; 1 when left out. */
  readonly demandFactor?: number | undefined;
  readonly policy?: SimulatedPolicy | undefined;
}

export interface SimulatedPolicy {
  readonly utilisationCeiling?: number | undefined;
  readonly headroomFactor?: number | undefined;
  readonly shedTier3?: Policy['shedTier3'] | undefined;
}

/** The answer of `POST /api/simulate`. */
export interface Simulation {
  /** True only when nothing is short and nothing that was needed is unknown. */
  survives: boolean;
  /** What binds first; null when nothing does. */
  binding: (SimulatedShortfall & { stamp: StampName }) | null;
  stamps: SimulatedStamp[];
  surgeCostPerHour: SimulatedCost;
  usersAffected: UsersAffected;
  /** Null when the room is never there, or that is not known. */
  readyInSeconds: number | null;
  unknown: { input: string; why: string }[];
  /** What stands in for each input that can come from several sources: where users are, how long nodes and pods take, what machines cost. */
  standsOn: { input: string; source: string }[];
}

/** `amount` is of the `covers.nodes` new nodes whose price is known, of `covers.of` in all (null: that many is not known); null where none of them has one. */
export interface SimulatedCost {
  amount: number | null;
  currency: 'USD';
  covers: { nodes: number; of: number | null };
}

export interface SimulatedStamp {
  stamp: StampName;
  requestsPerSecond: { now: number; after: number };
  /** `replicasNow` is null where it could not be read, `hpaMax` also where there is no HPA. */
  workloads: { name: WorkloadName; replicasNow: number | null; replicasNeeded: number; hpaMax: number | null }[];
  /** `nodesNeeded` is null where something that it hangs on could not be read. */
  pools: { name: string; nodesNow: number; nodesNeeded: number | null; maxCount: number }[];
  shortfalls: SimulatedShortfall[];
}

export interface SimulatedShortfall {
  constraint: ConstraintName;
  missing: number;
  unit: string;
  fix: string;
}

/** What if these stamps were lost, under this load and this policy? Pure; throws on a name that is no stamp, which callers check. */
export function simulateLoss({ fleet, facts, assessment, lose, demandFactor = 1, policy = {} }: SimulateInput): Simulation {
  const context = buildFleetContext(fleet, facts, assessment, { demandFactor, policy: givenOnly(policy) });
  const models = buildStampModels(context);
  const lost = new Set(lose.map((name) => indexOf(context, name)));
  const outcome = assessLoss(context, models, lost);
  const survivors = context.stampNames.flatMap((_, index) => (lost.has(index) ? [] : [index]));
  const { after, sized } = outcome.room;
  const gaining = new Map(sized.map((one) => [one.index, one]));
  const unchanged = new Map(sizeStamps(context, models, survivors.filter((index) => !gaining.has(index)), outcome.before, after).map((one) => [one.index, one]));
  return {
    survives: outcome.survives === 'yes',
    binding: outcome.binding === null ? null : { stamp: outcome.binding.stamp, ...withoutSubject(outcome.binding) },
    stamps: survivors.flatMap((index) => {
      const one = gaining.get(index) ?? unchanged.get(index);
      return one === undefined ? [] : [simulatedStamp(context, outcome, one)];
    }),
    surgeCostPerHour: costOf(sized),
    usersAffected: usersAffected(context, lost, outcome.before, after.state),
    readyInSeconds: outcome.readyInSeconds,
    unknown: [...outcome.unknown.map(({ input, why }) => ({ input, why })), ...sized.flatMap(pricesUnknown)],
    standsOn: [{ input: 'demand', source: demandSource(context) }, ...drainSources(context, outcome.drains), ...sized.flatMap(sourcesOf)],
  };
}

function givenOnly({ utilisationCeiling, headroomFactor, shedTier3 }: SimulatedPolicy): Partial<Policy> {
  return {
    ...(utilisationCeiling === undefined ? {} : { utilisationCeiling }),
    ...(headroomFactor === undefined ? {} : { headroomFactor }),
    ...(shedTier3 === undefined ? {} : { shedTier3 }),
  };
}

function indexOf({ stampNames }: FleetContext, name: StampName): number {
  const index = stampNames.indexOf(name);
  if (index < 0) throw new RangeError(`there is no stamp "${name}"; the stamps are ${stampNames.join(', ')}`);
  return index;
}

function simulatedStamp(context: FleetContext, { before, room, shortfalls }: LossOutcome, { index, model, sizing }: SizedStamp): SimulatedStamp {
  const load = context.stampFacts[index]?.load;
  return {
    stamp: model.stamp.name,
    requestsPerSecond: {
      now: rounded(load?.kind === 'known' ? load.value.requestsPerSecond : (before.expected[index] ?? 0)),
      after: rounded(room.after.planned[index] ?? 0),
    },
    workloads: model.workloads.map(({ workload, facts }, position) => ({
      name: workload.name,
      replicasNow: facts?.readyReplicas ?? null,
      replicasNeeded: sizing.workloads[position]?.replicasNeeded ?? 0,
      hpaMax: facts?.hpa?.maxReplicas ?? null,
    })),
    pools: model.pools.map(({ facts }, position) => ({ name: facts.name, nodesNow: facts.count, nodesNeeded: sizing.nodesCounted ? (sizing.pools[position]?.nodesNeeded ?? facts.count) : null, maxCount: facts.maxCount })),
    shortfalls: shortfalls.filter(({ stamp }) => stamp === model.stamp.name).map(withoutSubject),
  };
}

const withoutSubject = ({ constraint, missing, unit, fix }: Shortfall): SimulatedShortfall => ({ constraint, missing, unit, fix });

function costOf(sized: readonly SizedStamp[]): SimulatedCost {
  const usdPerHour = sized.reduce((sum, { sizing }) => sum + sizing.cost.usdPerHour, 0);
  const nodes = sized.reduce((sum, { sizing }) => sum + sizing.cost.pricedNodes, 0);
  const of = sized.reduce<number | null>((sum, { sizing: { cost } }) => (sum === null || cost.nodes === null ? null : sum + cost.nodes), 0);
  return { amount: nodes === 0 && of !== 0 ? null : Math.round(usdPerHour * 10_000) / 10_000, currency: 'USD', covers: { nodes, of } };
}

/** Prices of pools that must grow. No survival hangs on them. */
function pricesUnknown({ model, sizing }: SizedStamp): { input: string; why: string }[] {
  return model.pools.flatMap(({ facts, price }, position) => {
    const size = sizing.pools[position];
    return price.kind === 'known' || size === undefined || size.newNodes + size.refusedNodes === 0 ? [] : [{ input: `${model.stamp.name}.${facts.name}.price`, why: price.why }];
  });
}

/** Of what this stamp must grow by. */
function sourcesOf({ model, sizing }: SizedStamp): { input: string; source: string }[] {
  const at = model.stamp.name;
  const ofPools = model.pools.flatMap(({ facts, start, price, arriving }, position) => {
    const size = sizing.pools[position];
    const bought = size === undefined ? 0 : size.newNodes + size.refusedNodes;
    const priceSource = price.kind === 'known' && bought > 0 ? [{ input: `${at}.${facts.name}.price`, source: price.source === 'fleetFile' ? 'the fleet file' : 'Azure\'s retail price' }] : [];
    return bought + arriving > 0 ? [{ input: `${at}.${facts.name}.nodeStart`, source: start.source }, ...priceSource] : [];
  });
  const ofWorkloads = model.workloads.flatMap(({ workload, facts, bound }, position) =>
    (sizing.workloads[position]?.replicasNeeded ?? 0) > bound ? [{ input: `${at}.${workload.name}.podStart`, source: podStartSource(facts) }] : [],
  );
  return [...ofPools, ...ofWorkloads];
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
