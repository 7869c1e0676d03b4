import type { StampName } from '../fleet.ts';
import type { Shortfall } from '../plan.ts';
import { drainShares, findRoom, gainsOver, isEnough, isFit, loadsBefore, notRunThere, otherWeightsWouldDo, stateWith, stateWithout, type DrainUse, type FleetContext, type FleetLoads, type Room, type StampModels } from '../planning/whatIf.ts';
import { unknownInputs, type UnknownNeed } from './unknownInputs.ts';

/** What would become of the fleet if some stamps were lost now. */
export interface LossOutcome {
  readonly lost: readonly StampName[];
  /** `unknown`: nothing is known to be short, and something that was needed could not be read. */
  readonly survives: 'yes' | 'no' | 'unknown';
  readonly binding: Shortfall | null;
  readonly before: FleetLoads;
  /** Drains of the lost stamps that tell where their users go, and those that do not any more. */
  readonly drains: readonly DrainUse[];
  readonly room: Room;
  readonly shortfalls: readonly Shortfall[];
  /** What was needed for the answer and is not known. */
  readonly unknown: readonly UnknownNeed[];
  /** Seconds until the room is there; null when it never is, or that is not known. */
  readonly readyInSeconds: number | null;
}

/**
 * At the weights as they are set: a region goes down at once, Front Door takes minutes to follow a new weight, and takes none while its
 * control plane is frozen. `like`: loads routed before under almost the same settings, which spare routing them again.
 */
export function assessLoss(context: FleetContext, models: StampModels, lost: ReadonlySet<number>, like?: FleetLoads): LossOutcome {
  const before = loadsBefore(context, stateWith(context, lost), like);
  const over = gainsOver(context, before, lost);
  const drains = drainShares(context, before, lost);
  const question = { context, models, before, over, drains, sheds: 'asPolicySays', unfit: unfitStamps(context, lost) } as const;
  const without = stateWithout(context, lost);
  const room = findRoom({ ...question, weights: 'stay' }, without);
  const shortfalls = [...withoutSurvivor(context, room, lost), ...notRunThere(context, over, room, lost), ...survivorsUnfit(context, room, over), ...room.shortfalls].map(withRemedy(() => !isEnough(room) && otherWeightsWouldDo({ ...question, weights: 'mayChange' }, room)));
  const unknown = unknownInputs({ context, models, lost, before, room });
  const short = shortfalls.some(({ constraint }) => constraint !== 'inputUnknown');
  const survives = short ? 'no' : shortfalls.length + unknown.length > 0 ? 'unknown' : 'yes';
  return {
    lost: context.stampNames.filter((_, index) => lost.has(index)),
    survives,
    binding: bindingOf(context, room, shortfalls, unknown, lost),
    before,
    drains: drains.uses,
    room,
    shortfalls,
    unknown,
    readyInSeconds: survives === 'yes' ? room.sized.reduce((longest, { sizing }) => Math.max(longest, sizing.readyInSeconds), 0) : null,
  };
}

/** Told besides, where other weights would give everyone room: a person may set them beforehand, and a graceful run will. Asked for once, and only when something is short. */
function withRemedy(weightsWouldDo: () => boolean): (shortfall: Shortfall) => Shortfall {
  let would: boolean | null = null;
  return (shortfall) => {
    if (shortfall.constraint === 'inputUnknown' || shortfall.constraint === 'noSurvivor') return shortfall;
    would ??= weightsWouldDo();
    return would ? { ...shortfall, fix: `${shortfall.fix}; or give ${shortfall.stamp} less weight: the other survivors have room, and Front Door takes up to 20 minutes to follow` } : shortfall;
  };
}

