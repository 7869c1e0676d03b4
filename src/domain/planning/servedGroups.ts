import type { FleetAssessment } from '../assessment.ts';
import type { LoadFacts, ServedGroup, ServedOrigin, TrafficFacts } from '../facts.ts';
import type { Fleet, StampName } from '../fleet.ts';
import type { Reading } from '../reading.ts';
import { buildTrafficModel, currentState } from '../traffic/index.ts';
import { observedLoads } from './observedLoads.ts';
import { isFit } from './survivors.ts';

export interface FleetInService {
  readonly fleet: Fleet;
  readonly traffic: TrafficFacts;
  readonly loads: Readonly<Record<StampName, Reading<LoadFacts>>>;
  readonly assessment: FleetAssessment;
  /** Stamps whose probes fail, by a closed gate or of themselves. */
  readonly isOut: (stamp: StampName) => boolean;
}

/**
 * What each origin group's stamps serve now, requests per second, under which settings. A group is left out where a stamp that
 * serves is not well, or its load is not known: such loads do not show where users go.
 */
export function servedGroups({ fleet, traffic, loads, assessment, isOut }: FleetInService): ServedGroup[] {
  const names = fleet.stamps.map(({ name }) => name);
  const fit = new Set(assessment.stamps.filter(isFit).map(({ stamp }) => stamp));
  const model = buildTrafficModel(names, traffic, { source: 'allToNearest', groups: [] });
  const state = currentState(model, (index) => isOut(names[index] ?? ''));
  const observed = observedLoads(fleet, model, names.map((name) => ({ load: loads[name] ?? { kind: 'unknown', why: 'not read', observedAt: 0 } })));
  return model.groups.flatMap((group, at): ServedGroup[] => {
    const origins = group.origins.map(({ facts: { stamp, origin, priority } }, position): ServedOrigin => {
      const { weight, serves } = state[at]?.[position] ?? { weight: 0, serves: 'disabled' };
      return { stamp, origin, weight, priority, serves };
    });
    const serving = [...new Set(origins.filter(({ serves }) => serves === 'serving').map(({ stamp }) => stamp))];
    const served = serving.map((stamp): [StampName, number] => [stamp, observed[at]?.[names.indexOf(stamp)] ?? Number.NaN]);
    if (!serving.every((stamp) => fit.has(stamp)) || served.some(([, load]) => Number.isNaN(load))) return [];
    return [{ name: group.name, latencyWindowMs: group.latencyWindowMs, origins, requestsPerSecond: Object.fromEntries(served) }];
  });
}
