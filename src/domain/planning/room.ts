import type { Shortfall } from '../plan.ts';
import type { RoutingState } from '../traffic/index.ts';
import { withDrainShares, type DrainShares } from './drainShares.ts';
import type { FleetContext } from './fleetContext.ts';
import { loadsAfter, servingStamps, type FleetLoads } from './fleetLoads.ts';
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
  /** Who has more than under this one gains. */
  readonly over: FleetLoads;
  /** What drains have shown of the stamps in question. */
  readonly drains: DrainShares;
  /** Whether survivors' weights may be changed to relieve one that is short. */
  readonly weights: 'mayChange' | 'stay';
  /** Shedding hurts those who use what is shed: never on suspicion alone. */
  readonly sheds: 'asPolicySays' | 'none';
  /** Positions of stamps that must not get more than they have. */
  readonly unfit: ReadonlySet<number>;
}

export const isEnough = ({ shortfalls, unfitGaining }: Room): boolean => shortfalls.length === 0 && unfitGaining.length === 0;

/** Where users go under these settings, by the model and by what drains have shown. `like`: loads that spare routing them again. */
export const loadsUnder = ({ context, before, drains }: RoomQuestion, state: RoutingState, like: FleetLoads): FleetLoads => withDrainShares(context, drains, before, loadsAfter(context, state, like));

/** Positions of stamps that must have room. */
export const mustProve = (context: FleetContext, after: FleetLoads, gaining: readonly number[]): readonly number[] => (context.mustProve === 'serving' ? servingStamps(after) : gaining);