/** Groups that no stamp would serve: their whole demand is missing. */
function withoutSurvivor(context: FleetContext, { after }: Room, lost: ReadonlySet<number>): Shortfall[] {
  return context.model.groups.flatMap((group, at): Shortfall[] => {
    const demand = group.users.reduce((sum, { requestsPerSecond }) => sum + requestsPerSecond, 0) * after.scale;
    const unserved = (after.routed.unserved[at] ?? 0) * after.scale;
    const missing = after.routed.failOpen[at] === 1 ? demand : unserved;
    const loser = group.origins.find(({ stampIndex }) => lost.has(stampIndex)) ?? group.origins[0];
    const left = group.origins.some((_, position) => after.state[at]?.[position]?.serves === 'serving');
    if (left || loser === undefined) return [];
    return [{
      stamp: loser.facts.stamp, constraint: 'noSurvivor', subject: group.name, missing: Math.ceil(missing), unit: 'requests/s',
      fix: `no healthy, enabled origin would be left in origin group ${group.name}: give it one in another stamp, or bring one back into service`,
    }];
  });
}

/** Known to be unwell: what the planner would not send users to either. A health that is not known is told as such. */
function unfitStamps({ assessments, stampNames }: FleetContext, lost: ReadonlySet<number>): ReadonlySet<number> {
  return new Set(
    stampNames.flatMap((name, index) => {
      const assessment = assessments.get(name);
      return lost.has(index) || assessment === undefined || assessment.verdict === 'unknown' || isFit(assessment) ? [] : [index];
    }),
  );
}

/** What a stamp would gain that fails its own users already. */
function survivorsUnfit({ assessments, stampNames }: FleetContext, { after, unfitGaining }: Room, over: FleetLoads): Shortfall[] {
  return unfitGaining.map((index) => {
    const stamp = stampNames[index] ?? '';
    const assessment = assessments.get(stamp);
    return {
      stamp, constraint: 'survivorUnhealthy', subject: stamp, missing: Math.ceil((after.planned[index] ?? 0) - (over.expected[index] ?? 0)), unit: 'requests/s',
      fix: `bring ${stamp} back to health first; it is ${assessment?.verdict ?? 'unknown'} and would get more users (${assessment?.reason ?? 'not seen yet'})`,
    };
  });
}

/** A known shortage before what is not known; of several stamps the one that lacks the largest part of its replicas, or of room for them. */
function bindingOf(context: FleetContext, { sized }: Room, shortfalls: readonly Shortfall[], unknown: readonly UnknownNeed[], lost: ReadonlySet<number>): Shortfall | null {
  const sizedAt = new Map(sized.map((one) => [one.model.stamp.name, one]));
  const lacking = (shortfall: Shortfall): number => partLacking(sizedAt.get(shortfall.stamp), shortfall);
  const known = shortfalls.filter(({ constraint }) => constraint !== 'inputUnknown');
  const [first] = (known.length > 0 ? known : shortfalls).toSorted((a, b) => lacking(b) - lacking(a));
  if (first !== undefined) return first;
  const [missing] = unknown;
  if (missing === undefined) return null;
  const stamp = sized.find(({ model }) => missing.input.startsWith(`${model.stamp.name}.`))?.model.stamp.name ?? context.stampNames.find((_, index) => lost.has(index)) ?? '';
  return { stamp, constraint: 'inputUnknown', subject: missing.input, missing: 1, unit: 'inputs', fix: `read ${missing.input} again: ${missing.why}` };
}

/** 0..1; all of it where nothing was sized. A stamp's shortfalls keep their order among each other: its scarcest comes first. */
function partLacking(sized: Room['sized'][number] | undefined, { unit, subject, missing }: Shortfall): number {
  if (sized === undefined) return 1;
  const { model, sizing } = sized;
  const withoutRoom = sizing.workloads.reduce((most, { unplaced, replicasNeeded }) => Math.max(most, replicasNeeded > 0 ? unplaced / replicasNeeded : 0), 0);
  if (unit !== 'replicas') return withoutRoom;
  const needed = sizing.workloads[model.workloads.findIndex(({ workload }) => workload.name === subject)]?.replicasNeeded ?? 0;
  return Math.max(withoutRoom, needed > 0 ? missing / needed : 0);
}
