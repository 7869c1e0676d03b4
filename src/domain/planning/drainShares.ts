import type { DrainedGroup, DrainFacts } from '../facts.ts';
import type { RoutedLoads } from '../traffic/index.ts';
import { totalOf, whyOutdated } from './drainOutdated.ts';
import type { FleetContext } from './fleetContext.ts';
import { loadsAfter, loadsOf, type FleetLoads } from './fleetLoads.ts';
import { stateWithout } from './routingStates.ts';

/**
 * Where drains have shown where a stamp's users go, its loss stands on them as well. Of each origin group, with `gain` = the part of
 * the lost stamp's users that the drain saw go to a survivor x what the lost stamp has now:
 *
 *   one stamp lost    expected = before + gain; planned = the larger of that and of what the model plans
 *   several           expected = the model's;   planned = the larger of before + the gains from each and of what the model plans
 *
 * so that the demand is conserved, and neither source makes room smaller. Of several, those whom a drain saw go to a survivor still
 * do; where the others go, which went to a stamp that is lost too, the model alone says. A drain holds for the settings that it was made under.
 */
export interface DrainShares {
  /** By group; null where the model stands alone. */
  readonly corrections: readonly (Correction | null)[];
  readonly uses: readonly DrainUse[];
  /** Loads after the loss by the model alone; null where no drain corrects them. */
  readonly modelled: FleetLoads | null;
}

export interface DrainUse {
  readonly drain: DrainFacts;
  readonly originGroup: string;
  /** Null where it is stood on. */
  readonly whyNot: string | null;
}

/** What drains show beyond the model once all have left the lost stamps: requests per second by stamp, unscaled. */
interface Correction {
  /** Positions of the lost stamps that serve the group. */
  readonly leaving: readonly number[];
  /** Sums to 0. */
  readonly expected: Float64Array;
  /** At least 0. */
  readonly planned: Float64Array;
}

/** Nothing is lost, or nothing was measured. */
export const noDrainShares: DrainShares = { corrections: [], uses: [], modelled: null };

/** `before`: with `lost` in service. */
export function drainShares(context: FleetContext, before: FleetLoads, lost: ReadonlySet<number>): DrainShares {
  const byStamp = new Map(context.drains.map((drain) => [context.stampNames.indexOf(drain.stamp), drain]));
  const measured = [...lost].filter((index) => byStamp.has(index));
  if (measured.length === 0) return noDrainShares;
  const found = context.model.groups.map((group, at) =>
    measured.flatMap((index): MeasuredLoss[] => {
      const drain = byStamp.get(index);
      const drained = drain?.groups.find(({ name }) => name === group.name);
      const serves = (before.routed.expected[at]?.[index] ?? 0) > 0;
      return drain === undefined || drained === undefined || !serves ? [] : [{ lost: index, drained, use: { drain, originGroup: group.name, whyNot: whyOutdated({ drain, drained, now: context.at, group, state: before.state[at] ?? [] }) } }];
    }),
  );
  const uses = found.flat().map(({ use }) => use);
  if (!uses.some((use) => use.whyNot === null)) return { ...noDrainShares, uses };
  const modelled = loadsAfter(context, stateWithout(context, lost), before);
  const corrections = found.map((losses, at) => {
    const standing = losses.filter(({ use }) => use.whyNot === null);
    const leaving = [...lost].filter((index) => (before.routed.expected[at]?.[index] ?? 0) > 0);
    return standing.length === 0 || modelled.routed.failOpen[at] === 1 ? null : correction(context, standing, leaving, { before: before.routed, modelled: modelled.routed, at });
  });
  return { corrections, uses, modelled };
}

/** What `loads` become by what the drains show; `routed.groups` stay the model's own, from which others are routed. Where a part of the stamps' traffic stays, as much of it as traffic has left. */
export function withDrainShares(context: FleetContext, { corrections }: DrainShares, before: FleetLoads, loads: FleetLoads): FleetLoads {
  if (corrections.every((one) => one === null)) return loads;
  const expected = [...loads.routed.expected];
  const worst = [...loads.routed.worst];
  corrections.forEach((one, at) => {
    const modelled = loads.routed.expected[at];
    const planned = loads.routed.worst[at];
    if (one === null || modelled === undefined || planned === undefined) return;
    const left = partLeft(one, before.routed.expected[at], modelled);
    const shown = modelled.map((load, index) => Math.max(0, load + left * (one.expected[index] ?? 0)));
    expected[at] = scaledTo(shown, sum(modelled));
    worst[at] = planned.map((load, index) => Math.max(load + left * (one.planned[index] ?? 0), shown[index] ?? 0));
  });
  return loadsOf(context, loads.state, { ...loads.routed, expected, worst }, loads.scale);
}

/** 0..1 of what the lost stamps had. */
function partLeft({ leaving }: Correction, before: Float64Array | undefined, after: Float64Array): number {
  const of = (loads: Float64Array | undefined): number => leaving.reduce((all, index) => all + (loads?.[index] ?? 0), 0);
  return Math.min(1, Math.max(0, 1 - of(after) / of(before)));
}

interface MeasuredLoss {
  readonly lost: number;
  readonly drained: DrainedGroup;
  readonly use: DrainUse;
}

interface RoutedGroup {
  readonly before: RoutedLoads;
  readonly modelled: RoutedLoads;
  readonly at: number;
}

function correction(context: FleetContext, losses: readonly MeasuredLoss[], leaving: readonly number[], { before, modelled, at }: RoutedGroup): Correction {
  const now = before.expected[at] ?? new Float64Array(0);
  const after = modelled.expected[at] ?? new Float64Array(0);
  const worst = modelled.worst[at] ?? new Float64Array(0);
  const least = leaving.length === 1 ? -Infinity : 0;
  const gains = losses.map((loss) => gainsFrom(context, loss, now));
  const shown = now.map((load, index) => (leaving.includes(index) ? 0 : Math.max(0, gains.reduce((all, gain) => all + Math.max(least, gain[index] ?? 0), load))));
  const planned = shown.map((load, index) => Math.max(0, load - (worst[index] ?? 0)));
  if (leaving.length > 1) return { leaving, expected: new Float64Array(now.length), planned };
  const conserved = scaledTo(shown, sum(after));
  return { leaving, expected: conserved.map((load, index) => load - (after[index] ?? 0)), planned };
}

/** What a survivor's share may change by between two minutes without any cause, as a fraction of itself. */
const noise = 0.03;

/**
 * Of the lost stamp's users, those who go to each other stamp, in the parts that the drain saw. Below 0 where a survivor lost users of
 * its own to others, whom the lost stamp's absence brought within the latency window. A share that did not change beyond its noise is
 * no gain: a stamp that the loss does not touch is not sized for it.
 */
function gainsFrom({ stampNames }: FleetContext, { lost, drained: { requestsPerSecond: had, requestsPerSecondDrained: got } }: MeasuredLoss, now: Float64Array): Float64Array {
  const [allHad, allGot] = [totalOf(had), totalOf(got)];
  const gained = now.map((_, index) => {
    const stamp = stampNames[index] ?? '';
    const before = (had[stamp] ?? 0) / allHad;
    const change = (got[stamp] ?? 0) / allGot - before;
    return index === lost || Math.abs(change) < noise * before ? 0 : change;
  });
  return scaledTo(gained, now[lost] ?? 0);
}

const sum = (loads: Float64Array | undefined): number => loads?.reduce((all, load) => all + load, 0) ?? 0;

function scaledTo(loads: Float64Array, wanted: number): Float64Array {
  const present = sum(loads);
  return present > 0 ? loads.map((load) => (load * wanted) / present) : loads;
}
