import { tellingDifference } from '../traffic/index.ts';
import type { FleetContext } from './fleetContext.ts';
import { loadsOf, type FleetLoads } from './fleetLoads.ts';

/**
 * What a gain is measured against: `before`, the loads as routed with `going` in service, unless these serve more than is routed to
 * them. The model then has some of their users elsewhere already, where they come only once the stamps are gone: of each stamp the
 * lesser of what is routed there and what it serves counts.
 */
export function gainsOver(context: FleetContext, before: FleetLoads, going: ReadonlySet<number>): FleetLoads {
  const expected = before.routed.expected.map((routed, at) => {
    const served = context.observed[at];
    return served === undefined ? routed : lesser(routed, served, going);
  });
  return expected.every((group, at) => group === before.routed.expected[at]) ? before : loadsOf(context, before.state, { ...before.routed, expected }, before.scale);
}

/** `served`: NaN where it is not known. */
function lesser(routed: Float64Array, served: Float64Array, going: ReadonlySet<number>): Float64Array {
  const allRouted = sumOf(routed);
  const allServed = sumOf(served);
  if (!(allRouted > 0) || !(allServed > 0)) return routed;
  let more = 0;
  for (const index of going) more += known(served[index]) / allServed - (routed[index] ?? 0) / allRouted;
  if (more <= tellingDifference) return routed;
  const scale = allRouted / allServed;
  return routed.map((load, index) => Math.min(load, Number.isNaN(served[index]) ? load : (served[index] ?? 0) * scale));
}

const known = (load = 0): number => (Number.isNaN(load) ? 0 : load);
const sumOf = (loads: Float64Array): number => loads.reduce((sum, load) => sum + known(load), 0);
