import { routeDemand, type RoutedLoads, type RoutingState } from '../traffic/index.ts';
import type { FleetContext } from './fleetContext.ts';

/** Load of every stamp under one routing. */
export interface FleetLoads {
  readonly state: RoutingState;
  readonly routed: RoutedLoads;
  /** What `routed` is multiplied by: growth, and for a what-if its demand factor. */
  readonly scale: number;
  /** By stamp, scaled: the best estimate, all origin groups. */
  readonly expected: Float64Array;
  /** By stamp, scaled: what must be provided for. */
  readonly planned: Float64Array;
}

/** Under today's demand, grown to its forecast. */
export const loadsBefore = (context: FleetContext, state: RoutingState, like?: FleetLoads): FleetLoads => scaledLoads(context, state, context.growth, like);

/** The same times the demand factor of a what-if. What `before` has routed under the same settings is not routed again. */
export const loadsAfter = (context: FleetContext, state: RoutingState, before?: FleetLoads): FleetLoads => scaledLoads(context, state, context.growth * context.demandFactor, before);

const scaledLoads = (context: FleetContext, state: RoutingState, scale: number, like?: FleetLoads): FleetLoads => loadsOf(context, state, routeDemand(context.model, state, like), scale);

/** Of a routing that is there. */
export function loadsOf({ stampNames }: FleetContext, state: RoutingState, routed: RoutedLoads, scale: number): FleetLoads {
  const sumGroups = (byGroup: readonly Float64Array[]): Float64Array => {
    const sum = new Float64Array(stampNames.length);
    for (const group of byGroup) {
      for (let index = 0; index < sum.length; index += 1) sum[index] = (sum[index] ?? 0) + (group[index] ?? 0) * scale;
    }
    return sum;
  };
  return { state, routed, scale, expected: sumGroups(routed.expected), planned: sumGroups(routed.worst) };
}

/** A rounding error is no gain. */
const leastGain = 1e-6;

/** Positions of stamps that get more of some origin group under `after` than under `before`, in fleet order. */
export function gainingStamps(before: FleetLoads, after: FleetLoads): number[] {
  const gaining: number[] = [];
  after.planned.forEach((_, index) => {
    const gains = after.routed.worst.some((group, at) => (group[index] ?? 0) * after.scale > (before.routed.expected[at]?.[index] ?? 0) * before.scale * (1 + leastGain) + leastGain);
    if (gains) gaining.push(index);
  });
  return gaining;
}

/** Positions of stamps that get anything, in fleet order. */
export const servingStamps = ({ planned }: FleetLoads): number[] => [...planned.keys()].filter((index) => (planned[index] ?? 0) > 0);
