import type { RoutingState, OriginState } from '../traffic/index.ts';
import { stampAt, type PlanContext } from './planContext.ts';

/** How traffic would be routed with everything that the request's stamps normally do: what a plan's gains are measured against. */
export function stateWithAsked(context: PlanContext): RoutingState {
  return mapState(context, (state, index, group, origin) => (context.asked.has(index) ? { weight: normalWeight(context, index, group, origin, state.weight), serves: 'serving' } : state));
}

/** As Front Door is set now; stamps whose probes fail are out, the request's own ones are not judged. */
export function stateAsSet(context: PlanContext): RoutingState {
  return mapState(context, (state) => state);
}

/** The request's stamps get nobody. */
export function stateWithoutAsked(context: PlanContext): RoutingState {
  return mapState(context, (state, index) => (context.asked.has(index) ? { ...state, serves: 'disabled' } : state));
}

type StateMapper = (state: OriginState, stampIndex: number, group: string, origin: string) => OriginState;

export function mapState({ model, out }: PlanContext, map: StateMapper): RoutingState {
  return model.groups.map((group) =>
    group.origins.map(({ facts, stampIndex }) => {
      const serves = facts.enabled === 'Disabled' ? 'disabled' : out.has(stampIndex) ? 'out' : 'serving';
      return map({ weight: facts.weight, serves }, stampIndex, group.name, facts.origin);
    }),
  );
}

export function normalWeight(context: PlanContext, index: number, group: string, origin: string, otherwise: number): number {
  return stampAt(context, index).origins.find((one) => one.originGroup === group && one.origin === origin)?.normalWeight ?? otherwise;
}
