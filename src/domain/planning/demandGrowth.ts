import type { StampFacts } from '../facts.ts';
import type { Fleet } from '../fleet.ts';
import type { TrafficModel } from '../traffic/index.ts';

/**
 * How much more than the measured demand a plan must expect, up to the time of recovery. The largest of: the demand at
 * the edges, the sum of what the stamps serve, and that sum with each stamp at its forecast (its highest at this hour on
 * former days). Sums, because a region that has failed serves nothing while the others serve its users already.
 */
export function demandGrowth(fleet: Fleet, stampFacts: readonly StampFacts[], model: TrafficModel): { readonly factor: number; readonly notes: readonly string[] } {
  const atEdges = model.groups.reduce((sum, group) => sum + group.users.reduce((all, users) => all + users.requestsPerSecond, 0), model.unroutable);
  let served = 0;
  let forecast = 0;
  const notes: string[] = [];
  stampFacts.forEach(({ load }, index) => {
    const name = fleet.stamps[index]?.name ?? '';
    if (load.kind === 'unknown') {
      notes.push(`load of ${name} is not known (${load.why}): what Front Door's edges count is taken`);
      return;
    }
    served += load.value.requestsPerSecond;
    forecast += load.value.forecastRequestsPerSecond ?? load.value.requestsPerSecond;
  });
  const most = Math.max(atEdges, served, forecast);
  return { factor: atEdges > 0 ? most / atEdges : 1, notes };
}
