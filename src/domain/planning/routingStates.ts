import type { OriginState, RoutingState } from '../traffic/index.ts';
import { stampAt, type FleetContext } from './fleetContext.ts';

/** With these stamps in service at their normal weight, whatever they are now: what a loss is measured against. */
export function stateWith(context: FleetContext, stamps: ReadonlySet<number>): RoutingState {
  return mapState(context, (state, at) => (stamps.has(at.stampIndex) ? { weight: normalWeight(context, at, state.weight), serves: 'serving' } : state));
}

/** These stamps get nobody. */
export function stateWithout(context: FleetContext, stamps: ReadonlySet<number>): RoutingState {
  return mapState(context, (state, { stampIndex }) => (stamps.has(stampIndex) ? { ...state, serves: 'disabled' } : state));
}

export interface OriginAt {
  readonly stampIndex: number;
  readonly originGroup: string;
  readonly origin: string;
}

export function mapState({ model, out }: FleetContext, map: (state: OriginState, at: OriginAt) => OriginState): RoutingState {
  return model.groups.map((group) =>
    group.origins.map(({ facts, stampIndex }) => {
      const serves = facts.enabled === 'Disabled' ? 'disabled' : out.has(stampIndex) ? 'out' : 'serving';
      return map({ weight: facts.weight, serves }, { stampIndex, originGroup: group.name, origin: facts.origin });
    }),
  );
}

export function normalWeight(context: FleetContext, at: OriginAt, otherwise: number): number {
  return stampAt(context, at.stampIndex).origins.find(({ originGroup, origin }) => originGroup === at.originGroup && origin === at.origin)?.normalWeight ?? otherwise;
}
