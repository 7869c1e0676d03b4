import type { Shortfall } from '../plan.ts';
import type { FleetContext } from './fleetContext.ts';
import { servingStamps, type FleetLoads } from './fleetLoads.ts';
import type { SizedStamp, StampModels } from './sizeStamps.ts';

/** Where traffic would go and what each stamp that gains needs for it. */
export interface Room {
  readonly after: FleetLoads;
  readonly gaining: readonly number[];
  readonly sized: readonly SizedStamp[];
  readonly shortfalls: readonly Shortfall[];
  /** What is short at the weights as they are, and in the way of all the traffic, where other weights or a part of it go around that. */
  readonly around: readonly Shortfall[];
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
  /** Shedding hurts those who use what is shed: never on suspicion alone. */
  readonly sheds: 'asPolicySays' | 'none';
  /** Positions of stamps that must not get more than they have. */
  readonly unfit: ReadonlySet<number>;
}

export const isEnough = ({ shortfalls, unfitGaining }: Room): boolean => shortfalls.length === 0 && unfitGaining.length === 0;

/** Positions of stamps that must have room. */
export const mustProve = (context: FleetContext, after: FleetLoads, gaining: readonly number[]): readonly number[] => (context.mustProve === 'serving' ? servingStamps(after) : gaining);
