import { boundsAreOurs, type StampModel } from '../capacity/index.ts';
import type { Shortfall } from '../plan.ts';
import type { RoutingState } from '../traffic/index.ts';
import { balanceWeights } from './balanceWeights.ts';
import type { FleetContext } from './fleetContext.ts';
import { gainingStamps, loadsAfter, servingStamps, type FleetLoads } from './fleetLoads.ts';
import { sheddingNothing, sizeStamps, type ShedChoice, type SizedStamp, type StampModels } from './sizeStamps.ts';

/** Where traffic would go and what each stamp that gains needs for it. */
export interface Room {
  readonly after: FleetLoads;
  readonly gaining: readonly number[];
  readonly sized: readonly SizedStamp[];
  readonly shortfalls: readonly Shortfall[];
  /** Positions of stamps that would get more and must not. */
  readonly unfitGaining: readonly number[];
  /** `weights`: survivors' weights had to change, which Front Door may take 20 minutes to follow. */
  readonly by: 'asIs' | 'weights';
}

export interface RoomQuestion {
  readonly context: FleetContext;
  readonly models: StampModels;
  readonly before: FleetLoads;
  /** Whether survivors' weights may be changed to relieve one that is short. */
  readonly weights: 'mayChange' | 'stay';
  /** Positions of stamps that must not get more than they have. */
  readonly unfit: ReadonlySet<number>;
}

/**
 * The fallback chain, once the pools of one survivor and their zones are used up (packPods): the other survivors, by weight,
 * where a latency window lets weights work; then shedding tier 3, where policy lets it; then both. If nothing
 * helps: what there is, tier 3 shed if that is allowed, with what is missing.
 */
export function findRoom(question: RoomQuestion, state: RoutingState): Room {
  const plain = roomUnder(question, state, sheddingNothing, 'asIs');
  if (isEnough(plain)) return plain;
  const balanced = withBalancedWeights(question, plain, sheddingNothing);
  if (balanced !== null) return balanced;
  if (question.context.policy.shedTier3 === 'never') return plain;
  const shed = roomUnder(question, state, shedWhereShort(plain), 'asIs');
  if (isEnough(shed)) return shed;
  return withBalancedWeights(question, shed, shedWhereShort(plain)) ?? shed;
}

export const isEnough = ({ shortfalls, unfitGaining }: Room): boolean => shortfalls.length === 0 && unfitGaining.length === 0;

function roomUnder({ context, models, before, unfit }: RoomQuestion, state: RoutingState, shed: ShedChoice, by: Room['by']): Room {
  const after = loadsAfter(context, state, before);
  const gaining = gainingStamps(before, after);
  const proving = context.mustProve === 'serving' ? servingStamps(after) : gaining;
  const sized = sizeStamps(context, models, proving, before, after, shed);
  return { after, gaining, sized, shortfalls: sized.flatMap(({ sizing }) => sizing.shortfalls), unfitGaining: gaining.filter((index) => unfit.has(index)), by };
}

/** At exactly these settings. */
export const findRoomAsSet = (question: RoomQuestion, state: RoutingState): Room => roomUnder(question, state, sheddingNothing, 'asIs');

/** Each round takes weight from what is short; enough rounds for a weight to fall to a hundredth. */
const balancingRounds = 20;
/** Where so many rounds have not found room for most of what was missing, those that follow do not either. */
const tellingRounds = 6;
const mostlyMissing = 0.25;

function withBalancedWeights(question: RoomQuestion, start: Room, shed: ShedChoice): Room | null {
  if (question.weights === 'stay' || question.context.model.groups.every(({ latencyWindowMs }) => latencyWindowMs === 0)) return null;
  let room = start;
  let least = missingPods(start);
  const hopeless = least * mostlyMissing;
  for (let round = 0; round < balancingRounds; round += 1) {
    const state = balanceWeights(question, room);
    if (state === null) return null;
    room = roomUnder(question, state, shed, 'weights');
    if (isEnough(room)) return room;
    least = Math.min(least, missingPods(room));
    if (round + 1 >= tellingRounds && hopeless > 0 && least > hopeless) return null;
  }
  return null;
}

const missingPods = ({ sized }: Room): number => sized.reduce((all, { sizing }) => all + sizing.workloads.reduce((sum, { unplaced }) => sum + unplaced, 0), 0);

/** Tier 3 workloads whose HPA we may move, in stamps that are short. */
function shedWhereShort({ sized }: Room): ShedChoice {
  const short = new Set(sized.filter(({ sizing }) => sizing.shortfalls.length > 0).map(({ model }) => model.stamp.name));
  return (model) => (short.has(model.stamp.name) ? tier3Of(model) : new Set());
}

function tier3Of({ workloads }: StampModel): ReadonlySet<number> {
  return new Set(
    workloads.flatMap(({ workload, facts }, position) => {
      const hpa = facts?.hpa ?? null;
      return workload.tier === 3 && hpa !== null && boundsAreOurs(hpa) ? [position] : [];
    }),
  );
}
