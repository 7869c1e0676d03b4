import type { DrainedGroup, DrillFacts } from '../facts.ts';
import type { RoutedLoads } from '../traffic/index.ts';
import { totalOf, whyNoLonger } from './drillHolds.ts';
import type { FleetContext } from './fleetContext.ts';
import { loadsAfter, loadsOf, type FleetLoads } from './fleetLoads.ts';
import { stateWithout } from './routingStates.ts';

/**
 * Where drills have shown where a stamp's users go, its loss stands on them as well. Of each origin group, with `gain` = the part of
 * the lost stamp's users that the drill saw go to a survivor x what the lost stamp has now:
 *
 *   one stamp lost    expected = before + gain; planned = the larger of that and of what the model plans
 *   several           expected = the model's;   planned = the larger of before + the gains from each and of what the model plans
 *
 * so that the demand is conserved, and neither source makes room smaller. Of several, those whom a drill saw go to a survivor still
 * do; where the others go, which went to a stamp that is lost too, the model alone says. A drill holds for the settings that it was made under.
 */
export interface DrillShares {
  /** By group; null where the model stands alone. */
  readonly corrections: readonly (Correction | null)[];
  readonly uses: readonly DrillUse[];
  /** Loads after the loss by the model alone; null where no drill corrects them. */
  readonly modelled: FleetLoads | null;
}

export interface DrillUse {
  readonly drill: DrillFacts;
  readonly originGroup: string;
  /** Null where it is stood on. */
  readonly whyNot: string | null;
}

/** What drills show beyond the model once all have left the lost stamps: requests per second by stamp, unscaled. */
interface Correction {
  /** Positions of the lost stamps that serve the group. */
  readonly leaving: readonly number[];
  /** Sums to 0. */
  readonly expected: Float64Array;
  /** At least 0. */
  readonly planned: Float64Array;
}

/** Nothing is lost, or nothing was drilled. */
export const noDrillShares: DrillShares = { corrections: [], uses: [], modelled: null };

/** `before`: with `lost` in service. */
export function drillShares(context: FleetContext, before: FleetLoads, lost: ReadonlySet<number>): DrillShares {
  const byStamp = new Map(context.drills.map((drill) => [context.stampNames.indexOf(drill.stamp), drill]));
  const drilled = [...lost].filter((index) => byStamp.has(index));
  if (drilled.length === 0) return noDrillShares;
  const found = context.model.groups.map((group, at) =>
    drilled.flatMap((index): DrilledLoss[] => {
      const drill = byStamp.get(index);
      const drained = drill?.groups.find(({ name }) => name === group.name);
      const serves = (before.routed.expected[at]?.[index] ?? 0) > 0;
      return drill === undefined || drained === undefined || !serves ? [] : [{ lost: index, drained, use: { drill, originGroup: group.name, whyNot: whyNoLonger({ drill, drained, now: context.at, group, state: before.state[at] ?? [] }) } }];
    }),
  );
  const uses = found.flat().map(({ use }) => use);
  if (!uses.some((use) => use.whyNot === null)) return { ...noDrillShares, uses };
  const modelled = loadsAfter(context, stateWithout(context, lost), before);
  const corrections = found.map((losses, at) => {
    const standing = losses.filter(({ use }) => use.whyNot === null);
    const leaving = [...lost].filter((index) => (before.routed.expected[at]?.[index] ?? 0) > 0);
    return standing.length === 0 || modelled.routed.failOpen[at] === 1 ? null : correction(context, standing, leaving, { before: before.routed, modelled: modelled.routed, at });
  });
  return { corrections, uses, modelled };
}

/** What `loads` become by what the drills show. Where a part of the stamps' traffic stays, as much of it as traffic has left. */
export function withDrillShares(context: FleetContext, { corrections }: DrillShares, before: FleetLoads, loads: FleetLoads): FleetLoads {
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

interface DrilledLoss {
  readonly lost: number;
  readonly drained: DrainedGroup;
  readonly use: DrillUse;
}

interface RoutedGroup {
  readonly before: RoutedLoads;
  readonly modelled: RoutedLoads;
  readonly at: number;
}

function correction(context: FleetContext, losses: readonly DrilledLoss[], leaving: readonly number[], { before, modelled, at }: RoutedGroup): Correction {
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
 * Of the lost stamp's users, those who go to each other stamp, in the parts that the drill saw. Below 0 where a survivor lost users of
 * its own to others, whom the lost stamp's absence brought within the latency window. A share that did not change beyond its noise is
 * no gain: a stamp that the loss does not touch is not sized for it.
 */
function gainsFrom({ stampNames }: FleetContext, { lost, drained: { requestsPerSecond: had, requestsPerSecondDrained: got } }: DrilledLoss, now: Float64Array): Float64Array {
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
